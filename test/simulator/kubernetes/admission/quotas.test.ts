import t from 'tap';
import { apiWorld, configMap, configMaps, pods, refusalOf } from '../api-world.ts';

const RANGES = { apiVersion: 'v1', plural: 'limitranges', namespace: 'sample' };
const QUOTAS = { apiVersion: 'v1', plural: 'resourcequotas', namespace: 'sample' };
const pod = (name: string, resources: object = {}, more: object = {}) => ({
  metadata: { name },
  spec: { containers: [{ name: 'c', image: 'tiny', resources }], ...more },
});

t.test('a LimitRange gives containers what they do not say, and holds them to it', async t => {
  await using world = await apiWorld();
  const { admin } = world;
  const made = await admin.create(RANGES, {
    metadata: { name: 'limits' },
    spec: {
      limits: [
        { type: 'Container', max: { cpu: '1' }, min: { cpu: '50m' }, maxLimitRequestRatio: { cpu: '4' } },
        { type: 'Pod', max: { memory: '1Gi' } },
      ],
    },
  });
  t.match(made['spec'], { limits: [{ default: { cpu: '1' }, defaultRequest: { cpu: '1' } }, {}] });
  const quiet = await admin.create(pods, pod('quiet', { limits: { memory: '1Gi' } }));
  t.match(quiet['spec'], {
    containers: [{ resources: { limits: { cpu: '1', memory: '1Gi' }, requests: { cpu: '1' } } }],
  });
  t.match(quiet.metadata.annotations, {
    'kubernetes.io/limit-ranger':
      'LimitRanger plugin set: cpu request for container c; cpu limit for container c',
  });
  const refused = (resources: object) => refusalOf(admin.create(pods, pod('refused', resources)));
  const head = '403 Forbidden: pods "refused" is forbidden:';
  const memory = { memory: '1Mi' };
  t.equal(
    await refused({ limits: { cpu: '2', ...memory } }),
    `${head} maximum cpu usage per Container is 1, but limit is 2`,
  );
  t.equal(
    await refused({ limits: { cpu: '100m', ...memory }, requests: { cpu: '10m' } }),
    `${head} [minimum cpu usage per Container is 50m, but request is 10m, ` +
      'cpu max limit to request ratio per Container is 4, but provided ratio is 10.000000]',
  );
  t.equal(
    await refused({ limits: { memory: '2Gi' } }),
    `${head} maximum memory usage per Pod is 1Gi, but limit is 2Gi`,
  );
});

t.test('a ResourceQuota refuses what would exceed it', async t => {
  await using world = await apiWorld();
  const { admin, api } = world;
  const { client } = api.machinery;
  const quota = (name: string, spec: { hard: Record<string, string>; scopes?: string[] }) => {
    client.create('resourcequotas', { metadata: { name, namespace: 'sample' }, spec });
    client.modifyStatus('resourcequotas', 'sample', name, draft => {
      const used = Object.fromEntries(Object.keys(spec.hard).map(each => [each, '0']));
      draft['status'] = { hard: spec.hard, used };
    });
  };
  quota('maps', { hard: { 'count/configmaps': '1', 'requests.memory': '1Gi' } });
  await admin.create(configMaps, configMap('one'));
  const head = 'is forbidden: exceeded quota: maps, requested:';
  t.equal(
    await refusalOf(admin.create(configMaps, configMap('two'))),
    `403 Forbidden: configmaps "two" ${head} count/configmaps=1, used: count/configmaps=1, limited: count/configmaps=1`,
  );
  t.equal(await refusalOf(admin.create({ ...configMaps, namespace: 'default' }, configMap('two'))), 'none');
  t.equal(
    await refusalOf(admin.create(pods, pod('p'))),
    '403 Forbidden: pods "p" is forbidden: failed quota: maps: must specify requests.memory for: c',
  );
  await admin.create(pods, pod('p', { requests: { memory: '512Mi' } }));
  t.equal(
    await refusalOf(admin.create(pods, pod('q', { requests: { memory: '768Mi' } }))),
    `403 Forbidden: pods "q" ${head} requests.memory=768Mi, used: requests.memory=512Mi, limited: requests.memory=1Gi`,
  );
  quota('ending', { hard: { pods: '0' }, scopes: ['Terminating'] });
  const requests = { requests: { memory: '1Mi' } };
  t.equal(await refusalOf(admin.create(pods, pod('r', requests))), 'none');
  t.match(
    await refusalOf(admin.create(pods, pod('s', requests, { activeDeadlineSeconds: 9 }))),
    'exceeded quota: ending, requested: pods=1, used: pods=0, limited: pods=0',
  );
});

t.test('quotas and limits that make no sense are refused', async t => {
  await using world = await apiWorld();
  const { admin } = world;
  const quota = (spec: object) => refusalOf(admin.create(QUOTAS, { metadata: { name: 'q' }, spec }));
  t.match(
    await quota({ hard: { pods: '1.5' } }),
    'spec.hard[pods]: Invalid value: "1500m": must be an integer',
  );
  t.match(await quota({ hard: { gold: '1' } }), 'must be a standard resource for quota');
  t.match(await quota({ scopes: ['BestEffort', 'NotBestEffort'] }), 'conflicting scopes');
  const range = (limit: object) =>
    refusalOf(admin.create(RANGES, { metadata: { name: 'l' }, spec: { limits: [limit] } }));
  t.match(
    await range({ type: 'Container', min: { cpu: '2' }, max: { cpu: '1' } }),
    'min value 2 is greater than max value 1',
  );
  t.match(await range({ type: 'Pod', default: { cpu: '1' } }), "may not be specified when `type` is 'Pod'");
});
