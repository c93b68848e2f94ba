/**
 * One object for each entry of the registry that is not simulated, written to a running mesh: each is told in the
 * answer, in istiod's log and in `istioctl analyze`.
 */
import t, { type Test } from 'tap';
import { KubernetesClient, type KubernetesObject } from '../../../../harness/base/kubernetes-client.ts';
import { type Edition, namesOf } from '../../../../harness/simulator/istio/registry/names.ts';
import { ledElsewhereFindings } from '../../../../harness/tools/embedded/istioctl/led-elsewhere-findings.ts';
import { notSimulatedFindings } from '../../../../harness/tools/embedded/istioctl/not-simulated-findings.ts';
import { describeEntry, type Entry, entriesOf } from '../../../support/registry-entries.ts';
import { RuledMesh } from '../../../support/ruled-mesh.ts';
import { objectWith } from './written.ts';

const BATCH = 40;
/** Nor is it silent if istiod says that an object makes no sense. */
const REFUSED = /denied the request: (?:configuration is invalid|error decoding configuration): /;

/** Entries whose object has a name of its own; for those in one object for all see settings-told.test.ts. */
const isOwnObject = ({ root }: Entry): boolean => root !== 'MeshConfig' && root !== 'istiod';

const notSimulated = (edition: Edition): readonly Entry[] =>
  entriesOf(edition).filter(entry => entry.verdict.kind === 'not simulated' && isOwnObject(entry));

const pathOf = (edition: Edition, { apiVersion = '', kind = '' }: KubernetesObject) => ({
  apiVersion,
  plural: namesOf(edition).kinds[kind]?.plural ?? `${kind.toLowerCase()}s`,
  namespace: 'sample',
});

/** What is written to the remote's API server is read by nobody, and that is told. */
async function tellsOfUnread(
  t: Test,
  { mesh: { started, world } }: RuledMesh,
  edition: Edition,
): Promise<void> {
  const remote = [...started.clusters.values()].find(({ name }) => name === 'cluster2');
  if (!remote) throw new Error('there is no cluster2');
  const client = new KubernetesClient(
    remote.kubeconfig('this-machine'),
    remote.dial ? { dial: remote.dial } : {},
  );
  const warnings: string[] = [];
  const policy = { apiVersion: 'security.istio.io/v1beta1', kind: 'AuthorizationPolicy', spec: {} };
  await client
    .telling(text => void warnings.push(text))
    .create(
      { apiVersion: policy.apiVersion, plural: 'authorizationpolicies', namespace: 'sample' },
      { ...policy, metadata: { name: 'unread' } },
    );
  const told =
    'has no effect, as in Istio: the istiod that leads this cluster is in another one, and reads that ' +
    "cluster's API server only";
  t.same(warnings, [`AuthorizationPolicy sample/unread ${told}`], 'at the write');
  t.same(world.notSimulated(), [`cluster2: AuthorizationPolicy sample/unread ${told}`], 'in the report');
  const list = async (apiVersion: string, plural: string): Promise<readonly KubernetesObject[]> =>
    await client.list({ apiVersion, plural }).then(
      ({ items }) => items,
      () => [],
    );
  const found = await ledElsewhereFindings(list, () => true, edition === '1.8' ? '1.8.0' : '1.30.3');
  t.match(
    found.filter(({ about }) => about.endsWith('sample/unread')),
    [{ code: 'MESH0003', about: 'AuthorizationPolicy sample/unread', text: `It ${told}` }],
    'by analyze',
  );
  t.equal(found.length, 1, 'and of nothing that the installation has written');
}

for (const edition of ['1.8', 'current'] as const)
  t.test(`${edition}: nothing of it is silent`, async t => {
    await using mesh = await RuledMesh.install('primary-remote-multi-network', edition, true);
    t.same(mesh.mesh.world.notSimulated(), [], 'of what the guide writes nothing is told');
    t.notMatch(await mesh.istiodLog(), /not simulated|Istio has no|is no field/);
    const cluster = [...mesh.mesh.started.clusters.values()].find(({ name }) => name === 'cluster1');
    if (!cluster) throw new Error('there is no cluster1');
    const client = new KubernetesClient(
      cluster.kubeconfig('this-machine'),
      cluster.dial ? { dial: cluster.dial } : {},
    );
    await tellsOfUnread(t, mesh, edition);
    const entries = notSimulated(edition);
    for (let begin = 0; begin < entries.length; begin += BATCH) {
      const batch = entries.slice(begin, begin + BATCH);
      const objects = batch.map((entry, at) => objectWith(edition, entry, `it-${begin + at}`));
      const silent: string[] = [];
      const refused = new Set<Entry>();
      for (const [at, object] of objects.entries()) {
        const warnings: string[] = [];
        const telling = client.telling(text => void warnings.push(text));
        const entry = batch[at];
        if (!entry) continue;
        try {
          await telling.create(pathOf(edition, object), object);
        } catch (error) {
          if (!REFUSED.test(String(error))) silent.push(`${describeEntry(entry)}: ${error}`);
          refused.add(entry);
          continue;
        }
        if (!warnings.some(text => text.includes(' not simulated')))
          silent.push(`${describeEntry(entry)} at the write`);
      }
      await mesh.mesh.pass(2000);
      const log = await mesh.istiodLog();
      const list = async (apiVersion: string, plural: string): Promise<readonly KubernetesObject[]> =>
        await client.list({ apiVersion, plural }).then(
          ({ items }) => items,
          () => [],
        );
      const findings = await notSimulatedFindings(list, () => true, edition === '1.8' ? '1.8.0' : '1.30.3');
      for (const [at, entry] of batch.entries()) {
        if (refused.has(entry)) continue;
        const name = `sample/it-${begin + at}`;
        const isTold = new RegExp(`${name}\\b.*not simulated`);
        if (!isTold.test(log)) silent.push(`${describeEntry(entry)} in the log`);
        if (!findings.some(({ about }) => about.endsWith(` ${name}`)))
          silent.push(`${describeEntry(entry)} in analyze`);
      }
      t.same(silent, [], `${batch.length} entries`);
      t.ok(refused.size <= batch.length / 4, [...refused].map(describeEntry).join('\n'));
      for (const object of objects)
        await client.delete({ ...pathOf(edition, object), name: object.metadata.name ?? '' }).catch(() => {});
    }
    client.close();
  });
