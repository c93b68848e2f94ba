/** The declarations of the checks, and how a command line chooses among them. */
import t from 'tap';
import { HarnessError } from '../../harness/base/errors.ts';
import { clusterName } from '../../harness/model/names.ts';
import { CHECK_FAMILIES, checksFor } from '../../harness/verify/catalog.ts';
import type { CheckFamily } from '../../harness/verify/check.ts';
import { type CheckChoice, chooseChecks } from '../../harness/verify/choose-checks.ts';
import { StepIndex } from '../../harness/verify/diagnose/steps.ts';
import { meshOf } from '../support/small-mesh.ts';

const remote = { role: { kind: 'remote', controlPlane: clusterName('cluster1') } } as const;
const topology = meshOf([1, 2], [{}, remote]);
const idsOf = (choice: CheckChoice, of = topology) => checksFor(of, undefined, choice).map(({ id }) => id);

t.test('a check is what its family declares', async t => {
  t.equal(new Set(CHECK_FAMILIES.map(({ id }) => id)).size, CHECK_FAMILIES.length, 'ids are unique');
  for (const { id, level, checksOf, claim, appliesTo, evidence, guide } of CHECK_FAMILIES) {
    const pattern = new RegExp(
      `^${id.replace('CLUSTER', 'cluster\\d').replace('PRIMARY', 'cluster1').replace('VERSION', 'v\\d')}$`,
    );
    const steps = new StepIndex({ steps: [] });
    const meshes = [topology, meshOf([1, 2]), meshOf(Array.from({ length: 7 }, () => 1))];
    const checks = meshes.flatMap(each => checksOf(each, steps));
    t.ok(checks.length > 0, id);
    for (const check of checks) {
      t.match(check.id, pattern);
      t.equal(check.level, level, check.id);
      t.equal(check.cluster !== undefined, id.startsWith('CLUSTER'), check.id);
    }
    for (const text of [claim, appliesTo, evidence, guide]) t.not(text, '', id);
  }
});

t.test('which checks are left', async t => {
  const core = [
    'cluster1-workloads-ready',
    'cluster2-workloads-ready',
    'versions-in-their-own-clusters',
    'cluster1-reaches-every-version',
    'cluster2-reaches-every-version',
  ];
  t.same(idsOf({}), core);
  t.same(idsOf({ only: ['common-root'] }), ['common-root'], 'an extended one that is named');
  const [named] = checksFor(topology, undefined, { only: ['common-root'] });
  t.match(named, { level: 'extended', isNamed: true }, 'and it counts in the verdict');
  t.same(
    idsOf({ only: ['CLUSTER-traffic-path', 'cluster1-workloads-ready'] }),
    ['cluster1-workloads-ready', 'cluster1-traffic-path', 'cluster2-traffic-path'],
    'a family and a check, in the order of a run',
  );
  t.same(idsOf({ skip: ['CLUSTER-workloads-ready', 'cluster2-reaches-every-version'] }), [
    'versions-in-their-own-clusters',
    'cluster1-reaches-every-version',
  ]);
  t.same(idsOf({ only: ['CLUSTER-traffic-path'], skip: ['cluster1-traffic-path'] }), [
    'cluster2-traffic-path',
  ]);
});

t.test('what cannot be meant is refused, with what may have been', async t => {
  const refusal = (choice: CheckChoice, of = topology) => {
    try {
      return idsOf(choice, of);
    } catch (error) {
      if (error instanceof HarnessError) return `${error.code} ${error.message} ${error.hint ?? ''}`;
      throw error;
    }
  };
  t.match(
    refusal({ only: ['cluster1-workload-ready'] }),
    /^ERR_UNKNOWN_CHECK .* no check "cluster1-workload-ready"\. Did you mean cluster1-workloads-ready\? Its checks: cluster1-workloads-ready, /,
  );
  t.match(refusal({ skip: ['comon-root'] }), /Did you mean common-root\?/);
  t.match(refusal({ skip: ['qqqqq'] }), /^ERR_UNKNOWN_CHECK .* "qqqqq"\. Its checks/, 'nothing is like it');
  t.match(
    refusal({ only: ['gateway-refuses-strangers'] }, meshOf([1, 1])),
    /^ERR_USAGE No check of .* is left\. Its checks: /,
    'a family that says nothing of this mesh',
  );
});

t.test('checks that change something need to be allowed', async t => {
  const family = (id: string, level: 'core' | 'extended', isChanging: boolean): CheckFamily => ({
    ...{ id, level, claim: 'c', guide: 'g', appliesTo: 'a', evidence: 'e' },
    ...(isChanging && { changes: { what: 'scales v1 to nothing', putsBack: 'it is scaled back' } }),
    checksOf: () => [
      { id, level, sentence: 's', run: async () => ({ outcome: 'passed', found: '', evidence: null }) },
    ],
  });
  const families = [family('reads', 'core', false), family('changes', 'extended', true)];
  const known = families.flatMap(each =>
    each.checksOf(topology, new StepIndex({ steps: [] })).map(check => ({ family: each, check })),
  );
  const choose = (choice: CheckChoice) => chooseChecks(known, families, topology, choice).map(({ id }) => id);
  t.same(choose({ extended: true }), ['reads', 'changes']);
  t.same(choose({ extended: true, allowChanges: false }), ['reads'], 'left out in silence where not named');
  t.throws(() => choose({ only: ['changes'], allowChanges: false }), {
    code: 'ERR_USAGE',
    message: 'changes changes something in the clusters: scales v1 to nothing.',
    hint: '--allow-changes lets it; afterwards it is scaled back.',
  });
});
