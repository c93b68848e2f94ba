/** Sends calls from a cluster's client pod, as `kubectl exec` does in the guide. */
import { type Clock, sleep } from '../base/clock.ts';
import { HarnessError, messageOf } from '../base/errors.ts';
import { type ExecOutcome, KubernetesApiError, type KubernetesClient } from '../base/kubernetes-client.ts';
import type { CheckContext } from './check.ts';
import { describePod, listPods, type PodFact } from './pods.ts';
import { type Answer, curlArgv, curlTimeoutMs, readAnswers } from './sampling.ts';
import { answersToSee } from './statistics.ts';
import { contributionsOf, NAMESPACE, versionsOf } from './workloads.ts';

/** What an exec needs besides its pod; a CheckContext is one. */
export type ExecContext = Pick<CheckContext, 'clock' | 'signal'>;

/** Why nothing could be asked: a state of the mesh, not of the API server. */
export interface Trouble {
  readonly trouble: string;
}
export const isTrouble = (value: object): value is Trouble => 'trouble' in value;

/** Answers of the API server that speak of the pod and not of the server: gone, not running, no such container. */
const POD_REFUSALS: ReadonlySet<number> = new Set([400, 404, 409, 500]);

/**
 * Runs a program in a pod.
 * @throws KubernetesApiError if the API server refuses the caller; HarnessError ERR_KUBERNETES_API if the connection breaks or hangs
 */
export async function execIn(
  client: KubernetesClient,
  at: { readonly namespace: string; readonly pod: string; readonly container: string | undefined },
  argv: readonly string[],
  { clock, signal }: ExecContext,
  timeoutMs: number,
): Promise<ExecOutcome | Trouble> {
  try {
    return await client.exec(at.namespace, at.pod, at.container, argv, { clock, signal, timeoutMs });
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof KubernetesApiError) {
      if (!POD_REFUSALS.has(error.code)) throw error;
      return { trouble: `exec into ${at.pod} was refused: ${error.message}` };
    }
    throw new HarnessError('ERR_KUBERNETES_API', `exec into ${at.pod}: ${messageOf(error)}`, { cause: error });
  }
}

/** The pod that calls are sent from: a ready one, else one that runs. */
export function pickClientPod(pods: readonly PodFact[], app: string): PodFact | undefined {
  const candidates = pods.filter(pod => pod.app === app);
  return (
    candidates.find(({ isReady }) => isReady) ?? candidates.find(({ status }) => status === 'Running') ?? candidates[0]
  );
}

/** Sends `requests` calls from the client pod of a cluster in one exec. */
export async function callFrom(
  context: CheckContext,
  client: KubernetesClient,
  requests: number,
): Promise<{ readonly answers: readonly Answer[]; readonly pod: PodFact } | Trouble> {
  const pods = await listPods(client, NAMESPACE, context.signal);
  const pod = pickClientPod(pods, context.client);
  if (!pod) return { trouble: `there is no pod with the label app=${context.client} in the namespace ${NAMESPACE}` };
  if (pod.status !== 'Running') return { trouble: `the client pod does not run: ${describePod(pod)}` };
  const outcome = await execIn(
    client,
    { namespace: NAMESPACE, pod: pod.name, container: context.client },
    curlArgv(requests),
    context,
    curlTimeoutMs(requests),
  );
  if (isTrouble(outcome)) return outcome;
  const { answers, defect } = readAnswers(outcome, requests);
  return defect === undefined ? { answers, pod } : { trouble: defect };
}

/** Deadline of the wait, milliseconds. */
export const CONVERGENCE_DEADLINE_MS = 120_000;
/** Calls in a batch, if two clusters share the answers evenly. */
const BATCH = 10;
/** So many good batches in a row end the wait. */
const GOOD_BATCHES = 3;
/** Pauses after a bad batch, milliseconds; the last one repeats. Good batches follow each other at once. */
const PAUSES_MS = [500, 1000, 2000, 4000, 8000, 15_000];

