/** Faults of what a mesh runs on: none of them may fail a run. */
import type {
  KubernetesClient,
  KubernetesObject,
  ResourcePath,
} from '../../../harness/base/kubernetes-client.ts';
import { withBearer } from '../../../harness/model/kubeconfig.ts';
import { edit } from '../../support/broken-mesh.ts';
import type { InstalledMesh } from '../../support/installed-mesh.ts';
import type { Fault } from './fault.ts';
import { breaking, connections, failing, network, onlooker, silent } from './ways.ts';

const DEPLOYMENTS = { apiVersion: 'apps/v1', plural: 'deployments' } as const;
const PODS = { apiVersion: 'v1', plural: 'pods' } as const;

interface PodTemplate {
  nodeSelector?: Record<string, string>;
  readonly containers: { image: string; resources?: object }[];
}

/** Makes a Deployment's pods anew, from a changed template. */
const remake = (
  client: KubernetesClient,
  [namespace, name]: readonly [string, string],
  change: (template: PodTemplate) => void,
) =>
  edit(client, { ...DEPLOYMENTS, namespace, name }, object => {
    const spec = object['spec'] as { strategy: object; template: { spec: PodTemplate } }; // a DeploymentSpec
    spec.strategy = { type: 'Recreate' };
    change(spec.template.spec);
  });

const withImage = (deployment: readonly [string, string], image: string) => (mesh: InstalledMesh) =>
  remake(mesh.client('cluster2'), deployment, ({ containers: [first] }) => {
    if (first) first.image = image;
  });

/** Changes the node of cluster2, and deletes its pods of an app. */
const onNode =
  (app: string, change: (node: KubernetesObject) => void, subresource?: string) =>
  async (mesh: InstalledMesh) => {
    const client = mesh.client('cluster2');
    const [node] = (await client.list({ apiVersion: 'v1', plural: 'nodes' })).items;
    const path = {
      apiVersion: 'v1',
      plural: 'nodes',
      name: node?.metadata.name ?? '',
      ...(subresource && { subresource }),
    };
    const mend = await edit(client, path, change);
    await deletePods(client, app);
    return mend;
  };

async function deletePods(client: KubernetesClient, app: string): Promise<void> {
  const pods: ResourcePath = { ...PODS, namespace: 'sample' };
  for (const { metadata } of (await client.list(pods, { labelSelector: `app=${app}` })).items)
    await client.delete({ ...pods, name: metadata.name ?? '' });
}

const notReady = (status: string) => (node: KubernetesObject) => {
  const { conditions } = node['status'] as { conditions: { type: string; status: string }[] }; // a NodeStatus
  for (const condition of conditions) if (condition.type === 'Ready') condition.status = status;
};

/** A pod on a node is given no sandbox: the kubelet says so in an event. */
async function noSandbox(mesh: InstalledMesh) {
  const client = mesh.client('cluster2');
  const mend = await remake(client, ['sample', 'helloworld-v2'], template => {
    Object.assign(template, { nodeName: 'a-node-without-sandboxes' });
  });
  await mesh.pass(5_000);
  const { items } = await client.list({ ...PODS, namespace: 'sample' }, { labelSelector: 'app=helloworld' });
  const pod = items.find(
    ({ spec }) => (spec as { nodeName?: string }).nodeName === 'a-node-without-sandboxes',
  );
  const { uid, name } = pod?.metadata ?? {};
  const message =
    'Failed to create pod sandbox: rpc error: code = Unknown desc = failed to set up sandbox network';
  await client.create(
    { apiVersion: 'v1', plural: 'events', namespace: 'sample' },
    {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: 'no-sandbox', namespace: 'sample' },
      involvedObject: {
        apiVersion: 'v1',
        kind: 'Pod',
        namespace: 'sample',
        ...(uid && { uid }),
        ...(name && { name }),
      },
      reason: 'FailedCreatePodSandBox',
      type: 'Warning',
      message,
    },
  );
  return async () => {
    await client.delete({ apiVersion: 'v1', plural: 'events', namespace: 'sample', name: 'no-sandbox' });
    await mend();
  };
}

const DEAF =
  /does not answer|has not answered|ECONNREFUSED|no answer|no end after|closed|ECONNRESET|refused|timed out|disconnected|hang up|ETIMEDOUT|did not end/i;

