/** `mesh-harness clean`: removes what dead runs have left, and nothing else. */
import type { Clock } from '../base/clock.ts';
import { existsSync, rmSync } from '../base/disk/disk.ts';
import { readTextFile } from '../base/disk/read-file.ts';
import { messageOf } from '../base/errors.ts';
import { MAX_KUBECONFIG_BYTES } from '../model/kubeconfig-document.ts';
import type { Engine } from './kind/engine/engine.ts';
import { CACHE_LABEL } from './kind/labels.ts';
import { removeRemains } from './kind/remove.ts';
import { type LedgerRecord, ledgerFile, readLedgers } from './ledger.ts';
import { managerOf, type Removed } from './marks.ts';

export interface CleanOptions {
  /** The folder of all runs' state. */
  readonly state: string;
  readonly clock: Clock;
  /** Connects to Docker; called when there is something in it to remove. */
  readonly connect: () => Promise<Engine>;
  /** Also removes the pull-through cache, which outlives runs by intent. */
  readonly cache?: boolean;
}

export interface CleanResult {
  /** One sentence for each run that was cleaned up. */
  readonly removed: readonly string[];
  /** Runs that go on: left alone. */
  readonly running: readonly string[];
  /**
   * Objects in a cluster of the user's that have a name of the harness but belong to someone else; they stay.
   */
  readonly left: readonly string[];
  readonly failures: readonly string[];
}

export async function clean({ state, clock, connect, cache = false }: CleanOptions): Promise<CleanResult> {
  const ledgers = readLedgers(state);
  const dead = ledgers.filter(({ isRunning }) => !isRunning);
  const removed: string[] = [];
  const left: string[] = [];
  const failures: string[] = [];
  let engine: Promise<Engine> | undefined;
  const docker = () => (engine ??= connect());
  for (const ledger of dead) {
    const outcome = await removeRun(ledger, docker, clock);
    left.push(...outcome.left.map(each => `${each} (run ${ledger.runId})`));
    failures.push(...outcome.failures.map(failure => `run ${ledger.runId}: ${failure}`));
    if (outcome.failures.length > 0) continue; // the ledger stays, so that it can be tried again
    try {
      rmSync(ledger.folder, { recursive: true, force: true });
      removed.push(sentenceOf(ledger));
    } catch (error) {
      failures.push(`run ${ledger.runId}: ${messageOf(error)}`);
    }
  }
  if (cache) await removeCache(await docker());
  return {
    removed,
    running: ledgers
      .filter(({ isRunning, folder }) => isRunning && existsSync(folder))
      .map(({ runId }) => runId),
    left,
    failures,
  };
}

/** Removes what a run made: in Docker first, and in clusters of the user's only if nothing failed there. */
async function removeRun(
  ledger: LedgerRecord,
  docker: () => Promise<Engine>,
  clock: Clock,
): Promise<Removed> {
  if (ledger.networks.length + ledger.clusters.length > 0) {
    const failures = await removeRemains(await docker(), ledger, clock);
    if (failures.length > 0) return { failures, left: [] };
  }
  return joined([await removeMesh(ledger, clock), await removeWorkloads(ledger, clock), unread(ledger)]);
}

/** A line that cannot be read may stand for anything: the folder stays, so that somebody can look. */
const unread = ({ folder, unread: lines }: LedgerRecord): Removed => ({
  failures: lines.map(line =>
    [
      `line ${line} of ${ledgerFile(folder)} cannot be read: what it noted may be left;`,
      `look there, then remove ${folder}`,
    ].join(' '),
  ),
  left: [],
});

async function removeCache(engine: Engine): Promise<void> {
  for (const { id } of await engine.containers(CACHE_LABEL)) await engine.removeContainer(id);
  for (const volume of await engine.volumes(CACHE_LABEL)) await engine.removeVolume(volume);
}

/** What a ledger notes of a cluster of the user's, whatever has been made there. */
interface NotedCluster {
  readonly cluster: string;
  /** A file beside the ledger. */
  readonly kubeconfig: string;
}

/** Removes something from each of these clusters, side by side, and says of which one a removal tells. */
async function removeFromEach<Entry extends NotedCluster>(
  entries: readonly Entry[],
  remove: (kubeconfig: string, entry: Entry) => Promise<Removed>,
): Promise<Removed> {
  const parts = await Promise.all(
    entries.map(async entry => {
      const { failures, left } = await removeFromOne(entry, kubeconfig => remove(kubeconfig, entry));
      const named = (text: string) => `${entry.cluster}: ${text}`;
      return { failures: failures.map(named), left: left.map(named) };
    }),
  );
  return joined(parts);
}

const joined = (parts: readonly Removed[]): Removed => ({
  failures: parts.flatMap(({ failures }) => failures),
  left: parts.flatMap(({ left }) => left),
});

async function removeFromOne(
  { kubeconfig: file }: NotedCluster,
  remove: (kubeconfig: string) => Promise<Removed>,
): Promise<Removed> {
  let kubeconfig: string;
  try {
    kubeconfig = readTextFile(file, MAX_KUBECONFIG_BYTES);
  } catch (error) {
    return { failures: [`its kubeconfig ${file} cannot be read: ${messageOf(error)}`], left: [] };
  }
  return await remove(kubeconfig);
}

/** Removes the mesh that a run made in clusters of the user's. */
const removeMesh = ({ existing, runId }: LedgerRecord, clock: Clock): Promise<Removed> =>
  removeFromEach(existing, async (kubeconfig, entry) => {
    const { removeFromCluster } = await import('./existing/remove.ts');
    return await removeFromCluster({ kubeconfig, runId, entry, atTheEnd: false, clock });
  });

/** Removes the workloads that a verification has put into clusters for the time. */
const removeWorkloads = ({ deployed, runId }: LedgerRecord, clock: Clock): Promise<Removed> =>
  removeFromEach(deployed, async (kubeconfig, { before }) => {
    const { removeNoted } = await import('./attached/deployed.ts');
    return await removeNoted(kubeconfig, before, { clock, mark: managerOf(runId) });
  });

function sentenceOf(ledger: LedgerRecord): string {
  const { runId, clusters, networks, existing, deployed, isKept } = ledger;
  const what = [
    ...clusters,
    ...networks,
    ...existing.map(({ cluster }) => `the mesh in ${cluster}`),
    ...deployed.map(({ cluster }) => `the workloads in ${cluster}`),
  ].join(', ');
  return `run ${runId}${isKept ? ' (kept)' : ''}: ${what === '' ? 'nothing but its files' : what}`;
}
