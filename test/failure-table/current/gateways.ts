/**
 * Sections 10.4 to 10.7, 10.9 and 10.10 of the failure table, edition current: east-west gateways, and what
 * is exposed on them.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { packageRoot } from '../../../harness/base/package-root.ts';
import type { World } from '../../../harness/simulator/world.ts';
import {
  delayed,
  type Edit,
  hasty,
  instead,
  inTheEnd,
  kubectl,
  lastOn,
  rewrite,
  thenAlso,
  withArgs,
} from '../edits.ts';
import { podsOf, type Row, type Section } from '../rows.ts';

const sample = (edition: string, file: string) =>
  readFileSync(path.join(packageRoot(), 'fixtures', 'samples', edition, 'multicluster', file), 'utf8');
const EXPOSE_SERVICES = sample('current', 'expose-services.yaml');

/** Nobody gives an address to a Service of a class that nobody implements: it stays <pending>. */
const pendingGateway = (cluster: string, network: string): Edit =>
  thenAlso(
    `${cluster}/install-gateway`,
    [
      kubectl(cluster, 'delete service istio-eastwestgateway -n istio-system'),
      kubectl(cluster, 'apply -f pending.yaml -n istio-system'),
    ],
    [
      {
        path: 'pending.yaml',
        content: `apiVersion: v1
kind: Service
metadata:
  name: istio-eastwestgateway
  labels: {topology.istio.io/network: ${network}, istio: eastwestgateway}
spec:
  type: LoadBalancer
  loadBalancerClass: example.com/none
  selector: {istio: eastwestgateway}
  ports: [{name: tls, port: 15443}, {name: tls-istiod, port: 15012}, {name: tls-webhook, port: 15017}]
`,
      },
    ],
  );

/** expose-services.yaml with another text, in a cluster. */
const exposing = (cluster: string, from: string, to: string): Edit =>
  instead(
    `${cluster}/expose-services`,
    [kubectl(cluster, 'apply -n istio-system -f other.yaml')],
    [{ path: 'other.yaml', content: EXPOSE_SERVICES.replace(from, to) }],
  );

/** Connections from one cluster's pods to ports of load balancers meet a firewall. */
const firewall =
  (kind: 'drop' | 'refuse', from: string, ...ports: readonly number[]) =>
  (world: World): void => {
    world.network.faults[kind](
      flow => flow.from.cluster === from && flow.to.cluster !== from && ports.includes(flow.dialled.port),
    );
  };

const NO_ADDRESS = /^$/;
const webhook = (because: string) => new RegExp(`failed calling webhook .* ${because}`);

const rows10_4: readonly Row[] = [
  {
    fault: 'IstioOperator document piped to kubectl',
    scenario: 'multi-primary-multi-network',
    edits: [
      plan => ({
        ...plan,
        steps: plan.steps.map(step =>
          step.id === 'cluster1/install-gateway'
            ? { ...step, commands: [...step.commands.slice(0, 1), kubectl('cluster1', 'apply -f -')] }
            : step,
        ),
      }),
    ],
    shows: 'BOTH B',
    steps: {
      'cluster1/install-gateway':
        /no matches for kind "IstioOperator" in version "install.istio.io\/v1alpha1"/,
      'cluster1/wait-for-gateway': /services "istio-eastwestgateway" not found/,
    },
  },
  {
    fault: 'gateway before istiod',
    scenario: 'multi-primary-multi-network',
    edits: [hasty('cluster1/install-gateway', 'cluster1/install-istio')],
    shows: 'BOTH X',
    steps: { 'cluster1/install-gateway': /resources not ready after 5m0s/ },
  },
  {
    fault: 'address stays pending',
    scenario: 'multi-primary-multi-network',
    edits: [pendingGateway('cluster1', 'network1')],
    shows: 'BOTH B',
    steps: { 'cluster1/wait-for-gateway': NO_ADDRESS },
  },
  {
    fault: 'address stays pending',
    scenario: 'primary-remote',
    edits: [pendingGateway('cluster1', 'network1')],
    shows: 'R NOPOD',
    steps: { 'cluster1/wait-for-gateway': NO_ADDRESS, 'cluster1/save-address': NO_ADDRESS },
    warning: ['cluster2', webhook('service "istiod" not found')],
  },
  {
    fault: 'script given the wrong network',
    scenario: 'multi-primary-multi-network',
    edits: [rewrite('cluster1/install-gateway', 'network1', 'network2')],
    shows: 'BOTH B',
  },
  {
    fault: 'script given the wrong cluster, which it ignores',
    scenario: 'multi-primary-multi-network',
    edits: [withArgs('cluster1/install-gateway', '--cluster', 'elsewhere')],
    shows: 'BOTH BOTH',
  },
  {
    fault: 'firewall before the load balancer closed',
    scenario: 'multi-primary-multi-network',
    onWorld: firewall('drop', 'cluster2', 15443),
    shows: 'BOTH B',
  },
];

