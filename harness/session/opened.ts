/** The options of a session that only the command line gives. */
import type { PlatformSettings } from '../platform/catalog.ts';
import type { SessionOptions } from './options.ts';

/** Of a session whose simulator may be open: its own programs, or a real istiod, are in it then. */
export interface OpenedOptions extends SessionOptions {
  /** Opens the simulator, given by its name, to other programs of this machine, on the wall's clock. */
  readonly open?: PlatformSettings['open'];
}
