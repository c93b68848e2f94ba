/** Two istiods of one cluster that disagree about the root write in turn; the world's clock goes on. */
import { setMaxListeners } from 'node:events';
import t from 'tap';
import { sleep } from '../../../../../harness/base/clock.ts';
import type { KubernetesObject } from '../../../../../harness/base/kubernetes-client.ts';
import { createRandom } from '../../../../../harness/base/random.ts';
import { distributeRootCertificates } from '../../../../../harness/simulator/istio/istiod/lead/root-certificates.ts';
import {
  patchMutatingWebhooks,
  patchValidatingWebhooks,
} from '../../../../../harness/simulator/istio/istiod/lead/webhook-patcher.ts';
import { apiWorld } from '../../../kubernetes/api-world.ts';

const GROUP = 'admissionregistration.k8s.io/v1';
const WEBHOOK = {
  name: 'a.istio.io',
  clientConfig: { url: 'https://istiod.example' },
  admissionReviewVersions: ['v1'],
  sideEffects: 'None',
  rules: [{ apiGroups: ['example.org'], apiVersions: ['v1'], operations: ['CREATE'], resources: ['tests'] }],
};
/** The API server looks for PEM, not into it. */
const rootOf = (name: string) =>
  `-----BEGIN CERTIFICATE-----\n${Buffer.from(name).toString('base64')}\n-----END CERTIFICATE-----\n`;
/** More calls than this are no pace. */
const ENOUGH = 200;

t.test('old and new write five times at once, then once a second; the last that lives wins', async t => {
  await using api = await apiWorld();
  const { clock } = api.world;
  for (const kind of ['MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration'])
    await api.admin.create(
      { apiVersion: GROUP, plural: `${kind.toLowerCase()}s` },
      { apiVersion: GROUP, kind, metadata: { name: 'istio' }, webhooks: [WEBHOOK] },
    );
  const objects = () =>
    Promise.all([
      api.admin.get({ apiVersion: GROUP, plural: 'mutatingwebhookconfigurations', name: 'istio' }),
      api.admin.get({ apiVersion: GROUP, plural: 'validatingwebhookconfigurations', name: 'istio' }),
      api.admin.get({
        apiVersion: 'v1',
        plural: 'configmaps',
        namespace: 'sample',
        name: 'istio-ca-root-cert',
      }),
    ]);
  const lives = { old: new AbortController(), new: new AbortController() };
  for (const life of Object.values(lives)) setMaxListeners(0, life.signal);
  let calls = 0;
  const istiod = (name: 'old' | 'new') => {
    const { signal } = lives[name];
    const client = () => {
      if (++calls > ENOUGH) for (const life of Object.values(lives)) life.abort();
      return api.admin;
    };
    const rootPem = rootOf(name);
    const log = { info: () => {}, warn: () => {}, error: () => {} };
    const isOurs = () => true;
    const common = { client, rootPem, isOurs, clock, random: createRandom(name), signal, log };
    patchMutatingWebhooks(common);
    patchValidatingWebhooks({ ...common, namespace: 'default', revision: 'default', strictNames: [] });
    distributeRootCertificates(common);
  };
  istiod('old');
  istiod('new');
  await sleep(clock, 4_000);
  t.ok(calls < ENOUGH, `${calls} calls`);
  t.ok(calls > 40, 'they go on');
  lives.old.abort();
  await sleep(clock, 1_500);
  const [mutating, validating, map] = await objects();
  const caBundle = Buffer.from(rootOf('new')).toString('base64');
  t.match(mutating, { webhooks: [{ clientConfig: { caBundle } }] });
  t.match(validating, { webhooks: [{ clientConfig: { caBundle } }] });
  t.match(map, { data: { 'root-cert.pem': rootOf('new') } });
  const versionsOf = (all: readonly KubernetesObject[]) =>
    all.map(({ metadata }) => metadata.resourceVersion);
  await sleep(clock, 5_000);
  t.strictSame(
    versionsOf(await objects()),
    versionsOf([mutating, validating, map]),
    'nothing is written when nobody disagrees',
  );
  lives.new.abort();
});
