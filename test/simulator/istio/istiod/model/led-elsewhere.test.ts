/** Which clusters are led by the istiod of another one, and what is told of objects beside a real istiod. */
import t from 'tap';
import type { KubernetesObject } from '../../../../../harness/base/kubernetes-client.ts';
import { adviceBesideReal, adviceOn } from '../../../../../harness/simulator/istio/istiod/model/advice.ts';
import { ledElsewhereTold } from '../../../../../harness/simulator/istio/istiod/model/led-elsewhere.ts';

const named = (name: string, labels: Record<string, string> = {}): KubernetesObject => ({
  metadata: { name, labels },
});
const INJECTORS = 'mutatingwebhookconfigurations.admissionregistration.k8s.io';
const lookAt = (objects: Readonly<Record<string, readonly KubernetesObject[]>>) => (resource: string) =>
  objects[resource] ?? [];
const REMOTE = { [INJECTORS]: [named('istio-sidecar-injector')] };
const PRIMARY = { ...REMOTE, 'deployments.apps': [named('istiod', { app: 'istiod' })] };

const RULE = { apiVersion: 'networking.istio.io/v1', kind: 'VirtualService', ...named('a') };

t.test('who leads a cluster', async t => {
  const isLedElsewhere = (objects: Parameters<typeof lookAt>[0]): boolean =>
    ledElsewhereTold(RULE, lookAt(objects)).length > 0;
  t.notOk(isLedElsewhere({}), 'nobody, before an installation');
  t.ok(isLedElsewhere(REMOTE), 'another, without an istiod');
  t.notOk(isLedElsewhere(PRIMARY));
  t.ok(isLedElsewhere({ ...PRIMARY, services: [named('istiod-remote')] }), '1.8 has one that injects');
  t.ok(isLedElsewhere({ [INJECTORS]: [named('istio-sidecar-injector-canary')] }), 'by revision');
});

t.test('of what it is told', async t => {
  t.same(ledElsewhereTold({ apiVersion: 'v1', kind: 'Service', ...named('a') }, lookAt(REMOTE)), []);
  const filter = { ...RULE, ...named('a', { 'operator.istio.io/component': 'Pilot' }) };
  t.same(ledElsewhereTold(filter, lookAt(REMOTE)), [], '1.8 comes with filters');
});

t.test('beside a real istiod', async t => {
  const filter = { apiVersion: 'networking.istio.io/v1alpha3', kind: 'EnvoyFilter', ...named('a') };
  t.same(adviceOn('current', filter), ['EnvoyFilter a is not simulated by mesh-harness and has no effect']);
  t.same(adviceBesideReal('current', filter), [
    'EnvoyFilter a is not simulated by mesh-harness; the real istiod heeds it, and simulated proxies leave out ' +
      'what they do not execute',
  ]);
  const rule = { apiVersion: 'networking.istio.io/v1', kind: 'DestinationRule', ...named('a') };
  const spec = {
    host: 'a',
    trafficPolicy: { tls: { mode: 'SIMPLE' }, tunnel: { targetHost: 'b' } },
  };
  for (const said of adviceBesideReal('current', { ...rule, spec })) t.notMatch(said, /no effect|503/, said);
  t.same(adviceBesideReal('current', { ...rule, spec: { host: 'a' } }), []);
});
