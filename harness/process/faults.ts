/** Programs that die or hang, as a test may have them: the one way in for faults of processes. */
import { FaultPoint } from '../base/fault-point.ts';

/** What becomes of a program: it is killed as soon as it runs, or never ends by itself. */
export type ProcessFault = 'dies' | 'hangs';

/** Asked before each program is started. */
export const processFaults = new FaultPoint<[file: string, args: readonly string[]], ProcessFault>();
