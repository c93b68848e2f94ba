/** Faults of a mesh: none of them may leave a run open. */
import type { KubernetesClient, KubernetesObject } from '../../../harness/base/kubernetes-client.ts';
import { create, edit, type PutBack, remove } from '../../support/broken-mesh.ts';
import type { InstalledMesh } from '../../support/installed-mesh.ts';
import type { Fault } from './fault.ts';

const CORE = 'v1';
const NETWORKING = 'networking.istio.io/v1alpha3';
const DEPLOYMENTS = { apiVersion: 'apps/v1', plural: 'deployments' } as const;
const SYSTEM = 'istio-system';
const secretOf = (other: string) =>
  ({ apiVersion: CORE, plural: 'secrets', namespace: SYSTEM, name: `istio-remote-secret-${other}` }) as const;
const SERVICE = { apiVersion: CORE, plural: 'services', namespace: 'sample', name: 'helloworld' } as const;
const GATEWAY = {
  apiVersion: CORE,
  plural: 'services',
  namespace: SYSTEM,
  name: 'istio-eastwestgateway',
} as const;
const EXPOSED = {
  apiVersion: NETWORKING,
  plural: 'gateways',
  namespace: SYSTEM,
  name: 'cross-network-gateway',
} as const;

interface Fields {
  readonly spec: {
    replicas?: number;
    selector: Record<string, string>;
    ports: { port: number; name: string; targetPort?: number | string }[];
    template: {
      metadata: { labels: Record<string, string>; annotations?: Record<string, string> };
      spec: { containers: { image: string; command?: string[] }[] };
    };
    servers: { port: { number: number }; tls: { mode: string } }[];
  };
}
/** Reads an object as what it is known to be. */
const fields = (object: KubernetesObject) => object as unknown as Fields;

const withoutSecret = (cluster: string, other: string) => (mesh: InstalledMesh) =>
  remove(mesh.client(cluster), secretOf(other));

/**
 * Changes the remote secret in cluster1. istiod begins anew, as it keeps what it knew of a cluster.
 * @param isNews - it takes up the change by itself, and begins anew only when that is mended
 */
const secret =
  (change: (kubeconfig: string) => string, isNews = false) =>
  async (mesh: InstalledMesh) => {
    const client = mesh.client('cluster1');
    const mend = await edit(client, secretOf('cluster2'), object => {
      const data = object['data'] as Record<string, string>; // a Secret's
      for (const [key, value] of Object.entries(data))
        data[key] = Buffer.from(change(Buffer.from(value, 'base64').toString())).toString('base64');
    });
    const restart = () => deletePods(client, SYSTEM, 'app=istiod');
    if (!isNews) await restart();
    return async () => {
      await mend();
      await restart();
    };
  };

/** With a client that has no connections from before. */
const anew = (breakIt: (mesh: InstalledMesh) => Promise<() => unknown>) => async (mesh: InstalledMesh) => {
  const mend = await breakIt(mesh);
  await deletePods(mesh.client('cluster1'), 'sample', 'app=sleep');
  return mend;
};

async function deletePods(client: KubernetesClient, namespace: string, labelSelector: string): Promise<void> {
  const pods = { apiVersion: CORE, plural: 'pods', namespace };
  for (const { metadata } of (await client.list(pods, { labelSelector })).items)
    await client.delete({ ...pods, name: metadata.name ?? '' });
}

const scaled =
  (cluster: string, namespace: string, ...names: readonly string[]) =>
  async (mesh: InstalledMesh) => {
    const mends: PutBack[] = [];
    for (const name of names) mends.push(await scale(mesh.client(cluster), namespace, name));
    return async () => {
      for (const mend of mends) await mend();
    };
  };
const scale = (client: KubernetesClient, namespace: string, name: string) =>
  edit(client, { ...DEPLOYMENTS, namespace, name }, object => {
    fields(object).spec.replicas = 0;
  });

const template =
  (name: string, change: (template: Fields['spec']['template']) => void) => (mesh: InstalledMesh) =>
    edit(mesh.client('cluster2'), { ...DEPLOYMENTS, namespace: 'sample', name }, object => {
      Object.assign(fields(object).spec, { strategy: { type: 'Recreate' } });
      change(fields(object).spec.template);
    });
const withoutSidecar = (name: string) =>
  template(name, ({ metadata }) => {
    metadata.annotations = { ...metadata.annotations, 'sidecar.istio.io/inject': 'false' };
  });

/** What becomes of packets from one cluster's pods to the gateway of the other. */
const gatewayPort =
  (kind: 'drop' | 'refuse', share = 1) =>
  async (mesh: InstalledMesh) => {
    const { faults } = mesh.world.network;
    let nth = 0;
    return faults[kind](
      ({ from, to, port }) =>
        from.cluster === 'cluster1' &&
        to.cluster === 'cluster2' &&
        port === 15443 &&
        ++nth % Math.round(1 / share) === 0,
    );
  };

