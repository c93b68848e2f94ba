/**
 * Connections of a whole run on existing clusters come to harm, one in each run: it passes or ends `unknown`,
 * and what it has made is removed. By `npm run tables` only: a run takes a dozen seconds of waiting.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { systemClock } from '../../harness/base/clock.ts';
import { createRandom } from '../../harness/base/random.ts';
import { clean } from '../../harness/platform/clean.ts';
import { run } from '../../harness/session/run.ts';
import { contents, type ExistingWorld, existingWorld } from '../support/existing-world.ts';
import { allHarms, type Harm, harmedWays, tellHarm } from '../support/harmed-way.ts';
import { asDead } from '../support/ledgers.ts';
import { isNightly } from '../support/nightly.ts';
import { twoClusters } from '../support/topologies.ts';

const topology = twoClusters(['network1', 'network1']);

/** Runs on the clusters by the ways. @returns the report's verdict, and the reason in words */
async function runBy(world: ExistingWorld, kubeconfig: string) {
  const platform = world.platform({ kubeconfigs: [kubeconfig] });
  const report = await run({ topology, platform, risk: 1e-3, deadlineScale: 0.2 });
  return { verdict: report.verdict, reason: report.scenarios[0]?.reason?.message ?? '' };
}

const skip = isNightly ? false : 'only in npm run tables';
t.test('a run whose connections come to harm', { skip, timeout: 3_600_000 }, async t => {
  await using world = await existingWorld(topology, { folder: t.testdir() });
  await using ways = await harmedWays(readFileSync(world.kubeconfig, 'utf8'));
  const file = path.join(t.testdirName, 'harmed');
  writeFileSync(file, ways.kubeconfig, { mode: 0o600 });
  const before = await contents(world.clients);
  ways.begin();
  const sound = await runBy(world, file);
  t.equal(sound.verdict, 'passed', sound.reason);
  const counts = ways.begin();
  t.comment(`connections: ${counts.join(' and ')}`);
  for (const harm of chosen(allHarms(counts))) {
    ways.begin(harm);
    const { verdict, reason } = await runBy(world, file);
    const name = tellHarm(harm);
    t.match(verdict, /^(passed|unknown)$/, `${name}: ${reason}`);
    if (verdict === 'unknown') t.match(reason, /./, `${name}: the reason is said`);
    ways.begin();
    await cleanUp(world.state);
    t.strictSame(await contents(world.clients), before, `${name}: the clusters are as they were`);
  }
});

/** What a run could not remove itself, `mesh-harness clean` removes once the run's process is gone. */
async function cleanUp(state: string): Promise<void> {
  if (!existsSync(path.join(state, 'runs'))) return;
  asDead(state);
  await clean({ state, clock: systemClock, connect: () => Promise.reject(new Error('no engine')) });
}

/** By seed, so that each night is the same. */
function chosen(all: readonly Harm[]): readonly Harm[] {
  const random = createRandom('network');
  const count = Math.ceil(all.length / 10);
  return Array.from({ length: count }, () => all[random.integer(all.length)]).filter(
    harm => harm !== undefined,
  );
}
