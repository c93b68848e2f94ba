/** Programs that die or hang, as a test may have them: the one way in for faults of processes. */

/** What becomes of a program: it is killed as soon as it runs, or never ends by itself. */
export type ProcessFault = 'dies' | 'hangs';

/** Returns what is to become of a program; undefined lets it be. */
type Chooses = (file: string, args: readonly string[]) => ProcessFault | undefined;

let active: Chooses | undefined;

/** Has programs of this process fail, until disposed. */
export function failProcesses(chooses: Chooses): Disposable {
  active = chooses;
  return {
    [Symbol.dispose]: () => {
      active = undefined;
    },
  };
}

/** Tells what a test wants to become of a program. */
export const faultOf: Chooses = (file, args) => active?.(file, args);
