/** Settings that Istio has and the simulator has not are told as such; others are the user's mistake. */
import t from 'tap';
import { renderInstall } from '../../../../harness/simulator/istio/install/render.ts';
import { readSettings } from '../../../../harness/simulator/istio/install/settings.ts';

const refusalOf = (spec: Record<string, unknown>): string => {
  try {
    readSettings(spec);
    return '';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
};
const HINT = '\n(use --force to install without what is not simulated)';
const ROWS: readonly [spec: Record<string, unknown>, refusal: string][] = [
  [{}, ''],
  [{ meshConfig: { trustDomain: 'a.example' } }, ''],
  [{ meshConfig: { discoverySelectors: [] } }, ''],
  [{ meshConfig: { caCertificates: [] } }, ''],
  [{ values: { meshConfig: { accessLogEncoding: 'JSON' } } }, ''],
  [{ values: { gateways: { 'istio-ingressgateway': { type: 'NodePort' } } } }, ''],
  [{ components: { cni: { enabled: true } } }, ''],
  [{ components: { ingressGateways: [{ name: 'a', k8s: { hpaSpec: {} } }] } }, ''],
  [{ revision: 'canary' }, ''],
  [{ values: { pilot: { configMap: true }, global: { sds: { token: { aud: 'istio-ca' } } } } }, ''],
  [{ values: { sidecarInjectorWebhook: { enableNamespacesByDefault: false, neverInjectSelector: [] } } }, ''],
  [{ values: { sidecarInjectorWebhook: { rewriteAppHTTPProbe: true, reinvocationPolicy: 'Never' } } }, ''],
  [
    { values: { sidecarInjectorWebhook: { reinvocationPolicy: 'IfNeeded' } } },
    'not simulated by mesh-harness: values.sidecarInjectorWebhook.reinvocationPolicy',
  ],
  [
    { values: { sidecarInjectorWebhook: { rewriteAppHTTPProbe: false } } },
    'not simulated by mesh-harness: values.sidecarInjectorWebhook.rewriteAppHTTPProbe',
  ],
  [{ values: { global: { proxy: { statusPort: 15020, includeIPRanges: '*', excludeIPRanges: '' } } } }, ''],
  [
    { values: { global: { sds: { token: { aud: 'other' } } } } },
    'not simulated by mesh-harness: values.global.sds',
  ],
  [{ unvalidatedValues: { pilot: { nodeSelector: { a: 'b' } } } }, ''],
  [
    { meshConfig: { h2UpgradePolicy: 'UPGRADE' } },
    'not simulated by mesh-harness: meshConfig.h2UpgradePolicy',
  ],
  [
    { values: { global: { configCluster: true } } },
    'not simulated by mesh-harness: values.global.configCluster',
  ],
  [
    { values: { sidecarInjectorWebhook: { enableNamespacesByDefault: true } } },
    'not simulated by mesh-harness: values.sidecarInjectorWebhook.enableNamespacesByDefault',
  ],
  [{ values: { pilot: { configMap: false } } }, 'not simulated by mesh-harness: values.pilot.configMap'],
  [
    { values: { global: { pilotCertProvider: 'kubernetes' } } },
    'not simulated by mesh-harness: values.global.pilotCertProvider kubernetes',
  ],
  [{ components: { ztunnel: {} } }, 'not simulated by mesh-harness: components.ztunnel'],
  [
    { components: { ingressGateways: [{ name: 'a', k8s: { volumes: [] } }] } },
    'not simulated by mesh-harness: components.ingressGateways.0.k8s.volumes',
  ],
  [{ profile: 'ambient' }, 'not simulated by mesh-harness: profile ambient'],
  [
    { values: { global: { istioNamespace: 'external-istiod' } } },
    'not simulated by mesh-harness: values.global.istioNamespace external-istiod, a namespace other than istio-system',
  ],
];
for (const [spec, refusal] of ROWS)
  t.test(JSON.stringify(spec), async t => {
    t.equal(refusalOf(spec), refusal === '' ? '' : `${refusal}${HINT}`);
  });

t.test('forced, it is left out and told', async t => {
  for (const [spec, refusal] of ROWS)
    t.same(readSettings(spec, true).leftOut, refusal === '' ? [] : [refusal], JSON.stringify(spec));
  const wrong = { profile: 'ambiant', meshConfig: { discoverySelector: [] } };
  t.match(readSettings(wrong, true), {
    profile: 'default',
    leftOut: [/^profile "ambiant" not found: /, 'unknown field "discoverySelector" in meshConfig'],
  });
});

t.test('what Istio has not either is a mistake, which its own flag would let through', async t => {
  t.equal(
    refusalOf({ meshConfig: { discoverySelector: [] } }),
    'validation errors (use --force to override): \nunknown field "discoverySelector" in meshConfig',
  );
  t.match(refusalOf({ profile: 'ambiant' }), /use --force to override.*\nprofile "ambiant" not found: /s);
});

t.test('what came after 1.8 is unknown to its istioctl', async t => {
  const settings = ['meshConfig.discoverySelectors[0].matchLabels.a=b', 'meshConfig.accessLogEncoding=JSON'];
  t.throws(() => renderInstall([], { version: '1.8.0', settings }), {
    message:
      'validation errors (use --force to override): \nunknown field "discoverySelectors" in meshConfig',
  });
  const forced = renderInstall([], { version: '1.8.0', settings, force: true });
  t.same(forced.told, ['unknown field "discoverySelectors" in meshConfig']);
  t.same(renderInstall([], { version: '1.30.3', settings }).told, []);
});
