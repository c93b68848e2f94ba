/**
 * Saves the logs of a failed bring-up: all output of kind, and what kind collects from nodes that still
 * exist.
 */
import { relative } from 'node:path';
import { existsSync, readFileSync, statSync } from '../../base/disk/disk.ts';
import { Bundle } from '../bundle.ts';
import { creationLog } from './clusters.ts';
import { isBinary, tellsNothing } from './exported-files.ts';
import { KIND_CLUSTER_LABEL, ownName } from './labels.ts';
import { filesBelow, nodeLogs } from './node-logs.ts';
import type { RunContext } from './options.ts';

/** Of one file; its end tells most. */
const MAX_FILE_CHARACTERS = 2 * 1024 * 1024;

/** Adds `kind/<cluster>.log` for each cluster whose creation has ended, and that of a first try. */
export async function addCreationLogs(
  bundle: Bundle,
  { topology, ledger, runId }: RunContext,
): Promise<void> {
  for (const { name } of topology.clusters) {
    for (const isFirst of [false, true]) {
      const file = creationLog(ledger, ownName(runId, name), isFirst);
      if (!existsSync(file)) continue;
      await bundle.add(`kind/${name}${isFirst ? '.1' : ''}.log`, async () => readFileSync(file, 'utf8'));
    }
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

/** Lists what kind has collected of a cluster's nodes, without what tells people nothing. */
async function exportLogs(context: RunContext, cluster: string): Promise<readonly ExportedFile[]> {
  const logs = await nodeLogs(context, cluster);
  if (!logs) return [];
  const files = filesBelow(logs.folder);
  const leftOut = new Set(files.filter(file => tellsNothing(relative(logs.folder, file)) || isBinary(file)));
  const words = [...leftOut].map(file => `left out: ${relative(logs.folder, file)}\n`).join('');
  return [
    { name: `kind/${cluster}/export.log`, bytes: 0, read: async () => `${logs.said}${words}` },
    ...files
      .filter(file => !leftOut.has(file))
      .map(file => ({
        name: `kind/${cluster}/${relative(logs.folder, file)}`,
        bytes: statSync(file).size,
        read: async () => readFileSync(file, 'utf8').slice(-MAX_FILE_CHARACTERS),
      })),
  ];
}
