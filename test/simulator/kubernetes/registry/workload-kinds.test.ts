/** What Kubernetes 1.34.3 says of Jobs, sets, claims and volumes, asked of a real API server. */
import t from 'tap';
import { apiWorld, refusalOf } from '../api-world.ts';

const namespace = 'sample';
const path = (apiVersion: string, plural: string) => ({ apiVersion, plural, namespace });
const JOBS = path('batch/v1', 'jobs');
const CRON = path('batch/v1', 'cronjobs');
const SETS = path('apps/v1', 'statefulsets');
const DAEMONS = path('apps/v1', 'daemonsets');
const CONTROLLERS = path('v1', 'replicationcontrollers');
const CLAIMS = path('v1', 'persistentvolumeclaims');
const VOLUMES = { apiVersion: 'v1', plural: 'persistentvolumes' };
const CLASSES = { apiVersion: 'storage.k8s.io/v1', plural: 'storageclasses' };

const containers = [{ name: 'c', image: 'x' }];
const once = { spec: { restartPolicy: 'Never', containers } };
const job = (more: object) => ({ template: once, ...more });
const cron = (more: object) => ({ schedule: '* * * * *', jobTemplate: { spec: job({}) }, ...more });
const set = (more: object) => ({
  selector: { matchLabels: { a: 'b' } },
  template: { metadata: { labels: { a: 'b' } }, spec: { containers } },
  ...more,
});
const claim = (more: object) => ({
  accessModes: ['ReadWriteOnce'],
  resources: { requests: { storage: '1Gi' } },
  ...more,
});
const volume = (more: object) => ({
  accessModes: ['ReadWriteOnce'],
  capacity: { storage: '1Gi' },
  hostPath: { path: '/x' },
  ...more,
});

type Row = readonly [at: typeof VOLUMES, spec: object, problem: string];
const rows: readonly Row[] = [
  [JOBS, job({ completions: -1 }), 'spec.completions: Invalid value: -1: must be greater than or equal to 0'],
  [
    JOBS,
    job({ completionMode: 'Indexed', completions: 3, backoffLimitPerIndex: 1, maxFailedIndexes: 4 }),
    'spec.maxFailedIndexes: Invalid value: 4: must be less than or equal to completions',
  ],
  [
    JOBS,
    job({ backoffLimitPerIndex: 1 }),
    'spec.backoffLimitPerIndex: Invalid value: 1: requires indexed completion mode',
  ],
  [
    JOBS,
    job({ managedBy: 'acme.io/a b' }),
    "spec.managedBy: Invalid value: \"a b\": Invalid path (regex used for validation is '[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+')",
  ],
  [
    JOBS,
    job({ podFailurePolicy: { rules: [{ onExitCodes: { operator: 'In', values: [0, 3, 2, 2] } }] } }),
    '[spec.podFailurePolicy.rules[0].action: Required value: valid values: ["Count" "FailIndex" "FailJob" "Ignore"], spec.podFailurePolicy.rules[0].onExitCodes.values[0]: Invalid value: 0: must not be 0 for the In operator, spec.podFailurePolicy.rules[0].onExitCodes.values[3]: Duplicate value: 2, spec.podFailurePolicy.rules[0].onExitCodes.values: Invalid value: [0,3,2,2]: must be ordered]',
  ],
  [
    JOBS,
    job({
      completionMode: 'Indexed',
      completions: 3,
      successPolicy: { rules: [{ succeededIndexes: '0-5', succeededCount: 9 }] },
    }),
    '[spec.successPolicy.rules[0].succeededIndexes: Invalid value: "0-5": error parsing succeededIndexes: too large index: "5", spec.successPolicy.rules[0].succeededCount: Invalid value: 9: must be less than or equal to 3 (the number of specified completions), spec.successPolicy.rules[0].succeededCount: Invalid value: 9: must be less than or equal to 0 (the number of indexes in the specified succeededIndexes field)]',
  ],
  [
    JOBS,
    job({ manualSelector: true }),
    '[spec.selector: Required value, spec.template.metadata.labels: Invalid value: null: `selector` does not match template `labels`]',
  ],
  [
    JOBS,
    { template: { spec: { containers } } },
    'spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"',
  ],
  [
    CRON,
    cron({ schedule: '61 * * * *' }),
    'spec.schedule: Invalid value: "61 * * * *": end of range (61) above maximum (59): 61',
  ],
  [
    CRON,
    cron({ schedule: 'TZ=UTC * * * * *' }),
    'spec.schedule: Invalid value: "TZ=UTC * * * * *": cannot use TZ or CRON_TZ in schedule, use timeZone field instead',
  ],
  [
    CRON,
    cron({ timeZone: 'europe/berlin' }),
    'spec.timeZone: Invalid value: "europe/berlin": unknown time zone europe/berlin',
  ],
  [
    SETS,
    set({ podManagementPolicy: 'Foo' }),
    "spec.podManagementPolicy: Invalid value: \"Foo\": must be 'OrderedReady' or 'Parallel'",
  ],
  [
    SETS,
    set({ updateStrategy: { type: 'OnDelete', rollingUpdate: {} } }),
    'spec.updateStrategy.rollingUpdate: Invalid value: {"Partition":0,"MaxUnavailable":null}: only allowed for updateStrategy \'RollingUpdate\'',
  ],
  [
    SETS,
    set({ volumeClaimTemplates: [{ metadata: { name: 'd' }, spec: {} }] }),
    '[spec.volumeClaimTemplates[0].spec.accessModes: Required value: at least 1 access mode is required, spec.volumeClaimTemplates[0].spec.resources[storage]: Required value]',
  ],
  [
    DAEMONS,
    set({ updateStrategy: { rollingUpdate: { maxUnavailable: 1, maxSurge: 1 } } }),
    'spec.updateStrategy.rollingUpdate.maxSurge: Invalid value: 1: may not be set when maxUnavailable is non-zero',
  ],
  [
    DAEMONS,
    set({ selector: undefined }),
    'spec.template.metadata.labels: Invalid value: {"a":"b"}: `selector` does not match template `labels`',
  ],
  [
    CONTROLLERS,
    set({ selector: { x: 'y' } }),
    'spec.template.metadata.labels: Invalid value: {"a":"b"}: `selector` does not match template `labels`',
  ],
  [
    CLAIMS,
    claim({ accessModes: ['ReadWriteOncePod', 'ReadWriteOnce'] }),
    'spec.accessModes: Forbidden: may not use ReadWriteOncePod with other access modes',
  ],
  [CLAIMS, claim({ resources: {} }), 'spec.resources[storage]: Required value'],
  [
    VOLUMES,
    volume({ capacity: { cpu: '1' } }),
    'spec.capacity: Unsupported value: {"cpu":"1"}: supported values: "storage"',
  ],
  [
    VOLUMES,
    volume({ nfs: { server: 's', path: '/' } }),
    'spec.nfs: Forbidden: may not specify more than 1 volume type',
  ],
  [
    VOLUMES,
    volume({ hostPath: undefined, local: { path: '/x' } }),
    'spec.nodeAffinity: Required value: Local volume requires node affinity',
  ],
];

