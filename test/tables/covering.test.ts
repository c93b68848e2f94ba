/** No row has left `npm test` but those that a row of another plan stands for. */
import t from 'tap';
import type { PlanTable } from '../omissions/expected.ts';
import { type Case, casesOf } from '../omissions/hold-against.ts';
import { PLAN_TABLES } from './catalog.ts';
import { basisOf, standInFor } from './covering.ts';

const cases = new Map<PlanTable, readonly Case[]>();
for (const table of PLAN_TABLES) cases.set(table, await casesOf(table));

/**
 * What a row is about, whatever the plan: a step or a mistake, an edition, a number of networks, and what is
 * seen.
 */
const subjectOf = ({ edition }: PlanTable, { id, topology, expected }: Case) =>
  `${edition}, ${topology.networks.length} networks, ${id}: ${Object.values(expected.sees).join('/')}`;

const caseOf = (table: PlanTable, scenario: string, id: string): Case | undefined => {
  const other = PLAN_TABLES.find(each => each.edition === table.edition && each.scenario === scenario);
  return other && cases.get(other)?.find(each => each.id === id);
};

for (const [table, list] of cases) {
  const { edition, scenario } = table;
  t.test(`${edition} ${scenario}`, async t => {
    const left = list.filter(({ id }) => standInFor(table, id) !== undefined);
    for (const each of left) {
      const other = standInFor(table, each.id) ?? '';
      const stand = caseOf(table, other, each.id);
      if (!stand) {
        t.fail(`${other} has no row ${each.id}`);
        continue;
      }
      t.equal(standInFor({ ...table, scenario: other }, each.id), undefined, `the row of ${other} runs`);
      t.strictSame(
        basisOf(each),
        basisOf(stand),
        `${each.id}: the same steps are left out or changed, and the same is seen`,
      );
    }
    t.comment(
      `${list.length - left.length} rows run, ${left.length} have a stand-in: ${left.map(({ id }) => id).join(', ')}`,
    );
  });
}

t.test('every subject that has a row has one that runs', async t => {
  const all = [...cases].flatMap(([table, list]) =>
    list.map(each => ({ subject: subjectOf(table, each), runs: standInFor(table, each.id) === undefined })),
  );
  const running = new Set(all.filter(({ runs }) => runs).map(({ subject }) => subject));
  t.same(
    [...new Set(all.map(({ subject }) => subject))].filter(subject => !running.has(subject)),
    [],
  );
  t.ok(all.some(({ runs }) => !runs));
});

t.test('a step that differs by a word is another', async t => {
  const [table] = PLAN_TABLES;
  const each = table && caseOf(table, 'multi-primary', 'cluster1/enable-injection');
  if (!each) return t.fail('there is no such row');
  const edited = (change: (text: string) => string): Case => ({
    ...each,
    plan: JSON.parse(change(JSON.stringify(each.plan))) as Case['plan'],
  }); // of the same type
  t.strictSame(basisOf(edited(text => text)), basisOf(each));
  t.strictNotSame(
    basisOf(edited(text => text.replace('istio-injection=enabled', 'istio-injection=true'))),
    basisOf(each),
  );
  t.strictNotSame(
    basisOf({ ...each, expected: { ...each.expected, sees: { cluster1: 'R', cluster2: 'BOTH' } } }),
    basisOf(each),
  );
});
