/**
 * Each program that the plan starts dies once, and hangs once: the run ends `unknown`, names the program, and
 * leaves no file. A few by day, all by `npm run tables`.
 */
import { mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { planTopology } from '../../harness/plan/plan.ts';
import { type ProcessFault, processFaults } from '../../harness/process/faults.ts';
import { topologyOf } from '../plan/scenarios.ts';
import { findKubectl, withoutKubectl } from '../support/kubectl.ts';
import { isNightly } from '../support/nightly.ts';
import { runByPrograms } from '../support/run-by-programs.ts';

const kubectl = findKubectl();
const skip = withoutKubectl(kubectl);

/** Runs the plan with programs of which some fail. @returns how it ended, and what it has started */
async function runWith(folder: string, chooses: (index: number) => ProcessFault | undefined) {
  const topology = await topologyOf('multi-primary');
  const started: string[] = [];
  using _ = processFaults.inject((file, args) => {
    started.push(`${path.basename(file)} ${args.slice(0, 3).join(' ')}`);
    return chooses(started.length - 1);
  });
  const outcome = await runByPrograms({
    topology,
    plan: planTopology(topology, 'current'),
    kubectl: kubectl ?? '',
    parentFolder: folder,
  });
  return { outcome, started };
}

t.test('each dies, and each hangs', { skip, timeout: 1_200_000 }, async t => {
  const folder = t.testdir();
  const { outcome, started } = await runWith(folder, () => undefined);
  t.equal(outcome.verdict, 'passed', outcome.reason?.message ?? '');
  t.ok(started.length > 20, `${started.length} programs`);
  // By day one that dies at the beginning, and one that hangs a little later.
  const chosen = isNightly
    ? started.flatMap((_, index) => (['dies', 'hangs'] as const).map(fault => [index, fault] as const))
    : ([
        [2, 'dies'],
        [3, 'hangs'],
      ] as const);
  for (const [index, fault] of chosen) {
    const parent = path.join(folder, `${index}-${fault}`);
    mkdirSync(parent);
    // Clusters are worked on side by side: which program comes at this place differs from run to run.
    const { outcome: ended, started: now } = await runWith(parent, at => (at === index ? fault : undefined));
    const harmed = now[index] ?? 'no program';
    const name = `${index}: ${harmed} ${fault}`;
    t.equal(ended.verdict, 'unknown', name);
    t.equal(ended.reason?.kind, 'environment', name);
    t.match(ended.reason?.message, /^[a-z]+/.exec(harmed)?.[0] ?? 'no name', name);
    t.same(readdirSync(parent), [], `${name}: nothing is left`);
  }
});
