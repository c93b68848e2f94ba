import t from 'tap';
import {
  cidrContains,
  readMeshConfig,
} from '../../../../../harness/simulator/istio/istiod/model/mesh-config.ts';
import type { RegistryService } from '../../../../../harness/simulator/istio/istiod/model/mesh-model.ts';
import {
  discoverGateways,
  networkOf,
} from '../../../../../harness/simulator/istio/istiod/model/network-of.ts';
import { behaviourOf } from '../../../../../harness/simulator/istio/releases.ts';

const MESH = readMeshConfig({
  mesh: 'trustDomain: cluster.local\n',
  meshNetworks: `
networks:
  network1:
    endpoints:
    - fromRegistry: cluster1
    gateways:
    - registryServiceName: istio-eastwestgateway.istio-system.svc.cluster.local
      port: 15443
  network2:
    endpoints:
    - fromRegistry: cluster2
    - fromCidr: 10.99.0.0/16
    gateways:
    - registryServiceName: istio-eastwestgateway.istio-system.svc.cluster.local
      port: 15443
`,
});

t.test('the network of an endpoint, by precedence', async t => {
  const all = {
    address: '10.99.0.1',
    clusterId: 'cluster1',
    podLabel: 'by-pod',
    namespaceLabel: 'by-namespace',
  };
  const rows = [
    ['everything tells', all, 'network2', 'by-pod'],
    ['no CIDR', { ...all, address: '10.1.0.1' }, 'by-pod', 'by-pod'],
    ['no pod label', { ...all, address: '10.1.0.1', podLabel: undefined }, 'network1', 'by-namespace'],
    [
      'the namespace only',
      { ...all, address: '10.1.0.1', podLabel: undefined, clusterId: 'other' },
      'by-namespace',
      'by-namespace',
    ],
    [
      'the CIDR only',
      { ...all, podLabel: undefined, namespaceLabel: '', clusterId: 'other' },
      'network2',
      'network2',
    ],
    ['nothing', { address: '10.1.0.1', clusterId: 'other', podLabel: undefined, namespaceLabel: '' }, '', ''],
  ] as const;
  for (const [name, facts, old, current] of rows) {
    t.equal(networkOf(behaviourOf('1.8.0'), MESH, facts), old, `${name}, 1.8.0`);
    t.equal(networkOf(behaviourOf('1.30.3'), MESH, facts), current, `${name}, 1.30.3`);
  }
});

t.test('a CIDR', async t => {
  t.ok(cidrContains('10.99.0.0/16', '10.99.255.1'));
  t.notOk(cidrContains('10.99.0.0/16', '10.100.0.1'));
  t.ok(cidrContains('0.0.0.0/0', '1.2.3.4'));
});

const eastWest = (
  labels: Record<string, string>,
  externalAddresses: string[],
  port = 15443,
): RegistryService => ({
  hostname: 'istio-eastwestgateway.istio-system.svc.cluster.local',
  name: 'istio-eastwestgateway',
  namespace: 'istio-system',
  clusterIp: '10.255.0.1',
  isHeadless: false,
  externalName: undefined,
  selector: {},
  labels,
  ports: [{ name: 'mtls', port, targetPort: port, protocol: 'tcp' }],
  externalAddresses,
  exportTo: [],
  createdMs: 0,
});
const source = (clusterId: string, service?: RegistryService) => ({
  clusterId,
  labelledServices: () => (service?.labels['topology.istio.io/network'] ? [service] : []),
  service: (hostname: string) => (service?.hostname === hostname ? service : undefined),
  externalAddressesOf: (asked: RegistryService) => asked.externalAddresses,
});
const NETWORK1 = { 'topology.istio.io/network': 'network1' };

t.test('the gateways that are known', async t => {
  const rows = [
    {
      name: 'by label',
      sources: [source('cluster1', eastWest(NETWORK1, ['172.18.1.1']))],
      old: ['network1 172.18.1.1:15443'],
    },
    {
      name: "by the mesh's configuration",
      sources: [source('cluster1', eastWest({}, ['172.18.1.1']))],
      old: ['network1 172.18.1.1:15443'],
    },
    {
      name: 'in a cluster that is not listed for the network',
      sources: [source('other', eastWest({}, ['172.18.1.1']))],
      old: [],
    },
    {
      name: 'the label wins',
      sources: [source('cluster2', eastWest(NETWORK1, ['172.18.2.1']))],
      old: ['network1 172.18.2.1:15443', 'network2 172.18.2.1:15443'],
    },
    { name: 'an address is still pending', sources: [source('cluster1', eastWest(NETWORK1, []))], old: [] },
    {
      name: 'on another port, by label',
      sources: [
        source(
          'cluster1',
          eastWest({ ...NETWORK1, 'networking.istio.io/gatewayPort': '15444' }, ['172.18.1.1'], 15444),
        ),
      ],
      old: ['network1 172.18.1.1:15444'],
    },
    {
      name: 'a Service that does not have the port',
      sources: [source('cluster1', eastWest(NETWORK1, ['172.18.1.1'], 80))],
      old: ['network1 172.18.1.1:15443'],
      current: ['network1 172.18.1.1:15443'], // by the mesh's configuration, which takes any Service
    },
    {
      name: 'a Service that does not have the port, in a cluster that is not listed for the network',
      sources: [source('other', eastWest(NETWORK1, ['172.18.1.1'], 80))],
      old: ['network1 172.18.1.1:15443'],
      current: [],
    },
    {
      name: 'a host name',
      sources: [source('cluster1', eastWest(NETWORK1, ['lb.example.org']))],
      old: ['network1 lb.example.org:15443'],
      current: ['network1 172.18.9.9:15443'],
    },
  ];
  for (const { name, sources, old, current = old } of rows) {
    for (const [version, expected] of [
      ['1.8.0', old],
      ['1.30.3', current],
    ] as const) {
      const gateways = discoverGateways(
        behaviourOf(version),
        MESH,
        sources,
        new Map([['lb.example.org', ['172.18.9.9']]]),
      );
      t.strictSame(
        gateways
          .all()
          .map(({ network, address, port }) => `${network} ${address}:${port}`)
          .sort(),
        [...expected].sort(),
        `${name}, ${version}`,
      );
    }
  }
});
