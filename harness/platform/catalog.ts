/** Name of a platform → its folder, loaded when asked for. No one else names a platform. */
import { didYouMean } from '../base/did-you-mean.ts';
import { HarnessError } from '../base/errors.ts';
import type { Platform, PlatformName } from './platform.ts';
import type { RealSettings } from './real-settings.ts';
import type { OpenOptions } from './simulator/open-world.ts';
import type { SimulatorOptions } from './simulator/simulator-platform.ts';

export interface PlatformSettings {
  /** The same seed gives the same run, where chance is the platform's own. */
  readonly seed: string;
  /** Which version of Kubernetes simulated clusters are. */
  readonly kubernetes?: SimulatorOptions['kubernetes'];
  /** Whose Istio simulated clusters get. */
  readonly edition?: SimulatorOptions['edition'];
  /**
   * Opens the simulator to other programs of this machine, on the wall's clock. Other platforms are open
   * anyway.
   */
  readonly open?: OpenOptions;
  /** Called with each simulated world that was started: for tests that want to look behind the API. */
  readonly onWorld?: SimulatorOptions['onWorld'];
  /** Looks on in each simulated world that was started. Other platforms cannot be looked into. */
  readonly observer?: SimulatorOptions['observer'];
  /** What platforms with real clusters need to know; the simulator does without. */
  readonly real?: RealSettings;
}

type Maker = (settings: PlatformSettings) => Promise<Platform>;

const PLATFORMS: Readonly<Record<PlatformName, Maker>> = {
  simulator: async settings =>
    new (await import('./simulator/simulator-platform.ts')).SimulatorPlatform(settings),
  kind: async settings =>
    new (await import('./kind/kind-platform.ts')).KindPlatform(realSettings('kind', settings)),
  existing: async settings =>
    new (await import('./existing/existing-platform.ts')).ExistingPlatform(
      realSettings('existing', settings),
    ),
};

function realSettings(name: string, { real }: PlatformSettings): RealSettings {
  if (real) return real;
  throw new HarnessError(
    'ERR_USAGE',
    `The platform ${name} needs to be told where programs and ledgers are kept.`,
    {
      hint: 'Give its settings (`real`), or a platform instead of its name.',
    },
  );
}

/**
 * Returns the maker of a platform, by its name.
 * @param alsoKnown - words that stand for a platform where the name was given, for the message
 * @throws HarnessError ERR_UNKNOWN_PLATFORM, which names the known ones
 */
export function platformMaker(name: string, alsoKnown: readonly string[] = []): Maker {
  const make = new Map<string, Maker>(Object.entries(PLATFORMS)).get(name);
  if (make) return make;
  const known = [...Object.keys(PLATFORMS), ...alsoKnown];
  const meant = didYouMean(name, known);
  throw new HarnessError('ERR_UNKNOWN_PLATFORM', `There is no platform "${name}".`, {
    hint: `${meant === undefined ? '' : `${meant} `}Known platforms: ${known.join(', ')}`,
  });
}
