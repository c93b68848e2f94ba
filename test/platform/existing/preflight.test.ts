/**
 * What makes a run refuse clusters: each row is one thing that is wrong with them, and nothing is left in
 * them for it.
 */

import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { dump, load } from 'js-yaml';
import t from 'tap';
import { systemClock } from '../../../harness/base/clock.ts';
import { HarnessError } from '../../../harness/base/errors.ts';
import { cidrAround } from '../../../harness/base/ipv4.ts';
import { waitUntil } from '../../../harness/base/wait.ts';
import { clusterName } from '../../../harness/model/names.ts';
import type { ExistingOptions } from '../../../harness/platform/existing/options.ts';
import { type Inspection, inspectCluster } from '../../../harness/platform/existing/preflight.ts';
import { judgeTogether } from '../../../harness/platform/existing/side-by-side.ts';
import { Ledger } from '../../../harness/platform/ledger.ts';
import { toldVersions } from '../../../harness/platform/told-versions.ts';
import { contents, type ExistingWorld, existingWorld } from '../../support/existing-world.ts';
import { twoClusters } from '../../support/topologies.ts';

const topology = twoClusters(['network1', 'network2']);
const oneNetwork = twoClusters(['network1', 'network1']);
const signal = new AbortController().signal;
const CLUSTER1 = clusterName('cluster1');
const QUICK = { podsMs: 20_000, addressMs: 20_000, reachMs: 100 };

type Undo = () => unknown;
interface Refusal {
  readonly name: string;
  readonly message: RegExp;
  readonly hint: RegExp;
  readonly options?: Partial<ExistingOptions>;
  /** What is done to the clusters before; its result undoes it. */
  readonly given?: (world: ExistingWorld) => Promise<Undo> | Undo;
  readonly topology?: typeof topology;
}

/** Makes an object in cluster2 that a run did not make. */
const foreign =
  (apiVersion: string, plural: string, kind: string, name: string, more: object = {}, namespace?: string) =>
  async (world: ExistingWorld): Promise<Undo> => {
    const path = { apiVersion, plural, ...(namespace !== undefined && { namespace }) };
    const client = world.clients.get('cluster2');
    const { metadata, ...rest } = more as { metadata?: object };
    await client?.create(path, { apiVersion, kind, metadata: { name, ...metadata }, ...rest });
    return async () => {
      await client?.delete({ ...path, name });
      await waitUntil(
        'it to go',
        () => client?.find({ ...path, name }),
        found => found === undefined,
        { clock: systemClock, timeoutMs: 10_000, intervalMs: 20 },
      );
    };
  };

const istioLabels = {
  metadata: { labels: { 'install.operator.istio.io/owning-resource': 'installed-state' } },
};