const rows10_5: readonly Row[] = [
  {
    fault: 'applied to cluster2 instead of cluster1',
    scenario: 'primary-remote',
    edits: [
      delayed('cluster1/expose-istiod', 'cluster2/install-istio'),
      lastOn('cluster1/expose-istiod', 'cluster2'),
    ],
    shows: 'R NOPOD',
    warning: ['cluster2', webhook('connect: connection refused')],
  },
  {
    fault: 'wrong namespace',
    scenario: 'primary-remote',
    edits: [rewrite('cluster1/expose-istiod', 'istio-system', 'default')],
    shows: 'BOTH BOTH',
  },
  {
    fault: 'the TCP form of 1.8',
    scenario: 'primary-remote',
    edits: [
      instead(
        'cluster1/expose-istiod',
        [kubectl('cluster1', 'apply -f of-1.8.yaml')],
        [{ path: 'of-1.8.yaml', content: sample('1.8', 'expose-istiod.yaml') }],
      ),
    ],
    shows: 'BOTH BOTH',
  },
];

const rows10_6: readonly Row[] = [
  {
    fault: 'applied before there are CRDs',
    scenario: 'multi-primary-multi-network',
    edits: [hasty('cluster1/expose-services', 'cluster1/install-istio')],
    shows: 'BOTH X',
    steps: {
      'cluster1/expose-services': /no matches for kind "Gateway" .*\n?ensure CRDs are installed first/,
    },
  },
  {
    fault: 'applied in the remote, where nobody reads it',
    scenario: 'primary-remote-multi-network',
    edits: [
      delayed('cluster1/expose-services', 'cluster2/install-istio'),
      lastOn('cluster1/expose-services', 'cluster2'),
    ],
    shows: 'X X',
  },
  {
    fault: 'hosts narrowed',
    scenario: 'multi-primary-multi-network',
    edits: [exposing('cluster1', '*.local', '*.example.local')],
    shows: 'BOTH X',
  },
  {
    fault: 'another port',
    scenario: 'multi-primary-multi-network',
    edits: [exposing('cluster1', '15443', '15444')],
    shows: 'BOTH X',
  },
  {
    fault: 'mode PASSTHROUGH',
    scenario: 'multi-primary-multi-network',
    edits: [exposing('cluster1', 'AUTO_PASSTHROUGH', 'PASSTHROUGH')],
    shows: 'BOTH X',
  },
];

const ADDRESS = `\${DISCOVERY_ADDRESS}`;

