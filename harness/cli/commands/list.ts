/** `mesh-harness list` */
import path from 'node:path';
import { EXIT } from '../../base/errors.ts';
import { packageRoot } from '../../base/package-root.ts';
import { EDITIONS } from '../../plan/plan.ts';
import { listScenarios, loadScenario } from '../../scenario/load.ts';
import { CHECK_FAMILIES } from '../../verify/catalog.ts';
import type { Environment } from '../environment.ts';
import { columnsOf, wrappedLines } from '../terminal/text-width.ts';
import type { ListFlags } from './list.flags.ts';

/** Prints the scenarios and the editions, or the checks. */
export async function listCommand({ format, checks }: ListFlags, { stdout }: Environment): Promise<number> {
  const tell = (text: string) => stdout.write(wrappedLines(text, columnsOf(stdout)));
  if (checks) {
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

function checksAsJson(): string {
  const checks = CHECK_FAMILIES.map(({ id, level, claim, guide, appliesTo, evidence, changes }) => ({
    ...{ id, level, claim, guide, appliesTo, evidence },
    changes: changes !== undefined,
    ...(changes && { whatChanges: changes.what, putsBack: changes.putsBack }),
  }));
  return `${JSON.stringify({ checks }, null, 2)}\n`;
}

/** Writes an entry for each family: id, level, and what to know of it. */
function checksAsText(): string {
  const width = Math.max(...CHECK_FAMILIES.map(({ id }) => id.length));
  const entries = CHECK_FAMILIES.map(({ id, level, claim, guide, appliesTo, evidence, changes }) => {
    const lines = [
      `${id.padEnd(width)}  ${level.padEnd(8)}  ${changes ? 'changes something' : 'reads only'}`,
      `  ${claim}`,
      `  Guide: "${guide}". About ${appliesTo}. Evidence: ${evidence}.`,
      ...(changes ? [`  Changes: ${changes.what}. Afterwards ${changes.putsBack}.`] : []),
    ];
    return `${lines.join('\n')}\n`;
  });
  return `${entries.join('\n')}\nChecks that change something are run by verify only with --allow-changes.\n`;
}