const REFUSALS: readonly Refusal[] = [
  {
    name: 'one context for both',
    options: { contexts: ['cluster2=ctx-cluster1'] },
    message: /cluster1 and cluster2 are given the same context ctx-cluster1/,
    hint: /needs one of its own/,
  },
  {
    name: 'two contexts of one cluster',
    given: ({ kubeconfig, documents }) => {
      const text = documents.get('cluster1') ?? '';
      writeFileSync(`${kubeconfig}.twice`, text.replaceAll(/\bcluster1\b/g, 'another-name'));
      return () => {};
    },
    options: { contexts: ['cluster2=another-name'] },
    message: /ctx-cluster1 and another-name are the same cluster/,
    hint: /needs one of its own/,
  },
  {
    name: 'the namespace of an Istio',
    given: foreign('v1', 'namespaces', 'Namespace', 'istio-system'),
    message: /^Nothing was written\. cluster2 \(ctx-cluster2\): namespace istio-system exists$/,
    hint: /use clusters without a mesh, or remove it yourself: kubectl --context \S+ delete namespace (?:istio-system|sample)/,
  },
  {
    name: 'a namespace sample of someone’s',
    given: foreign('v1', 'namespaces', 'Namespace', 'sample'),
    message: /cluster2 \(ctx-cluster2\): namespace sample exists/,
    hint: /Only what a run has made is ever touched/,
  },
  {
    name: 'the namespace of a run from another machine',
    given: foreign('v1', 'namespaces', 'Namespace', 'mesh-harness-0a1b2c3d'),
    message:
      /cluster2 \(ctx-cluster2\): namespace mesh-harness-0a1b2c3d exists: another run works on it, or was killed/,
    hint: /mesh-harness clean .* on the machine/,
  },
  {
    name: 'a webhook of an Istio in another namespace',
    given: foreign(
      'admissionregistration.k8s.io/v1',
      'mutatingwebhookconfigurations',
      'MutatingWebhookConfiguration',
      'istio-sidecar-injector',
      istioLabels,
    ),
    message: /an Istio is or was there: mutatingwebhookconfigurations\/istio-sidecar-injector/,
    hint: /would write over it/,
  },
  {
    name: 'definitions that an uninstall has left',
    given: foreign(
      'apiextensions.k8s.io/v1',
      'customresourcedefinitions',
      'CustomResourceDefinition',
      'gateways.networking.istio.io',
      {
        spec: {
          group: 'networking.istio.io',
          scope: 'Namespaced',
          names: { plural: 'gateways', singular: 'gateway', kind: 'Gateway', listKind: 'GatewayList' },
          versions: [
            {
              name: 'v1beta1',
              served: true,
              storage: true,
              schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
            },
          ],
        },
      },
    ),
    message: /an Istio that was taken off has left: one definition of \*\.istio\.io without any object/,
    hint: /--clean-leftovers .*\nkubectl --context \S+ delete customresourcedefinition gateways\.networking\.istio\.io/,
  },
  {
    name: 'what an istiod has left in other namespaces',
    given: foreign('v1', 'configmaps', 'ConfigMap', 'istio-ca-root-cert', {}, 'default'),
    message: /an Istio is or was there: configmaps\/default\/istio-ca-root-cert/,
    hint: /would write over it/,
  },
  {
    name: 'an address that the certificate does not name',
    options: { apiServers: ['cluster1=https://192.0.2.1:6443'] },
    message:
      /cluster1 \(ctx-cluster1\): its certificate does not name 192\.0\.2\.1, but .*IP Address:127\.0\.0\.1/,
    hint: /--api-server has to name an address that the certificate has/,
  },
  {
    name: 'an address where no API server is',
    options: { apiServers: ['cluster1=https://127.0.0.1:1'] },
    message:
      /removed again\. cluster2: Waited 0\.1 s for a pod of cluster2 to reach the API server of cluster1/,
    hint: /--api-server cluster1=https:/,
  },
  {
    name: 'clusters that do not reach each other',
    given: ({ world }) => world.network.faults.partition('network1', 'network2'),
    message: /a pod of cluster1 to reach the API server of cluster2.*a load balancer of cluster2/,
    hint: /open the way to it/,
  },
  {
    name: 'pods that do not reach each other, on what is said to be one network',
    topology: oneNetwork,
    message: /cluster1: Waited 0\.1 s for a pod of cluster1 to reach a pod of cluster2.*cluster2: Waited/,
    hint: /Both are on network1: join their pod networks/,
  },
  {
    name: 'another run that works on it',
    given: ({ state, clients }) => {
      const ledger = Ledger.open(state, 'other', 'existing');
      return clients
        .get('cluster2')
        ?.get({ apiVersion: 'v1', plural: 'namespaces', name: 'kube-system' })
        .then(({ metadata }) => {
          const uid = metadata.uid ?? '';
          ledger.write({ type: 'existing', cluster: 'c', kubeconfig: '', uid, before: {}, isMarked: true });
          return () => ledger.remove();
        }) as Promise<Undo>; // there is a cluster2
    },
    message: /cluster2 \(ctx-cluster2\): run other works on it now/,
    hint: /Wait for its end/,
  },
  {
    name: 'an API server that is gone',
    given: ({ kubeconfig, documents }) => {
      const text = (documents.get('cluster2') ?? '').replaceAll(/\bcluster2\b/g, 'gone');
      writeFileSync(`${kubeconfig}.gone`, text.replace(/127\.0\.0\.1:\d+/, '127.0.0.1:1'));
      return () => {};
    },
    options: { contexts: ['cluster2=gone'] },
    message: /cluster2 \(gone\): connect ECONNREFUSED 127\.0\.0\.1:1/,
    hint: /Does kubectl --context gone get nodes work\?/,
  },
  {
    name: 'a user without rights',
    given: async world => {
      const text = await kubeconfigOfReader(world);
      writeFileSync(`${world.kubeconfig}.reader`, text);
      return () => world.clients.get('cluster2')?.delete(READER);
    },
    options: { contexts: ['cluster2=reader'] },
    message: /cluster2 \(reader\): this user may not: patch namespaces, delete namespaces, .* and \d\d more$/,
    hint: /cluster-admin/,
  },
];

