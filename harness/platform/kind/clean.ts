/** `mesh-harness clean`: removes what dead runs have left, and nothing else. */
import { existsSync, rmSync } from 'node:fs';
import type { Clock } from '../../base/clock.ts';
import type { Engine } from './engine.ts';
import { CACHE_LABEL } from './labels.ts';
import { type LedgerRecord, readLedgers } from './ledger.ts';
import { removeRemains } from './remove.ts';

export interface CleanOptions {
  /** The folder of all runs' state. */
  readonly state: string;
  readonly clock: Clock;
  /** Called when there is something in Docker to remove. */
  readonly connect: () => Promise<Engine>;
  /** Also removes the pull-through cache, which outlives runs by intent. */
  readonly cache?: boolean;
}

export interface CleanResult {
  /** One sentence for each run that was cleaned up. */
  readonly removed: readonly string[];
  /** Runs that go on: left alone. */
  readonly running: readonly string[];
  readonly failures: readonly string[];
}

export async function clean({ state, clock, connect, cache = false }: CleanOptions): Promise<CleanResult> {
  const ledgers = readLedgers(state).filter(({ platform }) => platform === 'kind');
  const dead = ledgers.filter(({ isRunning }) => !isRunning);
  const removed: string[] = [];
  const failures: string[] = [];
  let engine: Engine | undefined;
  for (const ledger of dead) {
    const { runId, networks, clusters, folder } = ledger;
    if (networks.length + clusters.length > 0) {
      engine ??= await connect();
      const failed = await removeRemains(engine, ledger, clock);
      failures.push(...failed.map(failure => `run ${runId}: ${failure}`));
      if (failed.length > 0) continue; // the ledger stays, so that it can be tried again
    }
    rmSync(folder, { recursive: true, force: true });
    removed.push(sentenceOf(ledger));
  }
  if (cache) {
    engine ??= await connect();
    for (const { id } of await engine.containers(CACHE_LABEL)) await engine.removeContainer(id);
    for (const volume of await engine.volumes(CACHE_LABEL)) await engine.removeVolume(volume);
  }
  return {
    removed,
    running: ledgers.filter(({ isRunning, folder }) => isRunning && existsSync(folder)).map(({ runId }) => runId),
    failures,
  };
}

function sentenceOf({ runId, clusters, networks, isKept }: LedgerRecord): string {
  const what = [...clusters, ...networks].join(', ');
  return `run ${runId}${isKept ? ' (kept)' : ''}: ${what === '' ? 'nothing but its files' : what}`;
}
