import tls from 'node:tls';
import t from 'tap';
import {
  createCsr,
  createIntermediateCa,
  createKeyPair,
  createRootCa,
  issueCertificate,
  loadAuthority,
  readCsr,
} from '../../harness/base/certificates.ts';
import { systemClock } from '../../harness/base/clock.ts';
import { duplexPair } from '../support/duplex-pair.ts';

const DAY = 86_400_000;
const validity = { notBeforeMs: systemClock.now() - DAY, notAfterMs: systemClock.now() + DAY };

t.test(
  'a leaf under an intermediate is accepted by OpenSSL with the root alone, and carries its SPIFFE identity',
  async t => {
    const root = await createRootCa({ commonName: 'Root CA', organizations: ['Test'], ...validity });
    const made = await createIntermediateCa(root, { commonName: 'Intermediate CA', locality: 'cluster1', ...validity });
    const intermediate = loadAuthority(made);
    const keys = createKeyPair();
    const csr = await readCsr(await createCsr(keys, { uris: ['spiffe://ignored'] }));
    const leaf = await issueCertificate(intermediate, {
      publicKeyDer: csr.publicKeyDer,
      uris: ['spiffe://cluster.local/ns/sample/sa/default'],
      dnsNames: ['istiod.istio-system.svc'],
      ...validity,
    });
    const [clientSide, serverSide] = duplexPair();
    new tls.TLSSocket(serverSide, { isServer: true, key: keys.privateKeyPem, cert: leaf + intermediate.chainPem });
    const client = tls.connect({ socket: clientSide, ca: root.certificatePem, servername: 'istiod.istio-system.svc' });
    await new Promise((resolve, reject) => client.on('secureConnect', resolve).on('error', reject));
    t.match(client.getPeerCertificate().subjectaltname, /URI:spiffe:\/\/cluster\.local\/ns\/sample\/sa\/default/);
    client.destroy();
  },
);

t.test('a key that belongs to another certificate is refused', async t => {
  const one = await createRootCa({ commonName: 'one', ...validity });
  const other = await createRootCa({ commonName: 'other', ...validity });
  t.throws(() => loadAuthority({ ...one, privateKeyPem: other.privateKeyPem }), /does not belong/);
});
