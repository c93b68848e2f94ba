/** Each link of the chain, on a mesh that was broken there and nowhere else. */
import { dump, load } from 'js-yaml';
import t, { type Test } from 'tap';
import { KubernetesClient, type KubernetesObject } from '../../../harness/base/kubernetes-client.ts';
import { clusterName } from '../../../harness/model/names.ts';
import { LINKS } from '../../../harness/verify/diagnose/links/catalog.ts';
import type { Walk } from '../../../harness/verify/diagnose/links/walk.ts';
import {
  create,
  edit,
  type InstalledMesh,
  type PutBack,
  remove,
  withMesh,
} from '../../support/broken-mesh.ts';
import { isNightly } from '../../support/nightly.ts';

const ISTIO = { namespace: 'istio-system' } as const;
const SAMPLE = { namespace: 'sample' } as const;
const NETWORKING = 'networking.istio.io/v1beta1';
const secret = (name: string) => ({ apiVersion: 'v1', plural: 'secrets', ...ISTIO, name });
const configMap = (name: string) => ({ apiVersion: 'v1', plural: 'configmaps', ...ISTIO, name });
const gatewayService = { apiVersion: 'v1', plural: 'services', ...ISTIO, name: 'istio-eastwestgateway' };
const gatewayOf = (name: string) => ({ apiVersion: NETWORKING, plural: 'gateways', ...ISTIO, name });
const deployment = (name: string, namespace = 'sample') => ({
  apiVersion: 'apps/v1',
  plural: 'deployments',
  namespace,
  name,
});

/** Parts of an object that a test changes; it knows them to be there. */
type Data = Record<string, string>;
const dataOf = (object: KubernetesObject) => object['data'] as Data;
const specOf = (object: KubernetesObject) => object['spec'] as Record<string, unknown>;

/** Changes the kubeconfig of the remote secret for cluster2 in cluster1. */
const editSecret = (mesh: InstalledMesh, change: (text: string) => string): Promise<PutBack> =>
  edit(mesh.client('cluster1'), secret('istio-remote-secret-cluster2'), object => {
    const data = dataOf(object);
    const text = Buffer.from(data['cluster2'] ?? '', 'base64').toString();
    data['cluster2'] = Buffer.from(change(text)).toString('base64');
  });

/** Changes a document in a ConfigMap. */
const editDocument = (
  client: KubernetesClient,
  map: string,
  key: string,
  change: (document: Record<string, never>) => void,
): Promise<PutBack> =>
  edit(client, configMap(map), object => {
    const document = load(dataOf(object)[key] ?? '') as Record<string, never>;
    change(document);
    dataOf(object)[key] = dump(document);
  });

const scale = (
  client: KubernetesClient,
  name: string,
  replicas: number,
  namespace?: string,
): Promise<PutBack> =>
  edit(client, deployment(name, namespace), object => {
    specOf(object)['replicas'] = replicas;
  });

interface Row {
  readonly link: string;
  readonly what: string;
  readonly breaks: (mesh: InstalledMesh) => Promise<PutBack>;
  /** Of the finding. */
  readonly seen: RegExp;
  /** The step that is named first. */
  readonly step: string;
  /** Another link that comes before this one in the chain, and is broken by the same. */
  readonly after?: string;
  /** True if calls cross all the same. */
  readonly isHarmless?: boolean;
  /** Seconds until it shows; 0 where objects tell. */
  readonly seconds?: number;
}

const SECRET_STEP = 'remote-secret/cluster2-in-cluster1';

