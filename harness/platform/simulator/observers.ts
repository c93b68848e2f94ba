/** Several who look on in one world. */
import type { WorldObserver } from '../../simulator/world.ts';

/** Makes one observer of two; where only one is there, that one. */
export function both(
  one: WorldObserver | undefined,
  other: WorldObserver | undefined,
): WorldObserver | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return {
    onRequest: (...told) => {
      one.onRequest(...told);
      other.onRequest(...told);
    },
    onConnection: record => {
      one.onConnection(record);
      other.onConnection(record);
    },
    // To show what processes do has its price, where nobody looks.
    ...((one.onProcess || other.onProcess) && {
      onProcess: (...told: Parameters<NonNullable<WorldObserver['onProcess']>>) => {
        one.onProcess?.(...told);
        other.onProcess?.(...told);
      },
    }),
    onWrite: (...told) => {
      one.onWrite?.(...told);
      other.onWrite?.(...told);
    },
    onExecOutput: cluster => {
      one.onExecOutput?.(cluster);
      other.onExecOutput?.(cluster);
    },
  };
}
