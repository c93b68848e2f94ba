/** What somebody asks istiod about, on a discovery stream. */
import type { Caller } from './authenticate.ts';

/** One question on a stream. */
export interface DebugQuestion {
  readonly typeUrl: string;
  readonly names: ReadonlySet<string> | 'all';
  /** Absent on the plaintext port. */
  readonly caller: Caller | undefined;
}
