/** What is not simulated is told when it is written, and in istiod's log at the same time. */
import t from 'tap';
import type { KubernetesObject } from '../../../../harness/base/kubernetes-client.ts';
import { reviewValidation } from '../../../../harness/simulator/istio/istiod/injection/validation.ts';
import { notSimulatedIn } from '../../../../harness/simulator/istio/istiod/model/not-simulated.ts';
import { RuledMesh } from '../../../support/ruled-mesh.ts';

const object = (apiVersion: string, kind: string, spec: object): KubernetesObject => ({
  apiVersion: `${apiVersion}.istio.io/${kind === 'Telemetry' ? 'v1' : apiVersion === 'security' ? 'v1beta1' : 'v1alpha3'}`,
  kind,
  metadata: { name: 'x', namespace: 'sample' },
  spec,
});
const told = (it: KubernetesObject): readonly string[] => notSimulatedIn(it, 'cluster.local', 'current');

t.test('kinds that nobody executes', async t => {
  for (const kind of ['WorkloadGroup', 'EnvoyFilter', 'ProxyConfig'])
    t.same(told(object('networking', kind, {})), [
      `${kind} sample/x is not simulated by mesh-harness and has no effect`,
    ]);
});

t.test('fields that nobody executes', async t => {
  t.same(told(object('networking', 'DestinationRule', { host: 'a', trafficPolicy: { proxyProtocol: {} } })), [
    'DestinationRule sample/x: spec.trafficPolicy.proxyProtocol is not simulated and has no effect',
  ]);
  t.same(
    told(
      object('networking', 'VirtualService', {
        hosts: ['a'],
        http: [{ route: [{ destination: { host: 'a' } }], future: 1 }],
      }),
    ),
    [
      'VirtualService sample/x: spec.http[0].future is not simulated and has no effect',
      'VirtualService sample/x: spec.http[0] is left out, since not all of it is simulated',
    ],
  );
  t.same(
    told(
      object('networking', 'VirtualService', {
        hosts: ['a'],
        tcp: [{ match: [{ sourceSubnet: '10.0.0.0/8' }], route: [{}] }],
      }),
    ),
    ['VirtualService sample/x: spec.tcp[0].match[0].sourceSubnet is not simulated and has no effect'],
  );
  t.same(told(object('security', 'PeerAuthentication', { mtls: { mode: 'STRICT' } })), []);
});

t.test('what istioctl installs is not told: 1.8 comes with filters for telemetry', async t => {
  const filter = object('networking', 'EnvoyFilter', {});
  const labels = { 'operator.istio.io/component': 'Pilot' };
  t.same(told({ ...filter, metadata: { ...filter.metadata, labels } }), []);
});

t.test('a review warns of it, and not of what it refuses', async t => {
  const review = (it: KubernetesObject) =>
    reviewValidation({ request: { uid: '1', kind: { kind: it.kind }, object: it } }, () => ({
      warnings: ['not simulated'],
    }));
  t.match(review(object('networking', 'Sidecar', { egress: [{ hosts: ['*/*'] }] })), {
    response: { allowed: true, warnings: ['not simulated'] },
  });
  const refused = review(object('networking', 'Gateway', {})) as { response: object };
  t.match(refused, { response: { allowed: false } });
  t.notOk('warnings' in refused.response);
});

t.test('istiod logs it when it comes', async t => {
  await using mesh = await RuledMesh.install('multi-primary');
  const entry = object('networking', 'EnvoyFilter', { configPatches: [] });
  const log = await mesh.with([entry], async () => await mesh.istiodLog());
  t.match(log, /EnvoyFilter sample\/x is not simulated by mesh-harness and has no effect/);
});
