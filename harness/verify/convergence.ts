/**
 * Waits until every cluster, or network, that is to answer has answered: a mesh that is still spreading is
 * not judged. In a large mesh the client's proxy says so, and few calls are sent.
 */

import { type Clock, sleep } from '../base/clock.ts';
import { callFrom, isTrouble } from './calling.ts';
import type { CheckContext } from './check.ts';
import { describeShortfall, partOf, type Shortfall, weigh } from './gateway-weight.ts';
import { type AnswerGroup, batchSizeFor, groupName, silentGroups } from './groups.ts';
import type { PodFact } from './pods.ts';
import type { Answer } from './sampling.ts';
import type { Locate } from './tally.ts';
import { type Outlook, toldByProxy } from './told-by-proxy.ts';

/** Deadline of the wait, milliseconds, unless the run has another. */
export const CONVERGENCE_DEADLINE_MS = 120_000;
/** So many good batches in a row end the wait. */
export const GOOD_BATCHES = 3;
/** Pauses after a bad batch, milliseconds; the last one repeats. Good batches follow each other at once. */
export const PAUSES_MS = [500, 1000, 2000, 4000, 8000, 15_000];

export interface Convergence {
  readonly converged: boolean;
  /** Milliseconds until the first of the good batches ended, or until the wait was given up. */
  readonly afterMs: number;
  readonly batches: number;
  readonly batchSize: number;
  /** All answers so far, and those of the last batch. */
  readonly all: readonly Answer[];
  readonly last: readonly Answer[];
  /** The answers of the last batches, three at most. A failure is judged by them. */
  readonly recent: readonly Answer[];
  /** Why nothing could be asked in the end. */
  readonly trouble?: string;
  /** Networks of which not every pod was counted in the end, though all batches were good. */
  readonly shortfalls: readonly Shortfall[];
  /** With the shares that follow from what the proxy weighs, where that may differ. */
  readonly groups: readonly AnswerGroup[];
  /** The client's pod that sent the last of the good batches. */
  readonly pod?: PodFact;
  /** How often the client's proxy was asked; absent where only calls were sent. */
  readonly looks?: number;
  /** True if that proxy has all endpoints, healthy, with their weights. */
  readonly isTold?: true;
}

/**
 * Waits for convergence. In a large mesh the proxy of the client is asked first, as it knows without a call
 * whether it has everybody: then one batch is enough, in which the networks answer that are behind gateways,
 * as these have a configuration of their own. A proxy that does not tell, or a batch that is not good, leaves
 * it to the calls alone.
 */
export async function converge(context: CheckContext, options: Outlook): Promise<Convergence> {
  const start = context.clock.now();
  if (!context.sample.together) return await convergeByCalls(context, options, start);
  const { told: seen, looks } = await lookUntilTold(context, options, start);
  if (seen !== 'all') return { ...(await convergeByCalls(context, options, start)), looks };
  const { client, groups, directory } = options;
  const far = groups.filter(({ isNear }) => !isNear);
  const batchSize = batchSizeFor(far);
  const batch = await callFrom(context, client, batchSize);
  const answers = isTrouble(batch) ? [] : batch.answers;
  await directory.learn(answers);
  if (isTrouble(batch) || !isGood(answers, far, directory.locate, batchSize))
    return { ...(await convergeByCalls(context, options, start, answers)), looks, isTold: true };
  const all = { all: answers, last: answers, recent: answers, pod: batch.pod };
  const afterMs = context.clock.now() - start;
  const told = { shortfalls: [], groups, looks, isTold: true } as const;
  return { converged: true, afterMs, batches: 1, batchSize, ...all, ...told };
}

/** Asks the proxy until it has everything, or does not tell, or the deadline has passed. */
async function lookUntilTold(context: CheckContext, options: Outlook, start: number) {
  const { clock, signal, onProgress, convergenceMs } = context;
  for (let looks = 1; ; looks += 1) {
    signal.throwIfAborted();
    const seen = await toldByProxy(context, options);
    const leftMs = start + convergenceMs - clock.now();
    if (seen.told !== 'less' || leftMs <= 0) return { told: seen.told, looks };
    onProgress(`not converged yet: ${seen.lacks}`);
    const pause = PAUSES_MS[Math.min(looks - 1, PAUSES_MS.length - 1)] ?? 0;
    await pauseFor(clock, Math.min(pause, leftMs), signal);
    // Pods come up meanwhile, and get addresses.
    await options.directory.refresh();
  }
}

