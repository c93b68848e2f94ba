/** PeerAuthentications by workload and by port, seen by calls with mTLS and without. */
import t from 'tap';
import type { KubernetesObject } from '../../../../harness/base/kubernetes-client.ts';
import { RuledMesh } from '../../../support/ruled-mesh.ts';

const mesh = await RuledMesh.install('multi-primary');
t.teardown(async () => await mesh[Symbol.asyncDispose]());

const policy = (spec: object, namespace = 'sample', name = 'own'): KubernetesObject => ({
  apiVersion: 'security.istio.io/v1beta1',
  kind: 'PeerAuthentication',
  metadata: { name, namespace },
  spec,
});
/** What makes the client speak plaintext, whatever the server wants. */
const PLAIN: KubernetesObject = {
  apiVersion: 'networking.istio.io/v1alpha3',
  kind: 'DestinationRule',
  metadata: { name: 'plain', namespace: 'sample' },
  spec: { host: 'helloworld', trafficPolicy: { tls: { mode: 'DISABLE' } } },
};
const selector = { matchLabels: { app: 'helloworld' } };
const STRICT = { mtls: { mode: 'STRICT' } };
const [OK, NO] = [200, 503];

const ROWS: readonly [title: string, policies: KubernetesObject[], plain: number, mutual: number][] = [
  ['no policy', [], OK, OK],
  ['STRICT', [policy(STRICT)], NO, OK],
  [
    'STRICT but for the port',
    [policy({ selector, ...STRICT, portLevelMtls: { 5000: { mode: 'DISABLE' } } })],
    OK,
    OK,
  ],
  [
    'STRICT but for another port',
    [policy({ selector, ...STRICT, portLevelMtls: { 80: { mode: 'DISABLE' } } })],
    NO,
    OK,
  ],
  ['STRICT for the port alone', [policy({ selector, portLevelMtls: { 5000: { mode: 'STRICT' } } })], NO, OK],
  [
    'a port that inherits from the mesh',
    [
      policy({ selector, portLevelMtls: { 5000: { mode: 'UNSET' } } }),
      policy(STRICT, 'istio-system', 'mesh'),
    ],
    NO,
    OK,
  ],
  ['one that selects others', [policy({ selector: { matchLabels: { app: 'x' } }, ...STRICT })], OK, OK],
  [
    'a selector in the root namespace, which selects nobody',
    [policy({ selector, ...STRICT }, 'istio-system')],
    OK,
    OK,
  ],
];
for (const [title, policies, plain, mutual] of ROWS)
  t.test(title, async t => {
    const withPlain = await mesh.with([...policies, PLAIN], async () => await mesh.call());
    t.equal(withPlain.status, plain, 'without mTLS');
    const withMutual = await mesh.with(policies, async () => await mesh.call());
    t.equal(withMutual.status, mutual, 'as istiod has it');
  });
