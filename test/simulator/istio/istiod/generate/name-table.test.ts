/** NDS: a real istiod's table is read, and ours is of the same form. */
import t from 'tap';
import { encodeNameTable } from '../../../../../harness/simulator/istio/istiod/generate/name-table.ts';
import type { MeshService } from '../../../../../harness/simulator/istio/istiod/mesh/mesh-service.ts';
import type { PushContext } from '../../../../../harness/simulator/istio/istiod/mesh/push-context.ts';
import { encodeMessage } from '../../../../../harness/simulator/istio/xds/proto/encode-message.ts';
import { messageJson } from '../../../../../harness/simulator/istio/xds/proto/message-json.ts';
import { readRecording } from '../../../../support/recording.ts';

const NAME_TABLE = 'istio.networking.nds.v1.NameTable';
const ASKER = {
  clusterId: 'cluster1',
  role: 'sidecar',
  view: { network: 'network1', requestedNetworks: [] },
} as const;

t.test('a recorded table', async t => {
  const [recorded] = readRecording('multi-primary').proxies.get('curl')?.told.nds ?? [];
  const json = messageJson(NAME_TABLE, recorded?.body ?? new Uint8Array());
  t.match(json, {
    table: {
      'helloworld.sample.svc.cluster.local': {
        ips: [/^10\.255\.10\.\d+$/],
        registry: 'Kubernetes',
        shortname: 'helloworld',
        namespace: 'sample',
      },
    },
  });
});

const service = (name: string, more: Partial<MeshService>): MeshService => ({
  hostname: `${name}.sample.svc.cluster.local`,
  name,
  namespace: 'sample',
  ports: [{ name: 'http', port: 80, targetPort: 80, protocol: 'http' }],
  isHeadless: false,
  isExternalName: false,
  isClusterLocal: false,
  clusterIps: new Map(),
  defaultClusterIp: '',
  exportTo: [],
  ...more,
});
const endpoint = (address: string, clusterId: string, network: string, servicePortName = 'http') => ({
  address,
  clusterId,
  network,
  servicePortName,
});

t.test('addresses of the asker: its own cluster’s, or the pods of a headless service', async t => {
  const state = {
    services: [
      service('both', {
        clusterIps: new Map([
          ['cluster1', '10.1.0.1'],
          ['cluster2', '10.2.0.1'],
        ]),
      }),
      service('far', { clusterIps: new Map([['cluster2', '10.2.0.2']]), defaultClusterIp: '10.2.0.2' }),
      service('heads', { isHeadless: true }),
      service('nothing', {}),
      service('outside', { isExternalName: true, defaultClusterIp: '10.9.9.9' }),
    ],
    endpoints: () => [
      endpoint('10.10.0.1', 'cluster1', 'network1'),
      endpoint('10.10.0.1', 'cluster1', 'network1', 'metrics'),
      endpoint('10.10.0.2', 'cluster1', 'network2'),
      endpoint('10.20.0.1', 'cluster2', 'network1'),
    ],
  };
  // A cast: nothing else of the mesh is asked for.
  const table = encodeNameTable({ state } as unknown as PushContext, ASKER);
  const entry = (name: string, ...ips: string[]) => [
    `${name}.sample.svc.cluster.local`,
    { ips, registry: 'Kubernetes', shortname: name, namespace: 'sample' },
  ];
  const wanted = Object.fromEntries([
    entry('both', '10.1.0.1'),
    entry('far', '10.2.0.2'),
    entry('heads', '10.10.0.1'),
  ]);
  t.strictSame(JSON.parse(JSON.stringify(messageJson(NAME_TABLE, table))), { table: wanted });
  t.strictSame(table, encodeMessage(NAME_TABLE, { table: wanted }));
  const ofGateway = encodeNameTable({ state } as unknown as PushContext, { ...ASKER, role: 'router' });
  t.equal(ofGateway.length, 0, 'nothing beside a gateway asks for names');
});
