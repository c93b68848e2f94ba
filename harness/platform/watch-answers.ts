/**
 * Watches that the clusters of a run still answer. One that is silent for long is lost, and later results say
 * nothing about the mesh.
 */
import { unlessAborted } from '../base/abort.ts';
import { type Clock, sleep } from '../base/clock.ts';
import { linkedSignal } from '../base/deadline.ts';
import { HarnessError, messageOf } from '../base/errors.ts';
import { KubernetesApiError, type KubernetesClient } from '../base/kubernetes-client.ts';

/** Something that has to answer as long as a run goes on. */
export interface Answering {
  /** As a sentence begins: `The API server of cluster1`. */
  readonly what: string;
  /** Asks once; any value that it resolves to is an answer. */
  readonly ask: (signal: AbortSignal) => Promise<unknown>;
  /** The advice if it is lost. */
  readonly hint: string;
}

export interface WatchAnswersOptions {
  readonly clock: Clock;
  /** Ends the watch, before the run itself stops the clusters. */
  readonly stop: AbortSignal;
  /**
   * Milliseconds without an answer until it is lost; a minute by default: upgrades and small machines make
   * servers pause.
   */
  readonly lostMs?: number;
}

const LOST_MS = 60_000;
/** So many questions are asked until it is lost; each may take as long as there is time until the next. */
const QUESTIONS = 10;

/**
 * Watches the answers of several at once.
 * @returns aborts with ERR_PLATFORM_NOT_READY, and with what was seen, when the first of them is lost
 */
export function watchAnswers(all: readonly Answering[], options: WatchAnswersOptions): AbortSignal {
  const lost = new AbortController();
  // A wait and a question for each listen to it, side by side.
  const ended = linkedSignal(options.stop);
  ended.follow(lost.signal);
  for (const each of all) {
    watchOne(each, { ...options, stop: ended.signal }).then(
      error => error && lost.abort(error),
      () => {}, // the watch was ended
    );
  }
  return lost.signal;
}

async function watchOne(
  { what, ask, hint }: Answering,
  { clock, stop, lostMs = LOST_MS }: WatchAnswersOptions,
): Promise<HarnessError> {
  let silentSinceMs: number | undefined;
  for (;;) {
    await sleep(clock, lostMs / QUESTIONS, stop);
    const askedAtMs = clock.now();
    using linked = linkedSignal(stop, {
      clock,
      timeoutMs: lostMs / QUESTIONS,
      reason: () => new Error('no answer'),
    });
    try {
      // Work that ignores the signal may never settle.
      await unlessAborted(ask(linked.signal), linked.signal);
      silentSinceMs = undefined;
    } catch (error) {
      stop.throwIfAborted();
      silentSinceMs ??= askedAtMs;
      const silentMs = clock.now() - silentSinceMs;
      if (silentMs < lostMs) continue;
      const seconds = Math.round(silentMs / 1000);
      return new HarnessError(
        'ERR_PLATFORM_NOT_READY',
        `${what} has not answered for ${seconds} s while the run went on: ${messageOf(error)}`,
        { hint },
      );
    }
  }
}

/** Watches API servers. A refusal is an answer too. @param clients - by the name of the cluster */
export function apiServers(clients: ReadonlyMap<string, KubernetesClient>): readonly Answering[] {
  return [...clients].map(([name, client]) => ({
    what: `The API server of ${name}`,
    ask: async signal => {
      try {
        await client.request('GET', '/version', { signal });
      } catch (error) {
        if (!(error instanceof KubernetesApiError)) throw error;
      }
    },
    hint: `Is ${name} still there? What is seen without it tells nothing about the mesh.`,
  }));
}
