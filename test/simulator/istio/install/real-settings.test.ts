/** Settings that Istio has and the simulator has not are told as such; others are the user's mistake. */
import t from 'tap';
import { readSettings } from '../../../../harness/simulator/istio/install/settings.ts';

const refusalOf = (spec: Record<string, unknown>): string => {
  try {
    readSettings(spec);
    return '';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
};
const ROWS: readonly [spec: Record<string, unknown>, refusal: string][] = [
  [{}, ''],
  [{ meshConfig: { trustDomain: 'a.example' } }, ''],
  [
    { meshConfig: { discoverySelectors: [] } },
    'not simulated by mesh-harness: meshConfig.discoverySelectors',
  ],
  [{ meshConfig: { caCertificates: [] } }, 'not simulated by mesh-harness: meshConfig.caCertificates'],
  [
    { values: { global: { configCluster: true } } },
    'not simulated by mesh-harness: values.global.configCluster',
  ],
  [
    { values: { sidecarInjectorWebhook: {} } },
    'not simulated by mesh-harness: values.sidecarInjectorWebhook',
  ],
  [{ values: { pilot: { configMap: true } } }, 'not simulated by mesh-harness: values.pilot.configMap'],
  [
    { values: { gateways: { 'istio-ingressgateway': { type: 'NodePort' } } } },
    'not simulated by mesh-harness: values.gateways.istio-ingressgateway.type',
  ],
  [{ components: { cni: { enabled: true } } }, 'not simulated by mesh-harness: components.cni'],
  [
    { components: { ingressGateways: [{ name: 'a', k8s: { hpaSpec: {} } }] } },
    'not simulated by mesh-harness: components.ingressGateways.0.k8s.hpaSpec',
  ],
  [{ profile: 'ambient' }, 'not simulated by mesh-harness: profile ambient'],
  [{ revision: 'canary' }, 'not simulated by mesh-harness: revision canary'],
  [
    { values: { global: { istioNamespace: 'external-istiod' } } },
    'not simulated by mesh-harness: values.global.istioNamespace external-istiod, a namespace other than istio-system',
  ],
];
for (const [spec, refusal] of ROWS)
  t.test(JSON.stringify(spec), async t => {
    t.equal(refusalOf(spec), refusal);
  });

t.test('what Istio has not either is a mistake, which its own flag would let through', async t => {
  t.equal(
    refusalOf({ meshConfig: { discoverySelector: [] } }),
    'validation errors (use --force to override): \nunknown field "discoverySelector" in meshConfig',
  );
  t.match(refusalOf({ profile: 'ambiant' }), /use --force to override.*\nprofile: /s);
});
