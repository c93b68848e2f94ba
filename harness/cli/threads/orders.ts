/** What the main thread and another one say to each other: values that can be cloned. */
import type { Held } from '../../matrix/hold.ts';
import type { RunEvent } from '../../run/events.ts';
import type { OpenedOptions } from '../../session/opened.ts';

/** What stays in its thread: functions, and what holds some. */
type Bound = 'signal' | 'listeners' | 'onKept' | 'onTraceLost' | 'beforeCleanUp' | 'checks' | 'open';

/** The options of a session, by names and data alone. */
export interface OrderedSession extends Omit<OpenedOptions, Bound | 'platform' | 'diagnosticsFolder'> {
  readonly platform: string;
  readonly runId: string;
  readonly diagnosticsFolder: string;
}

/** Misconfigurations of one mesh, by names that every thread knows. */
export interface OrderedAttempts {
  readonly scenario: string;
  readonly edition: string;
  readonly ids: readonly string[];
}

/** To the thread. */
export type Order =
  | { readonly type: 'run'; readonly session: OrderedSession }
  | { readonly type: 'try'; readonly attempts: OrderedAttempts }
  /** Ends the session early, with this reason. */
  | { readonly type: 'interrupt'; readonly reason: string };

/** From the thread. */
export type Answer =
  /** All code is loaded. */
  | { readonly type: 'ready' }
  | { readonly type: 'event'; readonly event: RunEvent }
  | { readonly type: 'kept'; readonly lines: readonly string[] }
  | { readonly type: 'trace-lost'; readonly reason: string }
  | { readonly type: 'ended'; readonly listenerFailures: readonly string[] }
  /** What became of attempts, in their order. */
  | { readonly type: 'tried'; readonly held: readonly Held[] };
