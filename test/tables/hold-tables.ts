/**
 * Runs an edition's tables of omissions and its misconfigurations: those that `covering.ts` and `corpus.ts`
 * choose, or those that MESH_HARNESS_TABLES asks for.
 */
import t from 'tap';
import type { PreparedAttempt } from '../../harness/matrix/attempts.ts';
import { runInOneWorld } from '../../harness/matrix/one-world.ts';
import { inThisThread, tryAll } from '../../harness/matrix/try-all.ts';
import { type Case, casesOf, compare, holdCase, optionsOf, RISK } from '../omissions/hold-against.ts';
import { EDITION_NAMES } from '../plan/scenarios.ts';
import { PLAN_TABLES } from './catalog.ts';
import { attemptsIn, oneOfEach } from './corpus.ts';
import { isOfVerification, standInFor } from './covering.ts';

/**
 * `all`, or a part of the titles of the rows that are wanted: `current multi-primary: without
 * cluster1/install-istio`.
 */
const asked = process.env['MESH_HARNESS_TABLES'];

const isAskedFor = (title: string, isCovering: boolean): boolean => {
  if (asked === undefined) return isCovering;
  return asked === 'all' || title.includes(asked);
};

/**
 * @param edition - one process holds all of its tables: code that has been compiled for one row serves the
 *   next
 */
export async function holdTables(edition: string): Promise<void> {
  t.setTimeout(3_600_000);
  const ofVerification = new Map<string, Case[]>();
  for (const table of PLAN_TABLES.filter(each => each.edition === edition)) {
    const cases = await casesOf(table);
    const chosen = cases.filter(({ id, title }) => isAskedFor(title, standInFor(table, id) === undefined));
    if (chosen.length < cases.length)
      t.comment(`omissions ${edition} ${table.scenario}: ${chosen.length} of ${cases.length} rows`);
    for (const each of chosen) {
      if (asked !== undefined || !isOfVerification(each.id))
        await t.test(each.title, async t => holdCase(t, each));
      else ofVerification.set(table.scenario, [...(ofVerification.get(table.scenario) ?? []), each]);
    }
  }
  for (const cases of ofVerification.values()) await holdVerification(cases);
  await holdMisconfigurations(edition);
}

/** One that passes and one that fails are whole runs; the others take the world that the first has left. */
async function holdVerification(cases: readonly Case[]): Promise<void> {
  const first = cases.find(({ harmless }) => harmless);
  const whole = cases.find(({ id }) => id.endsWith('/enable-injection'));
  if (!first || !whole) throw new Error('There are no rows of verification to begin with.');
  const others = cases.filter(each => each !== first && each !== whole);
  await t.test(whole.title, async t => holdCase(t, whole));
  const again = [first, ...others].map(each => ({ ...optionsOf(each), plan: each.changed, seed: '1' }));
  const [one, ...more] = again;
  if (!one) return;
  const reports = await runInOneWorld(one, more);
  for (const [index, each] of [first, ...others].entries()) {
    await t.test(each.title, async t => {
      const report = reports[index];
      if (report) compare(t, report, each);
      else t.fail('it was not run');
    });
  }
}

const titleOf = ({ edition, scenario, id }: PreparedAttempt): string => `${edition} ${scenario}: ${id}`;

/** Each misconfiguration in one mesh of the edition, or in all of them. */
async function holdMisconfigurations(edition: string): Promise<void> {
  const all = await attemptsIn(edition);
  const everywhere = (await Promise.all(EDITION_NAMES.map(attemptsIn))).flat();
  const covering = new Set(oneOfEach(everywhere).map(titleOf));
  const chosen = all.filter(each => isAskedFor(titleOf(each), covering.has(titleOf(each))));
  t.comment(`misconfigurations ${edition}: ${chosen.length} of ${all.length} attempts`);
  const attempts = asked === undefined ? chosen.map(each => ({ ...each, risk: RISK })) : chosen;
  const results = await tryAll(attempts, [inThisThread], () => {}, new AbortController().signal);
  t.equal(results.length, chosen.length);
  for (const { held, ...attempt } of results) {
    await t.test(titleOf(attempt), async t => {
      t.same(
        held.problems,
        [],
        `${attempt.trial.sentence} ${held.calls}; ${held.caughtBy}: ${held.causes.join(', ')}`,
      );
    });
  }
}
