/** The simulator, closed on its virtual clock and open on the wall's, keeps the contract of platforms. */
import { sleep, systemClock } from '../../harness/base/clock.ts';
import { SimulatorPlatform } from '../../harness/platform/simulator/simulator-platform.ts';
import { type Place, platformContract } from './contract.ts';

const OF_A_WORLD = ['TCPServerWrap', 'Immediate'];
/** Milliseconds for what is closing. */
const PATIENCE_MS = 5000;

function place(open: { readonly istioVersion: string } | undefined): Place {
  return {
    platform: new SimulatorPlatform({ seed: '1', ...(open && { open }) }),
    // What a world holds of this process: a server for each API server that listens, and the turn of the loop
    // that its clock always asks for. Streams that close take some turns, too, on a busy machine many.
    remains: async () => {
      const deadlineMs = systemClock.now() + PATIENCE_MS;
      for (;;) {
        await sleep(systemClock, 20);
        const left = process.getActiveResourcesInfo().filter(name => OF_A_WORLD.includes(name));
        if (left.length === 0 || systemClock.now() > deadlineMs) return left;
      }
    },
    [Symbol.asyncDispose]: async () => {},
  };
}

platformContract('simulator', { open: async () => place(undefined) });
platformContract('simulator, open to programs', { open: async () => place({ istioVersion: '1.8.0' }) });