t.test('a new object is refused in the words of the real server', async t => {
  await using world = await apiWorld();
  for (const [at, spec, problem] of rows) {
    const seen = await refusalOf(world.admin.create(at, { metadata: { name: 'w' }, spec }));
    t.equal(seen.replace(/^422 Invalid: \S+ "w" is invalid: /, ''), problem);
  }
  const seen = await refusalOf(
    world.admin.create(CLASSES, { metadata: { name: 'w' }, reclaimPolicy: 'x' } as object as never),
  );
  t.match(
    seen,
    /provisioner: Required value, reclaimPolicy: Unsupported value: "x": supported values: "Delete", "Retain"/,
  );
});

t.test('what keeps its first value is refused in an update', async t => {
  await using world = await apiWorld();
  const { admin } = world;
  const patched = (at: typeof JOBS, spec: object) =>
    refusalOf(admin.patch({ ...at, name: 'w' }, 'merge', { spec }));
  await admin.create(JOBS, { metadata: { name: 'w' }, spec: job({}) });
  t.match(await patched(JOBS, { completions: 4 }), 'spec.completions: Invalid value: 4: field is immutable');
  t.match(await patched(JOBS, { template: { metadata: { annotations: { x: 'y' } } } }), 'field is immutable');
  await admin.create(SETS, { metadata: { name: 'w' }, spec: set({}) });
  t.match(await patched(SETS, { serviceName: 'x' }), "fields other than 'replicas', 'ordinals', 'template'");
  await admin.create(CLAIMS, { metadata: { name: 'w' }, spec: claim({}) });
  t.match(await patched(CLAIMS, { accessModes: ['ReadOnlyMany'] }), 'spec is immutable after creation');
  t.match(await patched(CLAIMS, { resources: { requests: { storage: '9Gi' } } }), 'Forbidden');
});

t.test('a Job selects its own pods, and a DaemonSet counts its templates', async t => {
  await using world = await apiWorld();
  const { admin } = world;
  const made = await admin.create(JOBS, { metadata: { name: 'w' }, spec: job({}) });
  const { uid = '' } = made.metadata;
  t.match(made['spec'], { selector: { matchLabels: { 'batch.kubernetes.io/controller-uid': uid } } });
  t.match(made.metadata.labels, { 'job-name': 'w', 'controller-uid': uid }, 'its labels are the template’s');
  await admin.create(DAEMONS, { metadata: { name: 'w' }, spec: set({}) });
  const template = { metadata: { annotations: { x: 'y' } } };
  const next = await admin.patch({ ...DAEMONS, name: 'w' }, 'merge', { spec: { template } });
  t.equal(next.metadata.annotations?.['deprecated.daemonset.template.generation'], '2');
  t.equal(next.metadata.generation, 2);
});

