/** Existing clusters keep the contract of platforms: those of the simulator, addressed by their contexts. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { contents, existingWorld } from '../support/existing-world.ts';
import { platformContract } from './contract.ts';

platformContract('existing', {
  open: async (topology, folder) => {
    const world = await existingWorld(topology, { folder });
    const runs = join(world.state, 'runs');
    const before = JSON.stringify(await contents(world.clients));
    return {
      platform: world.platform(),
      remains: async () => [
        ...(existsSync(runs) ? readdirSync(runs) : []),
        ...(JSON.stringify(await contents(world.clients)) === before ? [] : ['objects in the clusters']),
      ],
      [Symbol.asyncDispose]: () => world[Symbol.asyncDispose](),
    };
  },
});