/** On `primary-remote-multi-network`, edition current: it has every link. */
const ROWS: readonly Row[] = [
  {
    link: 'control-plane',
    what: 'istiod is scaled to nothing',
    breaks: mesh => scale(mesh.client('cluster1'), 'istiod', 0, 'istio-system'),
    seen: /^no pod of istiod exists in cluster1$/,
    step: 'cluster1/install-istio',
    seconds: 20,
  },
  {
    link: 'api-address',
    what: 'the address of this machine',
    breaks: mesh => editSecret(mesh, text => text.replace(/server: .*/, 'server: https://127.0.0.1:6443')),
    seen: /names https:\/\/127\.0\.0\.1:6443: for a pod that is the pod itself$/,
    step: SECRET_STEP,
  },
  {
    link: 'api-address',
    what: 'an address where nobody is',
    breaks: mesh => editSecret(mesh, text => text.replace(/server: .*/, 'server: https://172.30.14.14:6443')),
    seen: /and pods of cluster1 get no answer from it \(curl: 28\)$/,
    step: SECRET_STEP,
    seconds: 1,
  },
  {
    link: 'api-address',
    what: 'the API server of cluster1 itself',
    breaks: async mesh => {
      const { server } = mesh.client('cluster1');
      return await editSecret(mesh, text => text.replace(/server: .*/, `server: ${server}`));
    },
    seen: /, the API server of cluster1$/,
    step: SECRET_STEP,
  },
  {
    link: 'remote-secret',
    what: 'none',
    breaks: mesh => remove(mesh.client('cluster1'), secret('istio-remote-secret-cluster2')),
    seen: /^there is no remote secret for cluster2 in cluster1$/,
    step: SECRET_STEP,
  },
  {
    link: 'remote-secret',
    what: 'without its label',
    breaks: mesh =>
      edit(mesh.client('cluster1'), secret('istio-remote-secret-cluster2'), ({ metadata }) => {
        metadata.labels = {};
      }),
    seen: /has no label istio\/multiCluster=true/,
    step: SECRET_STEP,
  },
  {
    link: 'remote-secret',
    what: 'in another namespace',
    breaks: async mesh => {
      const client = mesh.client('cluster1');
      const path = secret('istio-remote-secret-cluster2');
      const object = await client.get(path);
      const back = await remove(client, path);
      const elsewhere = { ...path, namespace: 'default' };
      const metadata = { ...object.metadata, namespace: 'default' };
      const gone = await create(client, elsewhere, { ...object, metadata });
      return async () => {
        await gone();
        await back();
      };
    },
    seen: /default\/istio-remote-secret-cluster2 in cluster1 is not in istio-system/,
    step: SECRET_STEP,
  },
  {
    link: 'credentials',
    what: 'a token of nobody',
    breaks: mesh => editSecret(mesh, text => text.replace(/token: .*/, 'token: nobody')),
    seen: /^cluster2 refuses the token of istio-system\/istio-remote-secret-cluster2 in cluster1$/,
    step: SECRET_STEP,
    seconds: 2,
  },
  {
    link: 'ca-chain',
    what: 'an incomplete cacerts',
    breaks: mesh =>
      create(mesh.client('cluster1'), secret('cacerts'), {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 'cacerts', ...ISTIO },
        data: { 'ca-cert.pem': '', 'root-cert.pem': '' },
      }),
    seen: /^the secret cacerts of cluster1 lacks ca-key\.pem$/,
    step: '',
  },
  {
    link: 'mesh-id',
    what: 'another one in cluster1',
    breaks: mesh =>
      editDocument(
        mesh.client('cluster1'),
        'istio-sidecar-injector',
        'values',
        ({ global }: Record<string, never>) => {
          Object.assign(global ?? {}, { meshID: 'mesh2' });
        },
      ),
    seen: /^the mesh id is mesh2 in cluster1, mesh1 in cluster2$/,
    step: 'cluster2/install-istio',
    isHarmless: true,
  },
  {
    link: 'cluster-name',
    what: 'another one in the remote secret',
    breaks: mesh =>
      edit(mesh.client('cluster1'), secret('istio-remote-secret-cluster2'), object => {
        const { cluster2 = '' } = dataOf(object);
        object['data'] = { other: cluster2 };
      }),
    seen: /^cluster2 calls itself cluster2, and the remote secret in cluster1 calls it other$/,
    step: SECRET_STEP,
    seconds: 2,
  },
  {
    link: 'trust-domain',
    what: 'another one in cluster1',
    breaks: mesh =>
      editDocument(mesh.client('cluster1'), 'istio', 'mesh', document => {
        Object.assign(document, { trustDomain: 'elsewhere.org' });
      }),
    seen: /^the trust domain is elsewhere\.org in cluster1, cluster\.local in cluster2$/,
    step: 'cluster2/install-istio',
  },
  {
    link: 'network',
    what: 'that of the other cluster',
    breaks: mesh =>
      editDocument(
        mesh.client('cluster1'),
        'istio-sidecar-injector',
        'values',
        ({ global }: Record<string, never>) => {
          Object.assign(global ?? {}, { network: 'network2' });
        },
      ),
    seen: /^cluster1 is on network2, and its sidecars were told network1$/,
    step: 'cluster1/install-istio',
  },
  {
    link: 'network-spelling',
    what: 'a hyphen in the gateway’s label',
    breaks: mesh =>
      edit(mesh.client('cluster2'), gatewayService, ({ metadata }) => {
        Object.assign(metadata.labels ?? {}, { 'topology.istio.io/network': 'network-2' });
      }),
    seen: /^one network is spelled in two ways: network-2 in the label of the Service istio-eastwestgateway of cluster2/,
    step: 'cluster2/install-gateway',
  },
  {
    link: 'gateway',
    what: 'no pod',
    breaks: mesh => scale(mesh.client('cluster2'), 'istio-eastwestgateway', 0, 'istio-system'),
    seen: /^there is no pod of the east-west gateway in cluster2$/,
    step: 'cluster2/install-gateway',
    seconds: 3,
  },
  {
    link: 'gateway-port',
    what: 'a Service without 15443',
    breaks: mesh =>
      edit(mesh.client('cluster2'), gatewayService, object => {
        const spec = specOf(object);
        spec['ports'] = (spec['ports'] as { port: number }[]).filter(({ port }) => port !== 15443);
      }),
    seen: /^the Service of the gateway of cluster2 has no port 15443$/,
    step: 'cluster2/install-gateway',
  },
  {
    link: 'exposed-services',
    what: 'no Gateway',
    breaks: mesh => remove(mesh.client('cluster1'), gatewayOf('cross-network-gateway')),
    seen: /^nothing in cluster1 exposes services on the gateway of cluster1$/,
    step: 'cluster1/expose-services',
  },
  {
    link: 'exposed-services',
    what: 'a selector of another gateway',
    breaks: mesh =>
      edit(mesh.client('cluster1'), gatewayOf('cross-network-gateway'), object => {
        specOf(object)['selector'] = { istio: 'ingressgateway' };
      }),
    seen: /^cross-network-gateway in cluster1 selects no pod of the gateway of cluster1$/,
    step: 'cluster1/expose-services',
  },
  {
    link: 'credentials',
    what: 'the CA of the other cluster',
    breaks: async mesh => {
      const { items } = await mesh
        .client('cluster1')
        .list({ apiVersion: 'v1', plural: 'configmaps', ...ISTIO });
      const authority = items.find(({ metadata }) => metadata.name === 'kube-root-ca.crt');
      const ca = Buffer.from((authority && dataOf(authority)['ca.crt']) ?? '').toString('base64');
      return await editSecret(mesh, text =>
        text.replace(/certificate-authority-data: .*/, `certificate-authority-data: ${ca}`),
      );
    },
    seen: /^the CA in the remote secret for cluster2 in cluster1 is not that of cluster2$/,
    step: SECRET_STEP,
    seconds: 2,
  },
  {
    link: 'exposed-istiod',
    what: 'no Gateway',
    breaks: mesh => remove(mesh.client('cluster1'), gatewayOf('istiod-gateway')),
    seen: /^nothing exposes istiod of cluster1 on port 15012$/,
    step: 'cluster1/expose-istiod',
  },
  {
    link: 'exposed-istiod',
    what: 'a Gateway without the port of the webhook',
    breaks: mesh =>
      edit(mesh.client('cluster1'), gatewayOf('istiod-gateway'), object => {
        const spec = specOf(object);
        spec['servers'] = (spec['servers'] as unknown[]).slice(0, 1);
      }),
    seen: /^the east-west gateway of cluster1 does not expose port 15017, that of istiod's webhook$/,
    step: 'cluster1/expose-istiod',
  },
  {
    link: 'exposed-istiod',
    what: 'mTLS for all hosts, by a rule',
    breaks: mesh =>
      create(
        mesh.client('cluster1'),
        { apiVersion: NETWORKING, plural: 'destinationrules', ...ISTIO, name: 'default' },
        {
          apiVersion: NETWORKING,
          kind: 'DestinationRule',
          metadata: { name: 'default', ...ISTIO },
          spec: { host: '*.local', trafficPolicy: { tls: { mode: 'ISTIO_MUTUAL' } } },
        },
      ),
    seen: /^the DestinationRule istio-system\/default has the east-west gateway of cluster1 wrap in TLS/,
    step: '',
  },
  {
    link: 'discovery-address',
    what: 'no annotation',
    breaks: mesh =>
      edit(
        mesh.client('cluster2'),
        { apiVersion: 'v1', plural: 'namespaces', name: 'istio-system' },
        ({ metadata }) => {
          metadata.annotations = {};
        },
      ),
    seen: /^istio-system of cluster2 has no annotation topology\.istio\.io\/controlPlaneClusters/,
    step: 'cluster2/set-control-plane',
  },
  {
    link: 'service',
    what: 'none in cluster1',
    breaks: mesh =>
      remove(mesh.client('cluster1'), {
        apiVersion: 'v1',
        plural: 'services',
        ...SAMPLE,
        name: 'helloworld',
      }),
    seen: /^there is no Service helloworld in cluster1, so that its name is unknown there; there is \w+$/,
    step: 'cluster1/create-helloworld-service',
  },
  {
    link: 'port-names',
    what: 'tcp in cluster2',
    breaks: mesh =>
      edit(
        mesh.client('cluster2'),
        { apiVersion: 'v1', plural: 'services', ...SAMPLE, name: 'helloworld' },
        object => {
          Object.assign((specOf(object)['ports'] as object[])[0] ?? {}, { name: 'tcp' });
        },
      ),
    seen: /^port 5000 is called "http" in cluster1 and "tcp" in cluster2/,
    step: 'cluster2/create-helloworld-service',
  },
  {
    link: 'endpoints',
    what: 'none of cluster2, where the pods are gone',
    breaks: mesh => scale(mesh.client('cluster2'), 'helloworld-v2', 0),
    seen: /^the client in cluster1 has no endpoint of cluster2$/,
    step: 'cluster2/deploy-helloworld-v2',
    seconds: 40,
  },
  {
    link: 'injection',
    what: 'no label when pods are created anew',
    breaks: async mesh => {
      const client = mesh.client('cluster1');
      const namespace = { apiVersion: 'v1', plural: 'namespaces', name: 'sample' };
      const back = await edit(client, namespace, ({ metadata }) => {
        metadata.labels = {};
      });
      const pods = { apiVersion: 'v1', plural: 'pods', ...SAMPLE };
      const restart = async () => {
        const { items } = await client.list(pods, { labelSelector: 'app=helloworld' });
        for (const { metadata } of items) await client.delete({ ...pods, name: metadata.name ?? '' });
      };
      await restart();
      return async () => {
        await back();
        await restart();
        await mesh.settle(40);
      };
    },
    seen: /^helloworld-v1-\S+ in cluster1 has no sidecar$/,
    step: 'cluster1/enable-injection',
    seconds: 40,
    after: 'endpoints',
  },
  {
    link: 'readiness',
    what: 'no client in cluster2',
    breaks: mesh => scale(mesh.client('cluster2'), 'curl', 0),
    seen: /^in cluster2: no pod of curl$/,
    step: 'cluster2/deploy-curl',
    seconds: 40,
    after: 'endpoints',
  },
  {
    link: 'load-balancing',
    what: 'a rule that prefers localities',
    breaks: mesh =>
      create(
        mesh.client('cluster1'),
        { apiVersion: NETWORKING, plural: 'destinationrules', ...SAMPLE },
        {
          apiVersion: NETWORKING,
          kind: 'DestinationRule',
          metadata: { name: 'near', ...SAMPLE },
          spec: {
            host: 'helloworld',
            trafficPolicy: { loadBalancer: { localityLbSetting: { enabled: true } } },
          },
        },
      ),
    seen: /^in cluster1 the DestinationRule near prefers localities: not every call may go to every cluster$/,
    step: '',
  },
  {
    link: 'versions',
    what: 'both in cluster1',
    breaks: async mesh => {
      const client = mesh.client('cluster1');
      const path = deployment('helloworld-v1');
      const { status: _, ...own } = await client.get(path);
      const text = JSON.stringify(own).replaceAll('v1"', 'v2"').replaceAll('apps/v2', 'apps/v1');
      const back = await create(client, path, JSON.parse(text) as KubernetesObject);
      return async () => {
        await back();
        await mesh.settle(40);
      };
    },
    seen: /^cluster1 runs v1 and v2 instead of v1$/,
    step: 'cluster1/create-helloworld-service',
    seconds: 3,
  },
];

