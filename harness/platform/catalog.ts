/** Name of a platform → its folder, loaded when asked for. No one else names a platform. */
import { HarnessError } from '../base/errors.ts';
import type { Platform } from './platform.ts';
import type { OpenOptions } from './simulator/simulator-platform.ts';

export interface PlatformSettings {
  /** The same seed gives the same run, where chance is the platform's own. */
  readonly seed: string;
  /** Opens the simulator to other programs of this machine, on the wall's clock. Other platforms are open anyway. */
  readonly open?: OpenOptions;
}

const PLATFORMS: Readonly<Record<string, (settings: PlatformSettings) => Promise<Platform>>> = {
  simulator: async settings => new (await import('./simulator/simulator-platform.ts')).SimulatorPlatform(settings),
};

/** @throws HarnessError ERR_UNKNOWN_PLATFORM, which names the known ones */
export async function platformOf(name: string, settings: PlatformSettings): Promise<Platform> {
  const create = Object.hasOwn(PLATFORMS, name) ? PLATFORMS[name] : undefined;
  if (create) return await create(settings);
  throw new HarnessError('ERR_UNKNOWN_PLATFORM', `There is no platform "${name}".`, {
    hint: `Known platforms: ${Object.keys(PLATFORMS).join(', ')}`,
  });
}
