/** Kinds by which an API server tells of itself: flow control, component statuses; and RuntimeClasses. */
import t from 'tap';
import { apiWorld, pods, refusalOf } from '../api-world.ts';
import { rawRequest, refusal } from '../raw-exchange.ts';

const FLOW = '/apis/flowcontrol.apiserver.k8s.io/v1';
const runtimeClasses = { apiVersion: 'node.k8s.io/v1', plural: 'runtimeclasses' };
const TABLE = { accept: 'application/json;as=Table;g=meta.k8s.io;v=v1' };

async function rows(world: Awaited<ReturnType<typeof apiWorld>>, path: string): Promise<string[]> {
  const { text } = await rawRequest(world, 'GET', path, { headers: TABLE });
  const table = JSON.parse(text) as { rows: { cells: unknown[] }[] };
  return table.rows.map(({ cells }) => cells.filter(cell => cell !== '0s').join(' '));
}

t.test('flow schemas and priority levels are there from the beginning', async t => {
  await using world = await apiWorld();
  const schemas = await rows(world, `${FLOW}/flowschemas`);
  t.equal(schemas.length, 11);
  t.ok(schemas.includes('kube-system-service-accounts workload-high 900 ByNamespace False'));
  t.ok(schemas.includes('exempt exempt 1 <none> False'));
  const levels = await rows(world, `${FLOW}/prioritylevelconfigurations`);
  t.equal(levels.length, 8);
  t.ok(levels.includes('global-default Limited 20 128 6 50'));
  t.ok(levels.includes('catch-all Limited 5 <none> <none> <none>'));
  const create = (plural: string, spec: unknown) =>
    rawRequest(world, 'POST', `${FLOW}/${plural}`, {
      body: JSON.stringify({ metadata: { name: 'mine' }, spec }),
    });
  const limited = { type: 'Limited', limited: { limitResponse: { type: 'Queue', queuing: {} } } };
  const made = await create('prioritylevelconfigurations', limited);
  t.match(JSON.parse(made.text), {
    spec: {
      limited: {
        nominalConcurrencyShares: 30,
        lendablePercent: 0,
        limitResponse: { queuing: { queues: 64, handSize: 8, queueLengthLimit: 50 } },
      },
    },
  });
  t.equal(
    refusal(await create('flowschemas', {})),
    '422 FlowSchema.flowcontrol.apiserver.k8s.io "mine" is invalid: spec.priorityLevelConfiguration.name: Required value: must reference a priority level',
  );
  t.match(
    refusal(await create('prioritylevelconfigurations', { type: 'Foo' })),
    /^422 .*spec\.type: Unsupported value: "Foo"/,
  );
});

t.test('the parts of the control plane are well, and who asks is warned', async t => {
  await using world = await apiWorld();
  t.same(await rows(world, '/api/v1/componentstatuses'), [
    'controller-manager Healthy ok ',
    'etcd-0 Healthy ok ',
    'scheduler Healthy ok ',
  ]);
  const warningOf = async (path: string) => (await rawRequest(world, 'GET', path)).headers.warning;
  t.equal(await warningOf('/api/v1/componentstatuses'), '299 - "v1 ComponentStatus is deprecated in v1.19+"');
  t.match(
    await warningOf('/api/v1/namespaces/sample/endpoints/none'),
    '299 - "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice"',
  );
  t.equal((await rawRequest(world, 'POST', '/api/v1/componentstatuses', { body: '{}' })).code, 405);
});

t.test('pods name a RuntimeClass that is there, and get what it adds', async t => {
  await using world = await apiWorld();
  const pod = (name: string, spec = {}) => ({
    metadata: { name },
    spec: { runtimeClassName: 'gvisor', containers: [{ name: 'c', image: 'x' }], ...spec },
  });
  t.equal(
    await refusalOf(world.admin.create(pods, pod('early'))),
    '403 Forbidden: pods "early" is forbidden: pod rejected: RuntimeClass "gvisor" not found',
  );
  const overhead = { podFixed: { cpu: '100m' } };
  const scheduling = {
    nodeSelector: { sandbox: 'yes' },
    tolerations: [{ key: 'sandbox', operator: 'Exists' }],
  };
  await world.admin.create(runtimeClasses, {
    metadata: { name: 'gvisor' },
    handler: 'runsc',
    overhead,
    scheduling,
  });
  const made = await world.admin.create(pods, pod('late', { nodeSelector: { zone: 'a' } }));
  t.match(made['spec'], { overhead: { cpu: '100m' }, nodeSelector: { zone: 'a', sandbox: 'yes' } });
  const { tolerations } = made['spec'] as { tolerations: { key?: string }[] };
  t.ok(tolerations.some(({ key }) => key === 'sandbox'));
  t.equal(
    await refusalOf(world.admin.create(pods, pod('astray', { nodeSelector: { sandbox: 'no' } }))),
    '403 Forbidden: pods "astray" is forbidden: conflict: runtimeClass.scheduling.nodeSelector[sandbox] = yes; pod.spec.nodeSelector[sandbox] = no',
  );
  t.match(
    await refusalOf(world.admin.create(pods, pod('heavy', { overhead: { cpu: '1' } }))),
    /pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead/,
  );
  const path = { ...runtimeClasses, name: 'gvisor' };
  t.match(
    await refusalOf(world.admin.patch(path, 'merge', { handler: 'other' })),
    /^422 .*handler: Invalid value: "other": field is immutable$/,
  );
  t.match(
    await refusalOf(world.admin.create(runtimeClasses, { metadata: { name: 'b' }, handler: 'A B' })),
    /^422 .*handler: Invalid value: "A B": a lowercase RFC 1123 label must consist/,
  );
});