t.test('claims and volumes are protected, and a claim without a class gets the default one', async t => {
  await using world = await apiWorld();
  const { admin } = world;
  await admin.create(CLASSES, {
    metadata: { name: 'fast', annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
    provisioner: 'example.com/fast',
  } as object as never);
  const made = await admin.create(CLAIMS, { metadata: { name: 'w' }, spec: claim({}) });
  t.match(made, {
    metadata: { finalizers: ['kubernetes.io/pvc-protection'] },
    spec: { storageClassName: 'fast', volumeMode: 'Filesystem' },
    status: { phase: 'Pending' },
  });
  const stored = await admin.create(VOLUMES, { metadata: { name: 'w' }, spec: volume({}) });
  t.match(stored.metadata['finalizers'], ['kubernetes.io/pv-protection']);
});

t.test('a Job that is deleted without a policy leaves its pods', async t => {
  await using world = await apiWorld();
  const { admin } = world;
  const finalizersAfter = async (name: string, options: Record<string, unknown>) => {
    await admin.create(JOBS, { metadata: { name }, spec: job({}) });
    await admin.delete({ ...JOBS, name }, options);
    return (await admin.list(JOBS)).items.find(each => each.metadata.name === name)?.metadata['finalizers'];
  };
  t.same(await finalizersAfter('a', {}), ['orphan']);
  t.equal(await finalizersAfter('b', { propagationPolicy: 'Background' }), undefined);
  t.equal(await finalizersAfter('c', { orphanDependents: false }), undefined);
});

const NOW = '2026-01-01T00:00:00Z';
const statuses: readonly (readonly [at: typeof JOBS, status: object, problem: string])[] = [
  [JOBS, { active: -1 }, 'status.active: Invalid value: -1: must be greater than or equal to 0'],
  [JOBS, { ready: 3 }, 'status.ready: Invalid value: 3: cannot set more ready pods than active'],
  [
    JOBS,
    { completionTime: NOW },
    `status.completionTime: Invalid value: "${NOW}": cannot set completionTime when there is no Complete=True condition`,
  ],
  [
    JOBS,
    { conditions: [{ type: 'Complete', status: 'True' }] },
    '[status.completionTime: Required value: completionTime is required for Complete jobs, status.conditions: Invalid value: cannot set Complete=True condition without the SuccessCriteriaMet=true condition, status.startTime: Required value: startTime is required for finished job]',
  ],
  [
    JOBS,
    { completedIndexes: '1-3', failedIndexes: '1' },
    '[status.completedIndexes: Invalid value: "1-3": error parsing completedIndexes: too large index: "1", status.completedIndexes: Invalid value: "1-3": cannot set non-empty completedIndexes when non-indexed completion mode, status.failedIndexes: Invalid value: "1": cannot set non-null failedIndexes when backoffLimitPerIndex is null]',
  ],
  [
    JOBS,
    { uncountedTerminatedPods: { failed: ['a', 'a'] } },
    'status.uncountedTerminatedPods.failed[1]: Duplicate value: "a"',
  ],
  [
    SETS,
    { replicas: 1, availableReplicas: 1 },
    'status.availableReplicas: Invalid value: 1: cannot be greater than status.readyReplicas',
  ],
  [DAEMONS, { numberReady: -1 }, 'status.numberReady: Invalid value: -1: must be greater than or equal to 0'],
];

t.test('a status that contradicts itself is refused', async t => {
  await using world = await apiWorld();
  const { admin } = world;
  await admin.create(JOBS, { metadata: { name: 'w' }, spec: job({}) });
  for (const at of [SETS, DAEMONS]) await admin.create(at, { metadata: { name: 'w' }, spec: set({}) });
  for (const [at, status, problem] of statuses) {
    const seen = await refusalOf(
      admin.patch({ ...at, name: 'w', subresource: 'status' }, 'merge', { status }),
    );
    t.equal(seen.replace(/^422 Invalid: \S+ "w" is invalid: /, ''), problem);
  }
});

t.test('the scale of a ReplicationController has its selector', async t => {
  await using world = await apiWorld();
  const { admin } = world;
  const spec = { ...set({}), selector: { a: 'b' }, replicas: 0 };
  await admin.create(CONTROLLERS, { metadata: { name: 'w' }, spec });
  const seen = await admin.get({ ...CONTROLLERS, name: 'w', subresource: 'scale' });
  t.same([seen['spec'], seen['status']], [{}, { replicas: 0, selector: 'a=b' }]);
});
