import t from 'tap';
import {
  type EndpointView,
  filterByNetwork,
} from '../../../../../harness/simulator/istio/istiod/mesh/endpoint-filter.ts';
import type {
  IstioEndpoint,
  NetworkGateway,
} from '../../../../../harness/simulator/istio/istiod/model/mesh-model.ts';
import { NetworkGateways } from '../../../../../harness/simulator/istio/istiod/model/network-of.ts';
import { behaviourOf } from '../../../../../harness/simulator/istio/releases.ts';

const endpoint = (
  address: string,
  network: string,
  clusterId: string,
  tlsMode: 'istio' | 'disabled' = 'istio',
): IstioEndpoint => ({
  address,
  port: 5000,
  servicePortName: 'http',
  clusterId,
  network,
  identity: 'spiffe://cluster.local/ns/sample/sa/default',
  tlsMode,
  labels: {},
});
const gateway = (network: string, address: string, clusterId: string): NetworkGateway => ({
  network,
  address,
  clusterId,
  port: 15443,
});

const V1 = endpoint('10.10.0.1', 'network1', 'cluster1');
const V2 = endpoint('10.30.0.1', 'network2', 'cluster2');
const G1 = gateway('network1', '172.18.1.1', 'cluster1');
const G2 = gateway('network2', '172.18.2.1', 'cluster2');
const IN_1: EndpointView = { network: 'network1', requestedNetworks: [] };
const GATEWAY_OF_1: EndpointView = { network: 'network1', requestedNetworks: ['network1'] };

interface Row {
  readonly name: string;
  readonly endpoints: readonly IstioEndpoint[];
  readonly gateways: readonly NetworkGateway[];
  readonly view: EndpointView;
  /** `address:port*weight`, per line of releases. */
  readonly expected: { readonly '1.8': readonly string[]; readonly current: readonly string[] };
}
const both = (...expected: string[]) => ({ '1.8': expected, current: expected });

const ROWS: readonly Row[] = [
  {
    name: 'no gateway is known anywhere: every endpoint is reached directly',
    endpoints: [V1, V2],
    gateways: [],
    view: IN_1,
    expected: both('10.10.0.1:5000*1', '10.30.0.1:5000*1'),
  },
  {
    name: 'an endpoint on another network is replaced by its gateway',
    endpoints: [V1, V2],
    gateways: [G1, G2],
    view: IN_1,
    expected: both('10.10.0.1:5000*1', '172.18.2.1:15443*1'),
  },
  {
    name: 'a network without a gateway is not left out: its raw address goes to the client',
    endpoints: [V1, V2],
    gateways: [G1],
    view: IN_1,
    expected: both('10.10.0.1:5000*1', '10.30.0.1:5000*1'),
  },
  {
    name: 'weights of their own count since 1.8',
    endpoints: [
      { ...V1, weight: 4 },
      { ...V2, weight: 3 },
    ],
    gateways: [G1, G2],
    view: IN_1,
    expected: {
      '1.8': ['10.10.0.1:5000*1', '172.18.2.1:15443*1'],
      current: ['10.10.0.1:5000*4', '172.18.2.1:15443*3'],
    },
  },
  {
    name: 'the weight of a gateway is the number of endpoints behind it',
    endpoints: [
      V1,
      V2,
      endpoint('10.30.0.2', 'network2', 'cluster2'),
      endpoint('10.30.0.3', 'network2', 'cluster2'),
    ],
    gateways: [G1, G2],
    view: IN_1,
    expected: both('10.10.0.1:5000*1', '172.18.2.1:15443*3'),
  },
  {
    name: 'two gateways of one network share its weight, local endpoints keep pace',
    endpoints: [V1, V2],
    gateways: [G1, G2, gateway('network2', '172.18.2.2', 'cluster2')],
    view: IN_1,
    expected: both('10.10.0.1:5000*2', '172.18.2.1:15443*1', '172.18.2.2:15443*1'),
  },
  {
    name: 'plaintext endpoints of another network are left out',
    endpoints: [V1, endpoint('10.30.0.1', 'network2', 'cluster2', 'disabled')],
    gateways: [G1, G2],
    view: IN_1,
    expected: both('10.10.0.1:5000*1'),
  },
  {
    name: 'an east-west gateway sees its own network only',
    endpoints: [V1, V2],
    gateways: [G1, G2],
    view: GATEWAY_OF_1,
    expected: both('10.10.0.1:5000*1'),
  },
  {
    name: "the gateway of 1.8 takes an endpoint of a network without gateways for its own, today's does not",
    endpoints: [V1, V2],
    gateways: [G1],
    view: GATEWAY_OF_1,
    expected: { '1.8': ['10.10.0.1:5000*1', '10.30.0.1:5000*1'], current: ['10.10.0.1:5000*1'] },
  },
  {
    name: "a gateway labelled with the wrong network: today the endpoint's own cluster decides, in 1.8 all share",
    endpoints: [V2],
    gateways: [gateway('network2', '172.18.1.1', 'cluster1'), G2],
    view: IN_1,
    expected: { '1.8': ['172.18.1.1:15443*1', '172.18.2.1:15443*1'], current: ['172.18.2.1:15443*2'] },
  },
  {
    name: 'a gateway known by host name makes the network unreachable in 1.8',
    endpoints: [V1, V2],
    gateways: [gateway('network2', 'lb.example.org', 'cluster2')],
    view: IN_1,
    expected: { '1.8': ['10.10.0.1:5000*1'], current: ['10.10.0.1:5000*1', 'lb.example.org:15443*1'] },
  },
  {
    name: 'a proxy without a network reaches all directly in 1.8, through gateways today',
    endpoints: [V1, V2],
    gateways: [G2],
    view: { network: '', requestedNetworks: [] },
    expected: {
      '1.8': ['10.10.0.1:5000*1', '10.30.0.1:5000*1'],
      current: ['10.10.0.1:5000*1', '172.18.2.1:15443*1'],
    },
  },
];

for (const version of ['1.8.0', '1.30.3']) {
  const behaviour = behaviourOf(version);
  t.test(`endpoints by network, Istio ${version}`, async t => {
    for (const { name, endpoints, gateways, view, expected } of ROWS) {
      const result = filterByNetwork(behaviour, new NetworkGateways(gateways), view, endpoints);
      t.strictSame(
        result.map(({ address, port, weight }) => `${address}:${port}*${weight}`),
        expected[behaviour.line],
        name,
      );
    }
  });
}
