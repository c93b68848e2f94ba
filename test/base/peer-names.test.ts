import { once } from 'node:events';
import tls from 'node:tls';
import t from 'tap';
import { createRootCa, issueCertificate } from '../../harness/base/certificates.ts';
import { createKeyPair } from '../../harness/base/keys.ts';
import { decodeOnlyNames } from '../../harness/base/peer-names.ts';

const validity = { notBeforeMs: Date.now() - 86_400_000, notAfterMs: Date.now() + 86_400_000 };

/** How a client that decodes only names, and one that decodes all, find a server's certificate. */
async function connectBoth(names: { readonly dnsNames?: readonly string[]; readonly commonName?: string }) {
  const authority = await createRootCa({ commonName: 'Test CA', ...validity });
  const keys = createKeyPair();
  const cert = await issueCertificate(authority, {
    publicKeyDer: keys.publicKeyDer,
    ...names,
    ...validity,
  });
  const server = tls.createServer({ key: keys.privateKeyPem, cert }, socket => socket.end());
  server.on('tlsClientError', () => {});
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const attempt = async (prepare: (socket: tls.TLSSocket) => tls.TLSSocket) => {
    const socket = prepare(
      tls.connect({
        host: '127.0.0.1',
        port: address.port,
        servername: 'server.test',
        ca: authority.rootPem,
      }),
    );
    try {
      await once(socket, 'secureConnect');
      return 'connected';
    } catch (error) {
      return String(error);
    } finally {
      socket.destroy();
    }
  };
  try {
    return [await attempt(decodeOnlyNames), await attempt(socket => socket)];
  } finally {
    server.close();
  }
}

t.test('a server is accepted by its alternative name', async t => {
  t.same(await connectBoth({ dnsNames: ['server.test'] }), ['connected', 'connected']);
});

t.test('another alternative name is refused in the same words, whatever the common name', async t => {
  const [names, all] = await connectBoth({ dnsNames: ['other.test'], commonName: 'server.test' });
  t.equal(names, all);
  t.match(names, /Host: server\.test\. is not in the cert's altnames: DNS:other\.test/);
});

t.test('a certificate without alternative names is judged by its common name', async t => {
  t.same(await connectBoth({ commonName: 'server.test' }), ['connected', 'connected']);
  const [names, all] = await connectBoth({ commonName: 'other.test' });
  t.equal(names, all);
  t.match(names, /is not cert's CN: other\.test/);
});