export const ENVIRONMENT: readonly Fault[] = [
  {
    what: 'the API server of cluster1 refuses',
    because: DEAF,
    daily: true,
    breakIt: network('refuse', 'cluster1'),
  },
  { what: 'the API server of cluster2 refuses', because: DEAF, breakIt: network('refuse', 'cluster2') },
  { what: 'both API servers refuse', because: DEAF, breakIt: network('refuse', 'cluster1', 'cluster2') },
  { what: 'packets to an API server vanish', because: DEAF, breakIt: network('drop', 'cluster2') },
  {
    what: 'an API server needs most of a minute for an answer',
    because: DEAF,
    breakIt: network('slow', 'cluster2'),
  },
  { what: 'an API server takes connections and says nothing', because: DEAF, reach: connections(silent) },
  {
    what: 'the name of an API server is not resolved',
    because: /ENOTFOUND/,
    reach: connections(() => failing('ENOTFOUND')),
  },
  {
    what: 'there is no route to an API server',
    because: /EHOSTUNREACH/,
    reach: connections(() => failing('EHOSTUNREACH')),
  },
  {
    what: 'an API server closes each connection after a few requests',
    because: DEAF,
    reach: connections((_nth, open) => breaking('_write', 6, open())),
  },
  {
    what: 'an API server closes connections at once',
    because: DEAF,
    reach: connections((_nth, open) => breaking('_write', 0, open())),
  },
  {
    what: 'exec is refused a connection',
    because: DEAF,
    daily: true,
    reach: connections((nth, open) => (nth === 1 ? open() : failing('ECONNREFUSED'))),
  },
  {
    what: 'exec hangs',
    because: DEAF,
    daily: true,
    reach: connections((nth, open) => (nth === 1 ? open() : silent())),
  },
  {
    what: 'exec is cut off in the middle',
    because: DEAF,
    reach: connections((nth, open) => (nth === 1 ? open() : breaking('push', 3, open()))),
  },
  {
    what: 'the fourth exec and all after it are cut off',
    because: DEAF,
    reach: connections((nth, open) => (nth <= 4 ? open() : failing('ECONNRESET'))),
  },
  {
    what: 'the harness may look and not exec',
    because: /cannot create resource|forbidden|403/i,
    reach: onlooker,
  },
  {
    what: 'the token of the harness is none',
    because: /Unauthorized|401/,
    reach: async cluster => ({ kubeconfig: from => withBearer(cluster.kubeconfig(from), 'nobody') }),
  },
  {
    what: 'another API server answers at the address',
    because: /certificate|signature/,
    reach: async (_cluster, mesh) => {
      const [other] = [...mesh.started.clusters.values()];
      return other?.dial
        ? {
            dial: (_host, port) =>
              other.dial?.(mesh.world.clusters.get('cluster1')?.apiServer.address ?? '', port) ?? silent(),
          }
        : {};
    },
  },
  {
    what: 'a node is not ready',
    because: /not ready|not-ready/,
    daily: true,
    breakIt: onNode('helloworld', notReady('False'), 'status'),
  },
  {
    what: 'the kubelet of a node is dead',
    because: /not ready|not-ready/,
    breakIt: onNode('sleep', notReady('Unknown'), 'status'),
  },
  {
    what: 'a node takes no more pods',
    because: /nodes are available/,
    breakIt: onNode('helloworld', node => Object.assign(node['spec'] as object, { unschedulable: true })),
  },
  {
    what: 'HelloWorld asks for more than a node has',
    because: /nodes are available/,
    breakIt: mesh =>
      remake(mesh.client('cluster2'), ['sample', 'helloworld-v2'], ({ containers: [first] }) => {
        if (first) first.resources = { requests: { cpu: '1000' } };
      }),
  },
  {
    what: 'no node has the label that the client asks for',
    because: /nodes are available/,
    breakIt: mesh =>
      remake(mesh.client('cluster2'), ['sample', 'sleep'], template => {
        template.nodeSelector = { disk: 'ssd' };
      }),
  },
  {
    what: 'the image of HelloWorld is nowhere',
    because: /helloworld.*(ImagePull|image)/,
    breakIt: withImage(['sample', 'helloworld-v2'], 'docker.io/istio/no-such-image:v2'),
  },
  {
    what: 'the image of the client is nowhere',
    because: /sleep.*(ImagePull|image)/,
    daily: true,
    breakIt: withImage(['sample', 'sleep'], 'no-registry.example/sleep:1'),
  },
  {
    what: 'the image of a gateway is nowhere',
    because: /has no image for istio-proxy/,
    breakIt: withImage(['istio-system', 'istio-eastwestgateway'], 'docker.io/istio/proxyv2:0.0.0'),
  },
  {
    what: 'an image has a name that is none',
    because: /InvalidImageName/,
    breakIt: withImage(['sample', 'helloworld-v2'], 'Not An Image'),
  },
  { what: 'a pod gets no sandbox', because: /gets no sandbox/, breakIt: noSandbox },
];
