/**
 * Sections 10.13 and 10.14 of the failure table, edition current: what is deployed to verify, and how faults
 * are unmasked.
 */
import { delayed, type Edit, instead, inTheEnd, kubectl, mutation, rewrite } from '../edits.ts';
import type { Row, Section } from '../rows.ts';

/** HelloWorld's Service, its port named otherwise. */
const serviceWithPort = (cluster: string, name: string): Edit =>
  instead(
    `${cluster}/create-helloworld-service`,
    [kubectl(cluster, 'apply -f service.yaml -n sample')],
    [
      {
        path: 'service.yaml',
        content: `apiVersion: v1
kind: Service
metadata: {name: helloworld, labels: {app: helloworld, service: helloworld}}
spec: {ports: [{port: 5000, name: ${name}}], selector: {app: helloworld}}
`,
      },
    ],
  );

const withoutLocalVersion = inTheEnd([
  kubectl('cluster1', 'scale deployment helloworld-v1 --replicas=0 -n sample'),
  kubectl('cluster1', 'wait --for=delete pod -l app=helloworld -n sample'),
]);

const rows10_13: readonly Row[] = [
  {
    fault: 'label added after the Deployments',
    scenario: 'multi-primary',
    edits: [
      delayed('cluster1/enable-injection', 'cluster1/deploy-curl'),
      delayed('cluster1/enable-injection', 'cluster1/deploy-helloworld-v1'),
    ],
    shows: 'LOC-plain BOTH',
  },
  {
    fault: 'label istio-injection=true',
    scenario: 'multi-primary-multi-network',
    edits: [rewrite('cluster2/enable-injection', 'istio-injection=enabled', 'istio-injection=true')],
    shows: 'R LOC-plain',
  },
  {
    fault: 'Service missing in both',
    scenario: 'multi-primary',
    omit: ['cluster1/create-helloworld-service', 'cluster2/create-helloworld-service'],
    shows: 'DNS DNS',
    steps: {
      'cluster1/call-helloworld': /Could not resolve host: helloworld\.sample/,
      'cluster2/call-helloworld': /Could not resolve host: helloworld\.sample/,
    },
    errors: { cluster1: /curl: \(6\) Could not resolve host: helloworld\.sample/ },
  },
  {
    fault: 'Service of cluster2 in another namespace',
    scenario: 'multi-primary',
    edits: [
      instead('cluster2/create-helloworld-service', [
        kubectl('cluster2', 'apply -f samples/helloworld/helloworld.yaml -l service=helloworld -n default'),
      ]),
    ],
    shows: 'R DNS',
    steps: { 'cluster2/call-helloworld': /Could not resolve host: helloworld\.sample/ },
  },
  ...['tcp-hello', 'hello'].map(
    (name): Row => ({
      fault: `Service's port named ${name}`,
      scenario: 'multi-primary-multi-network',
      edits: [serviceWithPort('cluster1', name), serviceWithPort('cluster2', name)],
      shows: 'BOTH BOTH',
    }),
  ),
  {
    fault: 'both versions everywhere',
    scenario: 'multi-primary',
    edits: [mutation('both-versions-everywhere')],
    shows: 'MISPLACED MISPLACED',
  },
  {
    fault: 'v1 in both clusters, v2 nowhere',
    scenario: 'multi-primary-multi-network',
    edits: [
      rewrite('cluster2/deploy-helloworld-v2', 'version=v2', 'version=v1'),
      rewrite('cluster2/wait-for-helloworld-v2', 'helloworld-v2', 'helloworld-v1'),
    ],
    shows: 'MISPLACED MISPLACED',
  },
  {
    fault: 'exec into a container sleep',
    scenario: 'multi-primary',
    edits: [
      plan => ({
        ...plan,
        steps: plan.steps.map(step =>
          step.id === 'cluster1/call-helloworld'
            ? {
                ...step,
                commands: step.commands.map(command => ({
                  ...command,
                  args: command.args.map((arg, index) => (command.args[index - 1] === '-c' ? 'sleep' : arg)),
                })),
              }
            : step,
        ),
      }),
    ],
    shows: 'BOTH BOTH',
    steps: { 'cluster1/call-helloworld': /container sleep is not valid for|Unexpected server response: 400/ },
  },
];

const rows10_14: readonly Row[] = [
  {
    fault: 'R unmasked',
    scenario: 'multi-primary',
    omit: ['remote-secret/cluster2-in-cluster1'],
    edits: [withoutLocalVersion],
    shows: 'R R',
    errors: { cluster1: /^503 no healthy upstream$/ },
  },
  {
    fault: 'X unmasked',
    scenario: 'multi-primary-multi-network',
    omit: ['cluster2/expose-services'],
    edits: [withoutLocalVersion],
    shows: 'X R',
    errors: {
      cluster1:
        /^503 upstream connect error .*retried and the latest reset reason: remote connection failure$/,
    },
  },
  {
    fault: 'X by different roots unmasked',
    scenario: 'multi-primary',
    edits: [mutation('different-roots'), withoutLocalVersion],
    shows: 'X R',
    errors: {
      cluster1: /^503 .*retried and the latest reset reason: remote connection failure$/,
    },
  },
  {
    fault: 'B unmasked',
    scenario: 'multi-primary-multi-network',
    omit: ['cluster2/install-gateway'],
    edits: [withoutLocalVersion],
    shows: 'B R',
    errors: { cluster1: /^503 .*retried and the latest reset reason: connection timeout$|^curl: \(28\)/ },
    steps: { 'cluster2/wait-for-gateway': /services "istio-eastwestgateway" not found/ },
  },
];

export const sections: readonly Section[] = [
  { section: '10.13', rows: rows10_13 },
  { section: '10.14', rows: rows10_14 },
];
