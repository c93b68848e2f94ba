/** `mesh-harness list` */
import path from 'node:path';
import { EXIT } from '../../base/errors.ts';
import { packageRoot } from '../../base/package-root.ts';
import { EDITIONS } from '../../plan/plan.ts';
import { listScenarios, loadScenario } from '../../scenario/load.ts';
import type { Environment } from '../environment.ts';
import { columnsOf, wrappedLines } from '../terminal/text-width.ts';
import type { ListFlags } from './list.flags.ts';

/** Prints the scenarios and the editions, or the checks. */
export async function listCommand({ format, checks }: ListFlags, { stdout }: Environment): Promise<number> {
  const tell = (text: string) => stdout.write(wrappedLines(text, columnsOf(stdout)));
  if (checks) {
    // Scenarios are listed without the checks' code.
    const { checksAsJson, checksAsText } = await import('./list-checks.ts');
    if (format === 'json') stdout.write(checksAsJson());
    else tell(checksAsText());
    return EXIT.passed;
  }
  const scenarios = await describeScenarios();
  const editions = EDITIONS.map(({ name, istioVersion, summary }) => ({ name, istioVersion, summary }));
  if (format === 'json') {
    stdout.write(`${JSON.stringify({ scenarios, editions }, null, 2)}\n`);
    return EXIT.passed;
  }
  const width = Math.max(...scenarios.map(({ name }) => name.length));
  for (const { name, description } of scenarios) tell(`${name.padEnd(width)}  ${description}\n`);
  tell('\nEditions of the guide:\n');
  for (const { name, istioVersion, summary } of editions)
    tell(`  ${name.padEnd(8)} Istio ${istioVersion}: ${summary}\n`);
  return EXIT.passed;
}

/** Reads the scenarios that come with the harness. */
async function describeScenarios() {
  const folder = path.join(packageRoot(), 'scenarios');
  return await Promise.all(
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
}