const rows10_7: readonly Row[] = [
  {
    fault: 'an address where nothing answers',
    scenario: 'primary-remote',
    edits: [rewrite('cluster2/install-istio', ADDRESS, '192.0.2.1')],
    shows: 'R NOPOD',
    warning: ['cluster2', webhook('(context deadline exceeded|i/o timeout)')],
  },
  {
    fault: 'an address of a machine that does not listen',
    scenario: 'primary-remote',
    edits: [rewrite('cluster2/install-istio', ADDRESS, '172.30.0.2')],
    shows: 'R NOPOD',
    warning: ['cluster2', webhook('connect: connection refused')],
  },
  {
    fault: 'address of the ingress gateway',
    scenario: 'primary-remote',
    edits: [rewrite('cluster1/save-address', 'istio-eastwestgateway', 'istio-ingressgateway')],
    shows: 'R NOPOD',
    warning: ['cluster2', webhook('(connect: connection refused|context deadline exceeded|i/o timeout)')],
  },
  {
    // The API server and running proxies keep the connections that they have; a new proxy has none, and
    // waits.
    fault: 'address gone later',
    scenario: 'primary-remote',
    edits: [
      inTheEnd([
        kubectl('cluster1', 'delete service istio-eastwestgateway -n istio-system'),
        kubectl('cluster2', 'delete pod -l app=helloworld -n sample'),
      ]),
    ],
    shows: 'R REMOTE-ONLY',
    look: async (clients, t) => t.match(await podsOf(clients, 'cluster2'), /helloworld-v2\S* 1\/2 Running/),
  },
];

const rows10_9: readonly Row[] = [
  {
    fault: 'address stays pending',
    scenario: 'multi-primary-multi-network',
    edits: [pendingGateway('cluster2', 'network2')],
    shows: 'B BOTH',
    steps: { 'cluster2/wait-for-gateway': NO_ADDRESS },
  },
  {
    // It recovers by itself when the ReplicaSets try again, minutes later.
    fault: 'installed before the remote secret',
    scenario: 'primary-remote-multi-network',
    edits: [delayed('remote-secret/cluster2-in-cluster1', 'cluster2/install-gateway')],
    shows: 'BOTH BOTH',
    steps: { 'cluster2/install-gateway': /resources not ready after 5m0s/ },
  },
  ...['multi-primary-multi-network', 'primary-remote-multi-network'].map(
    (scenario): Row => ({
      fault: 'labelled network1',
      scenario,
      edits: [rewrite('cluster2/install-gateway', 'network2', 'network1')],
      shows: 'B BOTH',
    }),
  ),
  {
    fault: "packets to cluster2's gateway dropped",
    scenario: 'multi-primary-multi-network',
    onWorld: firewall('drop', 'cluster1', 15443),
    shows: 'B BOTH',
  },
  {
    fault: "connections to cluster2's gateway rejected",
    scenario: 'primary-remote-multi-network',
    onWorld: firewall('refuse', 'cluster1', 15443),
    shows: 'X BOTH',
  },
  {
    fault: "packets to cluster1's gateway dropped, but not those to istiod",
    scenario: 'primary-remote-multi-network',
    onWorld: firewall('drop', 'cluster2', 15443),
    shows: 'BOTH B',
  },
  {
    fault: "connections to cluster1's gateway rejected, but not those to istiod",
    scenario: 'primary-remote-multi-network',
    onWorld: firewall('refuse', 'cluster2', 15443),
    shows: 'BOTH X',
  },
  {
    fault: "packets to istiod behind cluster1's gateway dropped",
    scenario: 'primary-remote',
    onWorld: firewall('drop', 'cluster2', 15012, 15017, 443),
    shows: 'R NOPOD',
    warning: ['cluster2', webhook('(context deadline exceeded|i/o timeout)')],
  },
];

const rows10_10: readonly Row[] = [
  {
    fault: 'not in the plan: one resource programs both gateways',
    scenario: 'primary-remote-multi-network',
    shows: 'BOTH BOTH',
  },
];

export const sections: readonly Section[] = [
  { section: '10.4', rows: rows10_4 },
  { section: '10.5', rows: rows10_5 },
  { section: '10.6', rows: rows10_6 },
  { section: '10.7', rows: rows10_7 },
  { section: '10.9', rows: rows10_9 },
  { section: '10.10', rows: rows10_10 },
];
