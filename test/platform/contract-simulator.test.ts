/** The simulator, closed on its virtual clock and open on the wall's, keeps the contract of platforms. */
import { sleep, systemClock } from '../../harness/base/clock.ts';
import { SimulatorPlatform } from '../../harness/platform/simulator/simulator-platform.ts';
import { type Place, platformContract } from './contract.ts';

function place(open: { readonly istioVersion: string } | undefined): Place {
  return {
    platform: new SimulatorPlatform({ seed: '1', ...(open && { open }) }),
    // What a world holds of this process: a server for each API server that listens, and the turn of the loop
    // that its clock always asks for.
    remains: async () => {
      await sleep(systemClock, 20);
      return process
        .getActiveResourcesInfo()
        .filter(name => name === 'TCPServerWrap' || name === 'Immediate');
    },
    [Symbol.asyncDispose]: async () => {},
  };
}

platformContract('simulator', { open: async () => place(undefined) });
platformContract('simulator, open to programs', { open: async () => place({ istioVersion: '1.8.0' }) });
