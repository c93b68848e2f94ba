/**
 * What kind collects from the nodes of a cluster that did not come up: once, for the message of its failure
 * and for the diagnostics.
 */
import { basename, join } from 'node:path';
import {
  existsSync,
  makeFolderSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from '../../base/disk/disk.ts';
import { OWNER_ONLY, OWNER_ONLY_FOLDER } from '../../base/disk/modes.ts';
import { redact } from '../../base/redact.ts';
import { runProcess } from '../../process/run.ts';
import { kindEnvironment } from './clusters.ts';
import { kubeletCausesIn } from './kubelet-causes.ts';
import { KIND_CLUSTER_LABEL, ownName } from './labels.ts';
import type { RunContext } from './options.ts';

/** From two clusters side by side; on a small machine kind takes some ten seconds for it. */
const EXPORT_MS = 60_000;

/** The part of a run that its logs are asked with. */
type LogContext = Pick<RunContext, 'engine' | 'kind' | 'ledger' | 'runId' | 'signal'>;

/** What kind has written of a cluster's nodes, and what it said meanwhile. */
interface NodeLogs {
  /** Exists only if kind got that far. */
  readonly folder: string;
  readonly said: string;
}

/**
 * Runs `kind export logs`, which needs nodes, but no working cluster; a second call returns what the first
 * has found.
 * @returns undefined if there is no node, or the engine does not answer
 */
export async function nodeLogs(context: LogContext, cluster: string): Promise<NodeLogs | undefined> {
  const { engine, kind, runId, signal } = context;
  const { folder, words } = placesOf(context, cluster);
  if (existsSync(words)) return { folder, said: readFileSync(words, 'utf8') };
  const name = ownName(runId, cluster);
  const nodes = await engine.containers(KIND_CLUSTER_LABEL, name).catch(() => []);
  if (nodes.length === 0) return undefined;
  const { stdout, stderr } = await runProcess(kind, ['export', 'logs', folder, '--name', name], {
    env: kindEnvironment(runId),
    timeoutMs: EXPORT_MS,
    signal,
  });
  const said = `${stdout}${stderr}`;
  makeFolderSync(join(words, '..'), OWNER_ONLY_FOLDER);
  writeFileSync(words, redact(said), { mode: OWNER_ONLY });
  return { folder, said };
}

/** Puts away what was collected of a creation that is tried again: the next has logs of its own. */
export function putAwayNodeLogs(context: LogContext, cluster: string): void {
  for (const path of Object.values(placesOf(context, cluster)))
    if (existsSync(path)) renameSync(path, `${path}.1`);
}

/** Lists the paths of all files of an export; none where kind did not get that far. */
export const filesBelow = (folder: string): readonly string[] =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter(entry => entry.isFile())
        .map(entry => join(entry.parentPath ?? entry.path, entry.name))
    : [];

/**
 * Finds why kubelets ended, in the journals that kind has collected.
 * @returns each cause once, however many nodes have it; none if no kubelet says so
 */
export function kubeletCauses({ folder }: NodeLogs): readonly string[] {
  const files = filesBelow(folder).filter(file => basename(file) === 'kubelet.log');
  return [...new Set(files.flatMap(file => kubeletCausesIn(readFileSync(file, 'utf8'))))];
}

function placesOf({ ledger, runId }: LogContext, cluster: string) {
  const folder = join(ledger.folder, 'logs', ownName(runId, cluster));
  return { folder, words: `${folder}.export.log` };
}