/**
 * Waits until three batches in a row are complete, without an error and with an answer of every group; and
 * then until the gateways of each network with several clusters carry the weight of all their pods. What has
 * to follow a good batch is sent together. A batch that has begun is finished, so the wait may end later than
 * its deadline by the time that the batches of one exec take.
 */
async function convergeByCalls(
  context: CheckContext,
  { source, client, groups, directory }: Outlook,
  start: number,
  before: readonly Answer[] = [],
): Promise<Convergence> {
  const { clock, signal, onProgress, convergenceMs } = context;
  const batchSize = batchSizeFor(groups);
  const all: Answer[] = [...before];
  let recent: readonly (readonly Answer[])[] = [];
  let batches = before.length > 0 ? 1 : 0;
  let good = 0;
  let goodSince = 0;
  let pauses = 0;
  let pod: PodFact | undefined;
  for (;;) {
    signal.throwIfAborted();
    const wanted = good === 0 ? 1 : GOOD_BATCHES - good;
    const called = await callFrom(context, client, wanted * batchSize, pod);
    const come = isTrouble(called) ? [[]] : inBatches(called.answers, batchSize);
    if (!isTrouble(called)) batches += come.length;
    all.push(...come.flat());
    recent = [...recent, ...come].slice(-GOOD_BATCHES);
    const passedMs = clock.now() - start;
    await directory.learn(come.flat());
    const last = come.at(-1) ?? [];
    const state = { batches, batchSize, all, last, recent: recent.flat(), groups };
    let short: readonly Shortfall[] = [];
    if (!isTrouble(called) && come.every(each => isGood(each, groups, directory.locate, batchSize))) {
      if (good === 0) goodSince = passedMs;
      good += come.length;
      pod = called.pod;
      if (good < GOOD_BATCHES) continue;
      const weighed = await weigh(context, source, groups, directory.pods, pod);
      short = weighed.shortfalls;
      if (short.length === 0) return { converged: true, afterMs: goodSince, ...state, pod, ...weighed };
    }
    good = 0;
    pod = undefined;
    if (passedMs >= convergenceMs) {
      const trouble = isTrouble(called) ? { trouble: called.trouble } : {};
      return { converged: false, afterMs: passedMs, shortfalls: short, ...state, ...trouble };
    }
    const [first] = short;
    onProgress(
      isTrouble(called)
        ? called.trouble
        : `not converged yet: ${first ? describeShortfall(partOf(first), source.name) : describeBatch(last, groups, directory.locate)}`,
    );
    const pause = PAUSES_MS[Math.min(pauses, PAUSES_MS.length - 1)] ?? 0;
    pauses += 1;
    await pauseFor(clock, Math.min(pause, convergenceMs - passedMs), signal);
  }
}

/** Cuts the answers of one exec into batches, which they are a multiple of. */
const inBatches = (answers: readonly Answer[], size: number): readonly (readonly Answer[])[] =>
  Array.from({ length: answers.length / size }, (_, index) =>
    answers.slice(index * size, (index + 1) * size),
  );

const pauseFor = (clock: Clock, delayMs: number, signal: AbortSignal) =>
  sleep(clock, Math.max(1, delayMs), signal);

function isGood(
  answers: readonly Answer[],
  groups: readonly AnswerGroup[],
  locate: Locate,
  size: number,
): boolean {
  return (
    answers.length === size &&
    answers.every(({ kind }) => kind === 'answer') &&
    silentGroups(groups, answers, locate).length === 0
  );
}

function describeBatch(answers: readonly Answer[], groups: readonly AnswerGroup[], locate: Locate): string {
  const errors = answers.filter(({ kind }) => kind === 'error');
  const first = errors[0];
  const from = answers.map(answer =>
    answer.kind === 'answer' ? locate(answer.instance, answer.version) : null,
  );
  const counts = groups.map(group => {
    const count = from.filter(cluster => group.clusters.some(name => name === cluster)).length;
    return `${count} from ${groupName(group)}`;
  });
  const trouble = first?.kind === 'error' ? `, ${errors.length} errors (${first.error})` : '';
  return `${counts.join(', ')} of ${answers.length}${trouble}`;
}
