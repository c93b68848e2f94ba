/** `mesh-harness list` */
import path from 'node:path';
import { EXIT } from '../../base/errors.ts';
import { packageRoot } from '../../base/package-root.ts';
import { EDITIONS } from '../../plan/plan.ts';
import { listScenarios, loadScenario } from '../../scenario/load.ts';
import type { Environment } from '../environment.ts';
import type { ListFlags } from './list.flags.ts';

export async function listCommand({ format }: ListFlags, { stdout }: Environment): Promise<number> {
  const folder = path.join(packageRoot(), 'scenarios');
  const scenarios = await Promise.all(
    (await listScenarios({ folder })).map(async name => {
      const { topology } = await loadScenario(name, { folder });
      return {
        name,
        description: topology.description,
        clusters: topology.clusters.length,
        networks: topology.networks.length,
      };
    }),
  );
  const editions = EDITIONS.map(({ name, istioVersion, summary }) => ({ name, istioVersion, summary }));
  if (format === 'json') {
    stdout.write(`${JSON.stringify({ scenarios, editions }, null, 2)}\n`);
    return EXIT.passed;
  }
  const width = Math.max(...scenarios.map(({ name }) => name.length));
  for (const { name, description } of scenarios) stdout.write(`${name.padEnd(width)}  ${description}\n`);
  stdout.write('\nEditions of the guide:\n');
  for (const { name, istioVersion, summary } of editions)
    stdout.write(`  ${name.padEnd(8)} Istio ${istioVersion}: ${summary}\n`);
  return EXIT.passed;
}
