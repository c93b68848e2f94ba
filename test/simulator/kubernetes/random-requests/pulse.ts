/** Asks again and again whether a world still answers, and keeps the longest that it took. */
import { setTimeout as sleep } from 'node:timers/promises';
import { KubernetesClient } from '../../../../harness/base/kubernetes-client.ts';
import type { WorldProcess } from './world-process.ts';

const INTERVAL_MS = 50;
/** After so long there is no answer to be had. */
const LOST_MS = 15_000;
/** How often we look whether we are late ourselves. */
const TICK_MS = 10;

export interface Pulse {
  /** Milliseconds of the longest answer, without those for which the machine let neither process run. */
  readonly longestMs: number;
  /** What was going on at that time. */
  readonly during: string;
  readonly answers: number;
}

/** An answer did not come at all. */
export class NoAnswer extends Error {}

/**
 * Asks the clusters by turns, each over a connection of its own, until the signal aborts.
 * @param describe - tells what is going on
 * @throws NoAnswer when an answer does not come at all
 */
export async function feelPulse(
  { kubeconfigs, keptWaitingMs }: Pick<WorldProcess, 'kubeconfigs' | 'keptWaitingMs'>,
  describe: () => string,
  signal: AbortSignal,
): Promise<Pulse> {
  const clients = kubeconfigs.map(kubeconfig => new KubernetesClient(kubeconfig));
  // A machine that is loaded by others keeps us and the world waiting, which is no fault of the world's.
  let lateMs = 0;
  let tick = performance.now();
  const ticker = setInterval(() => {
    const now = performance.now();
    lateMs = Math.max(lateMs, now - tick - TICK_MS);
    tick = now;
  }, TICK_MS);
  let longest = { longestMs: 0, during: '' };
  let answers = 0;
  try {
    for (; !signal.aborted; answers++) {
      const client = clients[answers % clients.length];
      lateMs = 0;
      const start = performance.now();
      const keptBefore = keptWaitingMs();
      const lost = AbortSignal.timeout(LOST_MS);
      await client?.request('GET', '/version', { signal: lost }).catch(error => {
        throw lost.aborted ? new NoAnswer(`No answer within ${LOST_MS} ms, while:\n${describe()}`) : error;
      });
      const tookMs = performance.now() - start - lateMs - (keptWaitingMs() - keptBefore);
      if (tookMs > longest.longestMs) longest = { longestMs: tookMs, during: describe() };
      await sleep(INTERVAL_MS, undefined, { signal }).catch(() => undefined);
    }
  } finally {
    clearInterval(ticker);
    for (const client of clients) client.close();
  }
  return { ...longest, answers };
}
