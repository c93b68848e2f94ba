/** Who may speak mTLS to a sidecar: whoever has a certificate below the mesh's root, and nobody else. */
import tls from 'node:tls';
import t from 'tap';
import type { Authority } from '../../../../harness/base/authority.ts';
import { issueCertificate } from '../../../../harness/base/certificates.ts';
import { createKeyPair } from '../../../../harness/base/keys.ts';
import type { Main } from '../../../../harness/simulator/program.ts';
import { endpointOf, meshOf } from '../../../support/one-network-mesh.ts';

/**
 * Asks as a proxy would, by Istio's ALPN, with this certificate or none; prints what comes back, or nothing.
 */
const ask =
  (target: string, credentials: { readonly key: string; readonly cert: string } | undefined): Main =>
  async ({ network, stdout }) => {
    const raw = network.connect(target, 5000, { uid: 1337 });
    const socket = tls.connect({
      socket: raw,
      servername: 'outbound_.5000_._.helloworld.sample.svc.cluster.local',
      ALPNProtocols: ['istio-http/1.1'],
      // The server is not what is asked about.
      rejectUnauthorized: false,
      ...credentials,
    });
    socket.setEncoding('utf8');
    socket.on('secureConnect', () => {
      socket.write('GET /hello HTTP/1.1\r\nHost: helloworld.sample:5000\r\nConnection: close\r\n\r\n');
    });
    socket.on('data', (text: string) => stdout(text));
    return await new Promise(resolve => {
      raw.on('error', () => {});
      socket.on('error', () => resolve(1));
      socket.on('close', () => resolve(0));
    });
  };

t.test('a sidecar turns away a client whose certificate is missing, or leads to another root', async t => {
  const { world, root, v1 } = await meshOf({}, v1 => [endpointOf(v1)]);
  await using _ = world;
  const other = await world.authority('other');
  const certificate = async (authority: Authority) => {
    const keys = createKeyPair();
    const now = world.clock.now();
    const cert = await issueCertificate(authority, {
      publicKeyDer: keys.publicKeyDer,
      uris: ['spiffe://cluster.local/ns/sample/sa/sleep'],
      notBeforeMs: now - 86_400_000,
      notAfterMs: now + 86_400_000,
    });
    return { key: keys.privateKeyPem, cert };
  };
  const client = world.plainPod('plain');
  for (const [name, credentials, answer] of [
    ['a certificate of the mesh', await certificate(root), /Hello version: v1/],
    ['no certificate', undefined, /^$/],
    ['a certificate of another root, in the same name', await certificate(other.root), /^$/],
  ] as const) {
    const { stdout } = await client.exec(ask(v1.network.address, credentials), 'ask');
    t.match(stdout, answer, name);
  }
});
