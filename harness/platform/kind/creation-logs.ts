/**
 * Saves the logs of a failed bring-up: all output of kind, and what kind collects from nodes that still
 * exist.
 */
import { join, relative } from 'node:path';
import { existsSync, readdirSync, readFileSync, statSync } from '../../base/disk/disk.ts';
import { runProcess } from '../../process/run.ts';
import { Bundle } from '../bundle.ts';
import { creationLog, kindEnvironment } from './clusters.ts';
import { KIND_CLUSTER_LABEL, ownName } from './labels.ts';
import type { RunContext } from './options.ts';

/** From two clusters side by side; on a small machine kind takes some ten seconds for it. */
const EXPORT_MS = 60_000;
/** Of one file; its end tells most. */
const MAX_FILE_CHARACTERS = 2 * 1024 * 1024;

/** Adds `kind/<cluster>.log` for each cluster whose creation has ended. */
export async function addCreationLogs(
  bundle: Bundle,
  { topology, ledger, runId }: RunContext,
): Promise<void> {
  for (const { name } of topology.clusters) {
    const file = creationLog(ledger, ownName(runId, name));
    if (existsSync(file)) await bundle.add(`kind/${name}.log`, async () => readFileSync(file, 'utf8'));
  }
}

/**
 * Describes clusters that did not come up, before they are removed.
 * @param told - the messages to the user on the way
 */
export async function describeFailedStart(
  folder: string,
  context: RunContext,
  told: readonly string[],
): Promise<void> {
  const { engine, topology } = context;
  const bundle = new Bundle(folder);
  await bundle.add('harness.log', async () => `${told.join('\n')}\n`);
  await addCreationLogs(bundle, context);
  await bundle.add('docker.json', async () => {
    const found = {
      networks: await engine.networks(),
      containers: await engine.containers(KIND_CLUSTER_LABEL),
    };
    return `${JSON.stringify(found, undefined, 1)}\n`;
  });
  const exported = await Promise.all(
    topology.clusters.map(async ({ name }) => await exportLogs(context, name)),
  );
  // The biggest last: a journal may spend what is left of the bundle's size.
  for (const { name, read } of exported.flat().sort((a, b) => a.bytes - b.bytes))
    await bundle.add(name, read);
}

interface ExportedFile {
  readonly name: string;
  readonly bytes: number;
  readonly read: () => Promise<string>;
}

/** Runs `kind export logs`, which needs nodes, but no working cluster. */
async function exportLogs(
  { engine, kind, ledger, runId, signal }: RunContext,
  cluster: string,
): Promise<readonly ExportedFile[]> {
  const name = ownName(runId, cluster);
  // docker.json says why the engine is silent.
  const nodes = await engine.containers(KIND_CLUSTER_LABEL, name).catch(() => []);
  if (nodes.length === 0) return [];
  const out = join(ledger.folder, 'logs', name);
  const { stdout, stderr } = await runProcess(kind, ['export', 'logs', out, '--name', name], {
    env: kindEnvironment(runId),
    timeoutMs: EXPORT_MS,
    signal,
  });
  const said = { name: `kind/${cluster}/export.log`, bytes: 0, read: async () => `${stdout}${stderr}` };
  if (!existsSync(out)) return [said];
  const files = readdirSync(out, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile());
  return [
    said,
    ...files.map(entry => {
      const file = join(entry.parentPath ?? entry.path, entry.name);
      return {
        name: `kind/${cluster}/${relative(out, file)}`,
        bytes: statSync(file).size,
        read: async () => readFileSync(file, 'utf8').slice(-MAX_FILE_CHARACTERS),
      };
    }),
  ];
}