const READER = { apiVersion: 'rbac.authorization.k8s.io/v1', plural: 'clusterrolebindings', name: 'reader' };

/** Someone who may read everything and create namespaces. */
async function kubeconfigOfReader({ clients, documents }: ExistingWorld): Promise<string> {
  const client = clients.get('cluster2');
  const { apiVersion } = READER;
  await client?.create(
    { apiVersion, plural: 'clusterrolebindings' },
    {
      apiVersion,
      kind: 'ClusterRoleBinding',
      metadata: { name: 'reader' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'reader' },
      subjects: [{ kind: 'ServiceAccount', namespace: 'default', name: 'default' }],
    },
  );
  const made = await client?.create(
    {
      apiVersion: 'v1',
      plural: 'serviceaccounts',
      namespace: 'default',
      name: 'default',
      subresource: 'token',
    },
    { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', metadata: {}, spec: {} },
  );
  const { token } = (made?.['status'] ?? {}) as { token?: string }; // a TokenRequest
  const text = (documents.get('cluster2') ?? '').replaceAll(/\bcluster2\b/g, 'reader');
  const document = load(text) as object; // a kubeconfig
  return dump({ ...document, users: [{ name: 'reader', user: { token } }] });
}

t.test(
  'a cluster that will not do is refused with the reason and what to do, and stays as it was',
  async t => {
    await using world = await existingWorld(topology, { folder: t.testdir() });
    await world.clients.get('cluster2')?.create(
      { apiVersion: READER.apiVersion, plural: 'clusterroles' },
      {
        apiVersion: READER.apiVersion,
        kind: 'ClusterRole',
        metadata: { name: 'reader' },
        rules: [
          { apiGroups: ['*'], resources: ['*'], verbs: ['get', 'list', 'watch'] },
          { apiGroups: [''], resources: ['namespaces'], verbs: ['create'] },
        ],
      },
    );
    const before = await contents(world.clients);
    const kubeconfigs = ['', '.twice', '.gone', '.reader'].map(ending => world.kubeconfig + ending);
    for (const row of REFUSALS) {
      const undo = await row.given?.(world);
      const platform = world.platform({ kubeconfigs, deadlines: QUICK, ...row.options });
      const error = await platform.start(row.topology ?? topology, signal).then(
        async started => {
          await started[Symbol.asyncDispose]();
          return new Error('it was not refused');
        },
        (reason: unknown) => reason,
      );
      await undo?.();
      t.ok(error instanceof HarnessError && error.code === 'ERR_PLATFORM_NOT_READY', `${row.name}: refused`);
      t.match(error, { message: row.message, hint: row.hint }, row.name);
      t.strictSame(await contents(world.clients), before, `${row.name}: nothing is left`);
      const runs = join(world.state, 'runs');
      t.same(existsSync(runs) ? readdirSync(runs) : [], [], `${row.name}: no ledger is left`);
    }
  },
);

t.test('clusters that are no simulated ones have to fit the edition, and the others’ pods', async t => {
  await using world = await existingWorld(topology, { folder: t.testdir(), isMarked: false });
  await t.rejects(world.platform().start(topology, signal), {
    code: 'ERR_PLATFORM_NOT_READY',
    message:
      /Istio 1\.8\.0 needs Kubernetes 1\.16 to 1\.21; this is v1\.32.*which pods of other clusters cannot reach/,
    hint: /Another --edition.*--api-server cluster1=https:\/\/ADDRESS:6443/,
  });
  t.notOk(existsSync(world.state), 'and no ledger was begun');
});

t.test('an API server that hangs is given up after one deadline, however much it is asked', async t => {
  const silent = createServer(() => {}).listen(0, '127.0.0.1');
  await new Promise(resolve => silent.once('listening', resolve));
  t.teardown(() => silent.close());
  const { port } = silent.address() as { port: number }; // of a TCP server that listens
  const kubeconfig = dump({
    clusters: [{ name: 'c', cluster: { server: `https://127.0.0.1:${port}` } }],
    users: [{ name: 'c', user: {} }],
    contexts: [{ name: 'c', context: { cluster: 'c', user: 'c' } }],
    'current-context': 'c',
  });
  const context = { cluster: CLUSTER1, context: 'hanging', kubeconfig };
  const { findings } = await inspectCluster(context, { edition: 'current', askMs: 50, signal });
  t.match(findings, [
    {
      ok: false,
      found: /no answer within 0\.05 s from https:\/\/127\.0\.0\.1/,
      fix: /kubectl --context hanging get nodes/,
    },
  ]);
});

t.test('what is seen with all clusters side by side', async t => {
  const inspection = (index: number, more: Partial<Inspection> = {}): Inspection => ({
    context: { cluster: clusterName(`cluster${index}`), context: `ctx${index}`, kubeconfig: '' },
    uid: `uid${index}`,
    version: 'v1.34.0',
    told: toldVersions({ gitVersion: 'v1.34.0' }, []),
    server: `https://192.0.2.${index}:6443`,
    before: {},
    podRanges: [],
    findings: [],
    ...more,
  });
  const range = (third: number, prefix: number) => cidrAround((10 * 256 + third) * 65_536, prefix);
  for (const [name, among, inspections, found] of [
    ['nothing', oneNetwork, [inspection(1), inspection(2)], []],
    ['two minor versions', topology, [inspection(1), inspection(2, { version: 'v1.32.9-eks-7f9249a' })], []],
    [
      'three minor versions',
      topology,
      [inspection(1), inspection(2, { version: 'v1.31.2-gke.100' })],
      ['cluster2 runs Kubernetes 1.31, cluster1 1.34'],
    ],
    [
      'overlapping pod ranges on one network',
      oneNetwork,
      [
        inspection(1, { podRanges: [range(10, 24)] }),
        inspection(2, { podRanges: [range(30, 24), range(10, 16)] }),
      ],
      ['cluster1 (ctx1) has pods in 10.10.0.0/24, cluster2 (ctx2) in 10.10.0.0/16, both on network1'],
    ],
    [
      'the same pod ranges on separate networks',
      topology,
      [inspection(1, { podRanges: [range(10, 24)] }), inspection(2, { podRanges: [range(10, 24)] })],
      [],
    ],
  ] as const) {
    const findings = judgeTogether({ topology: among, inspections, servers: new Set(), ledgers: [] });
    t.same(
      findings.map(each => each.found),
      found,
      name,
    );
    t.ok(
      findings.every(({ ok, fix }) => !ok && fix !== undefined),
      'each with what to do',
    );
  }
});

t.test('contexts that are missing or unknown are named before anything starts', async t => {
  await using world = await existingWorld(topology, { folder: t.testdir() });
  type Expected = {
    readonly code: string;
    readonly message?: string | RegExp;
    readonly hint?: string | RegExp;
  };
  const rows: readonly (readonly [Partial<ExistingOptions>, Expected])[] = [
    [{ variables: {} }, { code: 'ERR_USAGE', message: 'No context is known for cluster1, cluster2.' }],
    [
      { variables: { CTX_CLUSTER2: 'ctx-cluster2' } },
      {
        code: 'ERR_USAGE',
        message: 'No context is known for cluster1.',
        hint: '--context cluster1=CONTEXT, or CTX_CLUSTER1',
      },
    ],
    [
      { contexts: ['cluster1=nowhere'] },
      { code: 'ERR_USAGE', message: /no usable context "nowhere"/, hint: /ctx-cluster1, ctx-cluster2/ },
    ],
    [{ contexts: ['cluster9=ctx-cluster1'] }, { code: 'ERR_USAGE', message: /no cluster cluster9/ }],
    [{ contexts: ['cluster1'] }, { code: 'ERR_USAGE', message: /names no context/ }],
    [{ kubeconfigs: ['/nowhere/config'] }, { code: 'ERR_UNREADABLE_FILE' }],
    [{ apiServers: ['cluster1=192.0.2.1'] }, { code: 'ERR_USAGE' }],
    [{ edition: '1.9' }, { code: 'ERR_UNKNOWN_EDITION' }],
    [{ istioVersion: '1.8.1' }, { code: 'ERR_USAGE', message: /these are simulated/, hint: /Leave it out/ }],
  ];
  for (const [options, expected] of rows) {
    t.throws(() => world.platform(options).check(topology), { ...expected }, JSON.stringify(options));
  }
  t.doesNotThrow(() => world.platform().check(topology), 'the guide’s variables are enough');
});
