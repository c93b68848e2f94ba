/**
 * Runs the rows of an edition's tables: those that `covering.ts` chooses, or those that MESH_HARNESS_TABLES
 * asks for.
 */
import t from 'tap';
import { holdRow, titleOf } from '../failure-table/rows.ts';
import { type Case, casesOf, compare, holdCase } from '../omissions/hold-against.ts';
import { FAILURE_TABLES, PLAN_TABLES } from './catalog.ts';
import { isOfVerification, standInFor } from './covering.ts';
import { runInOneWorld } from './one-world.ts';

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
  t.setTimeout(900_000);
  const ofVerification = new Map<string, Case[]>();
  for (const table of PLAN_TABLES.filter(each => each.edition === edition)) {
    const cases = await casesOf(table);
    const chosen = cases.filter(({ id, title }) => isAskedFor(title, standInFor(table, id) === undefined));
    if (chosen.length < cases.length)
      t.comment(`${table.kind} ${edition} ${table.scenario}: ${chosen.length} of ${cases.length} rows`);
    for (const each of chosen) {
      if (asked !== undefined || !isOfVerification(each.id))
        await t.test(each.title, async t => holdCase(t, each));
      else ofVerification.set(table.scenario, [...(ofVerification.get(table.scenario) ?? []), each]);
    }
  }
  for (const cases of ofVerification.values()) await holdVerification(cases);
  for (const { section, rows } of FAILURE_TABLES[edition] ?? []) {
    for (const row of rows) {
      const title = titleOf(row, edition, section);
      if (isAskedFor(title, true)) await t.test(title, async t => holdRow(t, row, edition));
    }
  }
}

/** One that passes and one that fails are whole runs; the others take the world that the first has left. */
async function holdVerification(cases: readonly Case[]): Promise<void> {
  const first = cases.find(({ harmless }) => harmless);
  const whole = cases.find(({ id }) => id.endsWith('/enable-injection'));
  if (!first || !whole) throw new Error('There are no rows of verification to begin with.');
  const others = cases.filter(each => each !== first && each !== whole);
  await t.test(whole.title, async t => holdCase(t, whole));
  const reports = await runInOneWorld(first, others);
  for (const [each, report] of reports) await t.test(each.title, async t => compare(t, report, each));
}
