/** What a proxy reads of a peer's certificate is what stands in it. */
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import tls from 'node:tls';
import t from 'tap';
import {
  createIntermediateCa,
  createRootCa,
  issueCertificate,
} from '../../../../../harness/base/certificates.ts';
import { createKeyPair } from '../../../../../harness/base/keys.ts';
import {
  peerOf,
  urisOf,
} from '../../../../../harness/simulator/istio/envoy/environment/workload-identity.ts';

const validity = { notBeforeMs: Date.now() - 86_400_000, notAfterMs: Date.now() + 86_400_000 };
const uris = ['spiffe://cluster.local/ns/sample/sa/sleep'];
const LOCAL = 'spiffe://cluster.local/ns/sample/sa/default';

/** Connects with a certificate of an intermediate CA, and returns what the server reads of it. */
async function seenByServer(subject: {
  readonly commonName?: string;
  readonly organizations?: readonly string[];
}) {
  const root = await createRootCa({ commonName: 'Root CA', ...validity });
  const authority = await createIntermediateCa(root, { commonName: 'Intermediate CA', ...validity });
  const keys = createKeyPair();
  const leaf = await issueCertificate(authority, {
    publicKeyDer: keys.publicKeyDer,
    uris,
    ...subject,
    ...validity,
  });
  const secure = {
    key: keys.privateKeyPem,
    cert: `${leaf}${authority.chainPem}`,
    ca: root.rootPem,
  };
  const server = tls.createServer({ ...secure, requestCert: true });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const client = tls.connect({
    ...secure,
    host: '127.0.0.1',
    port: address.port,
    checkServerIdentity: () => undefined,
  });
  client.on('error', () => {});
  try {
    const [socket] = (await once(server, 'secureConnection')) as [tls.TLSSocket];
    const seen = peerOf(socket, LOCAL);
    socket.destroy();
    return { seen, whole: new X509Certificate(leaf) };
  } finally {
    client.destroy();
    server.close();
  }
}

t.test('a certificate with a subject, and one without, as Istio makes them', async t => {
  for (const subject of [{ organizations: ['Istio', 'Test'], commonName: 'sleep' }, {}]) {
    const { seen, whole } = await seenByServer(subject);
    t.same(seen, {
      uri: uris[0],
      hash: whole.fingerprint256.replaceAll(':', '').toLowerCase(),
      subject: (whole.subject ?? '').split('\n').join(','),
      localUri: LOCAL,
    });
    t.same(urisOf(whole.subjectAltName), uris);
  }
});
