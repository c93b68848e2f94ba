/** The options of a session as the command line gives them: names that nobody has checked, and more. */
import type { PlatformSettings } from '../platform/catalog.ts';
import type { Platform } from '../platform/platform.ts';
import type { SessionOptions } from './options.ts';

/** What a session is prepared from. */
export interface OpenedOptions extends Omit<SessionOptions, 'edition' | 'platform'> {
  readonly edition?: string;
  readonly platform?: string | Platform;
  /** A new one by default. */
  readonly runId?: string;
  /** Opens the simulator, given by its name, to other programs of this machine, on the wall's clock. */
  readonly open?: PlatformSettings['open'];
}