export interface Convergence {
  readonly converged: boolean;
  /** Milliseconds until the first of the good batches ended, or until the wait was given up. */
  readonly afterMs: number;
  readonly batches: number;
  readonly batchSize: number;
  /** All answers so far, and those of the last batch. */
  readonly all: readonly Answer[];
  readonly last: readonly Answer[];
  /** The answers of the last batches, three at most: what a failure is judged by. */
  readonly recent: readonly Answer[];
  readonly trouble?: string;
}

/** A batch misses the rarest version with a probability of at most 1 in 1000: 10 calls for a half. */
export function batchSizeFor(context: Pick<CheckContext, 'topology'>): number {
  const share = new Map<string, number>();
  const contributions = contributionsOf(context.topology);
  const endpoints = contributions.reduce((sum, { versions }) => sum + versions.length, 0);
  for (const { versions } of contributions) {
    for (const version of versions) share.set(version, (share.get(version) ?? 0) + 1 / endpoints);
  }
  return Math.max(BATCH, ...[...share.values()].map(each => answersToSee(each, 1e-3)));
}

/**
 * Waits until three batches in a row are complete, without an error and with every version of the topology.
 * A batch that has begun is finished, so the wait may end later than its deadline by the time that one batch takes.
 */
export async function converge(context: CheckContext, client: KubernetesClient): Promise<Convergence> {
  const { clock, signal, onProgress } = context;
  const versions = versionsOf(context.topology);
  const batchSize = batchSizeFor(context);
  const start = clock.now();
  const all: Answer[] = [];
  let recent: (readonly Answer[])[] = [];
  let batches = 0;
  let good = 0;
  let goodSince = 0;
  let pauses = 0;
  for (;;) {
    signal.throwIfAborted();
    const batch = await callFrom(context, client, batchSize);
    const answers = isTrouble(batch) ? [] : batch.answers;
    if (!isTrouble(batch)) batches += 1;
    all.push(...answers);
    recent = [...recent, answers].slice(-GOOD_BATCHES);
    const passedMs = clock.now() - start;
    const state = { batches, batchSize, all, last: answers, recent: recent.flat() };
    if (isGood(answers, versions, batchSize)) {
      good += 1;
      if (good === 1) goodSince = passedMs;
      if (good === GOOD_BATCHES) return { converged: true, afterMs: goodSince, ...state };
      continue;
    }
    good = 0;
    if (passedMs >= CONVERGENCE_DEADLINE_MS) {
      const trouble = isTrouble(batch) ? { trouble: batch.trouble } : {};
      return { converged: false, afterMs: passedMs, ...state, ...trouble };
    }
    onProgress(isTrouble(batch) ? batch.trouble : describeBatch(answers, versions));
    const pause = PAUSES_MS[Math.min(pauses, PAUSES_MS.length - 1)] ?? 0;
    pauses += 1;
    await pauseFor(clock, Math.min(pause, CONVERGENCE_DEADLINE_MS - passedMs), signal);
  }
}

const pauseFor = (clock: Clock, delayMs: number, signal: AbortSignal) => sleep(clock, Math.max(1, delayMs), signal);

function isGood(answers: readonly Answer[], versions: readonly string[], size: number): boolean {
  const seen = new Set(answers.map(answer => (answer.kind === 'answer' ? answer.version : undefined)));
  return answers.length === size && !seen.has(undefined) && versions.every(version => seen.has(version));
}

function describeBatch(answers: readonly Answer[], versions: readonly string[]): string {
  const errors = answers.filter(({ kind }) => kind === 'error');
  const first = errors[0];
  const counts = versions.map(
    version => `${version} ${answers.filter(answer => answer.kind === 'answer' && answer.version === version).length}`,
  );
  const trouble = first?.kind === 'error' ? `, ${errors.length} errors (${first.error})` : '';
  return `not converged yet: ${counts.join(', ')} of ${answers.length}${trouble}`;
}