const helloWorldOfV1InCluster2 = async (mesh: InstalledMesh) => {
  const path = { ...DEPLOYMENTS, namespace: 'sample', name: 'helloworld-v1' };
  const { status: _, ...object } = await mesh.client('cluster1').get(path);
  return await create(mesh.client('cluster2'), path, object);
};

export const MESH: readonly Fault[] = [
  {
    what: 'cluster1 has no remote secret',
    daily: true,
    breakIt: withoutSecret('cluster1', 'cluster2'),
  },
  { what: 'cluster2 has no remote secret', breakIt: withoutSecret('cluster2', 'cluster1') },
  {
    what: 'the remote secret has no label',
    breakIt: mesh =>
      edit(mesh.client('cluster1'), secretOf('cluster2'), ({ metadata }) => {
        metadata.labels = {};
      }),
  },
  {
    what: 'the remote secret leads nowhere',
    breakIt: secret(text => text.replace(/https:\/\/[\d.]+/, 'https://192.0.2.1'), true),
  },
  {
    what: 'the token in the remote secret is none',
    breakIt: secret(text => text.replace(/token: .*/, 'token: nobody'), true),
  },
  { what: 'the remote secret is no kubeconfig', breakIt: secret(() => 'nothing') },
  {
    what: 'a gateway has no pods',
    breakIt: scaled('cluster2', SYSTEM, 'istio-eastwestgateway'),
  },
  {
    what: 'a gateway has no Service',
    breakIt: anew(mesh => remove(mesh.client('cluster2'), GATEWAY)),
  },
  {
    what: 'the Service of a gateway selects nothing',
    breakIt: anew(mesh =>
      edit(mesh.client('cluster2'), GATEWAY, object => {
        fields(object).spec.selector = { app: 'nothing' };
      }),
    ),
  },
  {
    what: 'nothing exposes services',
    breakIt: anew(mesh => remove(mesh.client('cluster2'), EXPOSED)),
  },
  {
    what: 'services are exposed at another port',
    breakIt: anew(mesh =>
      edit(mesh.client('cluster2'), EXPOSED, object => {
        for (const { port } of fields(object).spec.servers) port.number = 15444;
      }),
    ),
  },
  { what: 'packets to a gateway vanish', breakIt: anew(gatewayPort('drop')) },
  {
    what: 'a gateway refuses connections',
    daily: true,
    breakIt: anew(gatewayPort('refuse')),
  },
  {
    what: 'HelloWorld has no Service where the client is',
    breakIt: mesh => remove(mesh.client('cluster1'), SERVICE),
  },
  {
    what: 'HelloWorld has no Service where it runs',
    breakIt: mesh => remove(mesh.client('cluster2'), SERVICE),
  },
  {
    what: 'the Service of HelloWorld leads to a port where nobody listens',
    breakIt: mesh =>
      edit(mesh.client('cluster2'), SERVICE, object => {
        for (const port of fields(object).spec.ports) port.targetPort = 5001;
      }),
  },
  {
    what: 'HelloWorld has no pods',
    daily: true,
    breakIt: scaled('cluster2', 'sample', 'helloworld-v2'),
  },
  { what: 'the client has no pod', breakIt: scaled('cluster2', 'sample', 'sleep') },
  { what: 'HelloWorld has no sidecar', breakIt: withoutSidecar('helloworld-v2') },
  { what: 'the client has no sidecar', breakIt: withoutSidecar('sleep') },
  {
    what: 'HelloWorld ends as soon as it begins',
    breakIt: template(
      'helloworld-v2',
      ({
        spec: {
          containers: [first],
        },
      }) => {
        if (first) first.command = ['/bin/false'];
      },
    ),
  },
  { what: 'both versions run in one cluster', breakIt: helloWorldOfV1InCluster2 },
  {
    what: 'the namespace has lost its label, and pods are made anew',
    breakIt: async mesh => {
      const client = mesh.client('cluster2');
      const path = { apiVersion: CORE, plural: 'namespaces', name: 'sample' };
      const mend = await edit(client, path, ({ metadata }) => {
        metadata.labels = {};
      });
      await deletePods(client, 'sample', 'app=helloworld');
      return async () => {
        await mend();
        await deletePods(client, 'sample', 'app=helloworld');
      };
    },
  },
  {
    what: 'istiod is gone and pods are made anew',
    breakIt: async mesh => {
      const client = mesh.client('cluster2');
      const mend = await scaled('cluster2', SYSTEM, 'istiod')(mesh);
      await deletePods(client, 'sample', 'version=v2');
      // A Deployment tries ever more rarely to make a pod.
      return async () => {
        await mend();
        await mesh.pass(300_000);
      };
    },
  },
];
