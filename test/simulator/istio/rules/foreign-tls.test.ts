/**
 * DestinationRules with TLS that is not the mesh's: SIMPLE and MUTUAL, to servers that speak TLS by
 * themselves, istiod's webhooks and an API server, and to sidecars. Each is seen in calls.
 */
import t from 'tap';
import type { KubernetesObject } from '../../../../harness/base/kubernetes-client.ts';
import { RuledMesh } from '../../../support/ruled-mesh.ts';

const mesh = await RuledMesh.install('multi-primary');
t.teardown(async () => await mesh[Symbol.asyncDispose]());

const networking = (kind: string, spec: object): KubernetesObject => ({
  apiVersion: 'networking.istio.io/v1alpha3',
  kind,
  metadata: { name: 'tls', namespace: 'sample' },
  spec,
});
const rule = (host: string, tls: object) => networking('DestinationRule', { host, trafficPolicy: { tls } });
/** Files of the sidecar's container. */
const MESH_ROOT = '/var/run/secrets/istio/root-cert.pem';
const API_ROOT = '/var/run/secrets/kubernetes.io/serviceaccount/ca.crt';

const ISTIOD = 'istiod.istio-system.svc.cluster.local';
const ROWS: readonly [what: string, tls: object, status: number][] = [
  ['the roots of the mesh', { mode: 'SIMPLE', caCertificates: MESH_ROOT }, 400],
  ['the roots of the image, which know no such server', { mode: 'SIMPLE' }, 0],
  ['other roots', { mode: 'SIMPLE', caCertificates: API_ROOT }, 0],
  ['roots that there are not', { mode: 'SIMPLE', caCertificates: '/etc/certs/none.pem' }, 0],
  ['no look at the server', { mode: 'SIMPLE', insecureSkipVerify: true }, 400],
  [
    'a name that the server has',
    { mode: 'SIMPLE', caCertificates: MESH_ROOT, subjectAltNames: ['istiod.istio-system.svc'] },
    400,
  ],
  [
    'a name that it has not',
    { mode: 'SIMPLE', caCertificates: MESH_ROOT, subjectAltNames: ['other.example'] },
    0,
  ],
  [
    'a certificate that there is not',
    {
      mode: 'MUTUAL',
      caCertificates: MESH_ROOT,
      clientCertificate: '/etc/certs/a',
      privateKey: '/etc/certs/b',
    },
    0,
  ],
  ['a Secret, which is not simulated', { mode: 'SIMPLE', credentialName: 'tls' }, 0],
  ['no TLS', { mode: 'DISABLE' }, 0],
];

t.test('connections to a server with TLS of its own', async t => {
  for (const [what, tls, status] of ROWS)
    await mesh.with([rule(ISTIOD, tls)], async () => {
      t.equal((await mesh.call(`http://${ISTIOD}:443/`)).status, status, what);
    });
});

const NAMED = 'istiod.istio-system.svc';
/** Applications speak HTTP, sidecars TLS. */
const entry = networking('ServiceEntry', {
  hosts: [NAMED, 'other.example'],
  addresses: ['240.0.0.7'],
  ports: [{ number: 80, name: 'http', protocol: 'HTTP', targetPort: 443 }],
  resolution: 'DNS',
  endpoints: [{ address: ISTIOD }],
});
const ROOTED = { mode: 'SIMPLE', caCertificates: MESH_ROOT };
const REQUESTS: readonly [what: string, tls: object, host: string, status: number][] = [
  ['called as it is', ROOTED, NAMED, 400],
  ['called otherwise', ROOTED, 'other.example', 503],
  ['called otherwise, with its own name for TLS', { ...ROOTED, sni: NAMED }, 'other.example', 400],
  ['without roots that know it', { mode: 'SIMPLE' }, NAMED, 503],
  ['without a look at it', { mode: 'SIMPLE', insecureSkipVerify: true }, 'other.example', 400],
  ['with roots that there are not', { mode: 'SIMPLE', caCertificates: '/no' }, NAMED, 503],
];

t.test('requests to a server with TLS of its own', async t => {
  for (const [what, tls, host, status] of REQUESTS)
    await mesh.with([entry, rule(host, tls)], async () => {
      const called = await mesh.call('-H', `Host: ${host}`, 'http://240.0.0.7/hello');
      t.equal(called.status, status, what);
    });
});

t.test('sidecars take the mesh’s TLS only', async t => {
  const hello = 'helloworld.sample.svc.cluster.local';
  for (const tls of [
    { mode: 'SIMPLE', caCertificates: MESH_ROOT },
    { mode: 'SIMPLE', insecureSkipVerify: true },
  ])
    await mesh.with([rule(hello, tls)], async () => {
      const { status, body } = await mesh.call();
      t.equal(status, 503, `${JSON.stringify(tls)}: ${body}`);
    });
  const named = { mode: 'ISTIO_MUTUAL', subjectAltNames: ['spiffe://cluster.local/ns/other/sa/other'] };
  await mesh.with([rule(hello, named)], async () => {
    t.equal((await mesh.call()).status, 503, 'another identity is expected');
  });
});