/** One row of each link is enough for a day. */
const ofTheDay = (rows: readonly Row[]): readonly Row[] =>
  isNightly ? rows : rows.filter(({ link }, index) => rows.findIndex(row => row.link === link) === index);

async function holds(t: Test, mesh: InstalledMesh, row: Row): Promise<void> {
  const putBack = await row.breaks(mesh);
  try {
    if (row.seconds !== undefined) await mesh.settle(row.seconds);
    const { links, first, verdict } = await mesh.walk();
    const findings = links.find(({ id }) => id === row.link)?.findings ?? [];
    const seen = findings.find(({ seen }) => row.seen.test(seen));
    t.equal(seen?.outcome, 'broken', findings.map(finding => finding.seen).join('; '));
    t.equal(seen?.cause?.steps[0] ?? '', row.step);
    t.equal(first?.id, row.after ?? row.link, first?.finding.seen ?? '');
    t.equal(verdict, row.isHarmless ? 'passed' : 'failed');
  } finally {
    await putBack();
    await mesh.settle(row.seconds === undefined ? 2 : 20);
  }
}

t.test(
  'each link is found broken on a mesh that is broken there, and says what mends it',
  { timeout: 120_000 },
  async t => {
    await withMesh({ scenario: 'primary-remote-multi-network', edition: 'current' }, async mesh => {
      t.match(await mesh.walk(), { verdict: 'passed', first: undefined });
      for (const row of ofTheDay(ROWS)) await t.test(`${row.link}: ${row.what}`, t => holds(t, mesh, row));
      t.match(await mesh.walk(), { verdict: 'passed', first: undefined }, 'all is put back');
      await t.test('context: one that does not answer', async t => {
        const nowhere = (clusters: Walk['clusters']): Walk['clusters'] => {
          const text =
            'clusters: [{name: a, cluster: {server: "https://127.0.0.1:1"}}]\nusers: [{name: a, user: {}}]\ncontexts: [{name: a, context: {cluster: a, user: a}}]\ncurrent-context: a';
          const one = clusters.get(clusterName('cluster2'));
          if (!one) throw new Error('There is no cluster2.');
          return new Map([...clusters, [one.spec.name, { ...one, client: new KubernetesClient(text) }]]);
        };
        const { verdict, first, links } = await mesh.walk(nowhere);
        t.equal(verdict, 'unknown');
        t.match(first, { id: 'context', finding: { isEnvironment: true, seen: /cluster2 .*ECONNREFUSED/ } });
        t.equal(
          links.find(({ id }) => id === 'remote-secret')?.outcome,
          'not-asked',
          'nothing of it is called fine',
        );
      });
      await t.test('context: one and the same cluster twice', async t => {
        const twice = (clusters: Walk['clusters']): Walk['clusters'] => {
          const [one, two] = [...clusters.values()];
          if (!one || !two) throw new Error('There are no two clusters.');
          return new Map([
            [one.spec.name, one],
            [two.spec.name, { ...one, spec: two.spec }],
          ]);
        };
        t.match(await mesh.walk(twice), {
          first: { id: 'context', finding: { seen: /are one and the same cluster/ } },
        });
      });
    });
  },
);

t.test('every link has a row', async t => {
  const tested = new Set(['context', ...ROWS.map(({ link }) => link)]);
  t.same(
    LINKS.map(({ id }) => id).filter(id => !tested.has(id)),
    [],
  );
});
