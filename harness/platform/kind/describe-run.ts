/** Describes a failed run on kind for people, besides what every cluster can be asked. */
import { unlessAborted } from '../../base/abort.ts';
import type { ClusterName } from '../../model/names.ts';
import { Bundle } from '../bundle.ts';
import { describeClusters } from '../diagnostics.ts';
import type { Cluster } from '../platform.ts';
import { addCreationLogs } from './creation-logs.ts';
import type { RunContext } from './options.ts';
import type { StartedParts } from './started-parts.ts';

/** Milliseconds for all questions to the engine together. */
const ENGINE_MS = 30_000;

/**
 * Writes what only kind has (its logs, its networks, the routes of its nodes), then what all clusters have.
 */
export async function describeRun(
  folder: string,
  context: RunContext,
  { nodes, networks, kubeconfigs, told }: StartedParts,
  clusters: ReadonlyMap<ClusterName, Cluster>,
): Promise<void> {
  const { engine, programs, clock } = context;
  const bundle = new Bundle(folder);
  const late = AbortSignal.timeout(ENGINE_MS);
  const unlessLate = <T>(work: Promise<T>) => unlessAborted(work, late);
  // The small files that one always wants come first: logs may fill the rest.
  await bundle.add('harness.log', async () => `${told.join('\n')}\n`);
  await addCreationLogs(bundle, context);
  await bundle.add('networks.json', async () => {
    const ofTopology = Object.fromEntries(networks.ofTopology);
    return `${JSON.stringify({ networks: await unlessLate(engine.networks()), nodes, ...networks, ofTopology }, undefined, 1)}\n`;
  });
  for (const { container } of nodes) {
    for (const [name, argv] of [
      ['routes', ['ip', 'route']],
      ['addresses', ['ip', '-o', 'address']],
    ] as const) {
      await bundle.add(
        `nodes/${container}-${name}.txt`,
        async () => (await unlessLate(engine.exec(container, argv))).output,
      );
    }
  }
  await describeClusters(bundle, clusters.values(), programs, ({ name }) => kubeconfigs.get(name), clock);
}
