/** `mesh-harness completion SHELL` */
import path from 'node:path';
import type { Command } from 'commander';
import { EXIT } from '../../base/errors.ts';
import { packageRoot } from '../../base/package-root.ts';
import { FAULTS } from '../../faults/catalog.ts';
import { readCorpus } from '../../matrix/corpus.ts';
import { EDITIONS, planTopology } from '../../plan/plan.ts';
import { listScenarios, loadScenario } from '../../scenario/load.ts';
import { PLATFORM_NAMES } from '../../session/effects.ts';
import { CHECK_FAMILIES, checksFor } from '../../verify/catalog.ts';
import { bashCompletion } from '../completion/bash.ts';
import { fishCompletion } from '../completion/fish.ts';
import { type Completion, completionOf, type KnownWords } from '../completion/model.ts';
import { zshCompletion } from '../completion/zsh.ts';
import type { Environment } from '../environment.ts';
import { SHELLS, type Shell } from './completion.flags.ts';

const SCRIPTS: Readonly<Record<Shell, (completion: Completion) => string>> = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
};

/** Prints the script; what it knows is that of this version, so that a shell never waits for us. */
export async function completionCommand(
  shell: Shell,
  program: Command,
  { stdout }: Environment,
): Promise<number> {
  stdout.write(SCRIPTS[shell](completionOf(program, await knownWords())));
  return EXIT.passed;
}

async function knownWords(): Promise<KnownWords> {
  const folder = path.join(packageRoot(), 'scenarios');
  const scenarios = await listScenarios({ folder });
  const loaded = await Promise.all(scenarios.map(name => loadScenario(name, { folder })));
  const topologies = loaded.map(({ topology }) => topology);
  const editions = EDITIONS.map(({ name }) => name);
  const plans = topologies.flatMap(topology => editions.map(each => planTopology(topology, each)));
  const checks = topologies.flatMap(topology => checksFor(topology, undefined, { extended: true }));
  const { LOAD_BALANCERS } = await import('../../platform/kind/load-balancers.ts');
  return {
    scenarios,
    editions,
    platforms: [...PLATFORM_NAMES, 'auto'],
    loadBalancers: LOAD_BALANCERS,
    checks: [...new Set([...CHECK_FAMILIES, ...checks].map(({ id }) => id))],
    misconfigurations: (await readCorpus()).flatMap(({ cases }) => cases.map(({ id }) => id)),
    faults: FAULTS.map(({ id }) => id),
    shells: SHELLS,
    steps: new Map(
      plans.map(({ scenario, edition, steps }) => [`${scenario} ${edition}`, steps.map(({ id }) => id)]),
    ),
  };
}
