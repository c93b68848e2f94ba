/**
 * kind keeps the contract of platforms: on a real Docker engine, with a stand-in for kind and simulated
 * clusters behind its nodes.
 */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { docker } from '../support/docker.ts';
import { kindWorld } from '../support/kind-world.ts';
import { nodesMissing } from '../support/node-image.ts';
import { platformContract } from './contract.ts';

/** Of this file's runs, in the names of all that they make. */
const RUN = 'contract';

platformContract('kind', {
  skip: nodesMissing() ?? false,
  open: async (topology, folder) => {
    const world = await kindWorld(folder, topology);
    const runs = join(folder, 'state', 'runs');
    const named = (...args: readonly string[]) =>
      docker(...args)
        .split('\n')
        .filter(name => name.startsWith(`mh-${RUN}-`));
    return {
      platform: world.platform(RUN),
      remains: () => [
        ...named('ps', '-a', '--format', '{{.Names}}'),
        ...named('network', 'ls', '--format', '{{.Name}}'),
        ...(existsSync(runs) ? readdirSync(runs) : []),
      ],
      [Symbol.asyncDispose]: () => world[Symbol.asyncDispose](),
    };
  },
});
