/** What is behind a mesh that is up, for the functions that take one. */
import { HarnessError } from '../base/errors.ts';
import type { Platform, StartedPlatform } from '../platform/platform.ts';
import type { Mesh } from './mesh.ts';
import type { WhileUp } from './while-up.ts';

/** The platform of a mesh, started. */
export interface Running {
  readonly platform: Platform;
  readonly started: StartedPlatform;
  readonly seed: string;
  readonly whileUp: WhileUp;
}

const meshes = new WeakMap<Mesh, Running>();

/** Notes what is behind a mesh. */
export const note = (mesh: Mesh, running: Running): void => void meshes.set(mesh, running);

/** @throws HarnessError ERR_USAGE for what `up` has not returned, or has been stopped */
export function runningOf(mesh: Mesh, asker: string): Running {
  const running = meshes.get(mesh);
  if (!running)
    throw new HarnessError('ERR_USAGE', `${asker} needs a mesh that is up.`, {
      hint: `const mesh = await up({ scenario: … }); and then ${asker}(mesh).`,
    });
  running.whileUp.assert(asker);
  return running;
}
