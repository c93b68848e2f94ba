import 'reflect-metadata';
import { webcrypto, X509Certificate } from 'node:crypto';
import tls from 'node:tls';
import * as x509 from '@peculiar/x509';
import t from 'tap';
import { loadAuthority } from '../../harness/base/authority.ts';
import { createCsr, readCsr } from '../../harness/base/certificate-requests.ts';
import { createIntermediateCa, createRootCa, issueCertificate } from '../../harness/base/certificates.ts';
import { systemClock } from '../../harness/base/clock.ts';
import { createKeyPair } from '../../harness/base/keys.ts';
import { duplexPair } from '../support/duplex-pair.ts';

const SUBJECT_ALTERNATIVE_NAME = '2.5.29.17';
const DAY = 86_400_000;
const validity = { notBeforeMs: systemClock.now() - DAY, notAfterMs: systemClock.now() + DAY };

t.test(
  'a leaf under an intermediate is accepted by OpenSSL with the root alone, and carries its SPIFFE identity',
  async t => {
    const root = await createRootCa({ commonName: 'Root CA', organizations: ['Test'], ...validity });
    const made = await createIntermediateCa(root, {
      commonName: 'Intermediate CA',
      locality: 'cluster1',
      ...validity,
    });
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
    new tls.TLSSocket(serverSide, {
      isServer: true,
      key: keys.privateKeyPem,
      cert: leaf + intermediate.chainPem,
    });
    const client = tls.connect({
      socket: clientSide,
      ca: root.certificatePem,
      servername: 'istiod.istio-system.svc',
    });
    await new Promise((resolve, reject) => client.on('secureConnect', resolve).on('error', reject));
    t.match(
      client.getPeerCertificate().subjectaltname,
      /URI:spiffe:\/\/cluster\.local\/ns\/sample\/sa\/default/,
    );
    client.destroy();
  },
);

t.test('a key that belongs to another certificate is refused', async t => {
  const one = await createRootCa({ commonName: 'one', ...validity });
  const other = await createRootCa({ commonName: 'other', ...validity });
  t.throws(() => loadAuthority({ ...one, privateKeyPem: other.privateKeyPem }), /does not belong/);
});

t.test('a library that is not ours reads in a certificate what was asked for', async t => {
  x509.cryptoProvider.set(webcrypto as webcrypto.Crypto);
  const root = await createRootCa({ commonName: 'Root CA', organizations: ['Ünït', 'Test'], ...validity });
  const intermediate = await createIntermediateCa(root, {
    commonName: 'Intermediate CA',
    locality: 'c1',
    ...validity,
  });
  const keys = createKeyPair();
  const names = Array.from({ length: 40 }, (_, index) => `name-${index}.a-rather-long-domain.example`);
  const notAfterMs = Date.UTC(2051, 0, 2, 3, 4, 5);
  const pem = await issueCertificate(intermediate, {
    commonName: 'leaf',
    organizations: ['system:masters'],
    publicKeyDer: keys.publicKeyDer,
    dnsNames: names,
    ipAddresses: ['10.0.0.1', '127.0.0.1'],
    uris: ['spiffe://cluster.local/ns/a/sa/b'],
    usages: ['client'],
    ...validity,
    notAfterMs,
  });
  const leaf = new x509.X509Certificate(pem);
  t.equal(leaf.subject, 'O=system:masters, CN=leaf');
  t.equal(leaf.issuer, 'L=c1, CN=Intermediate CA');
  t.equal(leaf.notAfter.getTime(), notAfterMs, 'years from 2050 on have four digits');
  t.equal(leaf.notBefore.getTime(), Math.floor(validity.notBeforeMs / 1000) * 1000);
  t.same(Buffer.from(leaf.publicKey.rawData), keys.publicKeyDer);
  t.same(leaf.getExtension(x509.SubjectAlternativeNameExtension)?.names.toJSON(), [
    ...names.map(value => ({ type: 'dns', value })),
    { type: 'ip', value: '10.0.0.1' },
    { type: 'ip', value: '127.0.0.1' },
    { type: 'url', value: 'spiffe://cluster.local/ns/a/sa/b' },
  ]);
  t.equal(
    leaf.getExtension(x509.KeyUsagesExtension)?.usages,
    x509.KeyUsageFlags.digitalSignature | x509.KeyUsageFlags.keyEncipherment,
  );
  t.same(leaf.getExtension(x509.ExtendedKeyUsageExtension)?.usages, [x509.ExtendedKeyUsage.clientAuth]);
  t.equal(leaf.getExtension(x509.BasicConstraintsExtension)?.ca, false);
  const above = new x509.X509Certificate(intermediate.certificatePem);
  t.equal(above.getExtension(x509.BasicConstraintsExtension)?.ca, true);
  t.equal(above.getExtension(x509.BasicConstraintsExtension)?.pathLength, 0);
  t.equal(
    above.getExtension(x509.KeyUsagesExtension)?.usages,
    x509.KeyUsageFlags.digitalSignature | x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign,
  );
  t.ok(await leaf.verify({ publicKey: above, signatureOnly: true }));
  t.ok(await above.verify({ publicKey: new x509.X509Certificate(root.certificatePem), signatureOnly: true }));
  t.match(new X509Certificate(root.certificatePem).subject, 'O=Ünït');
  t.not(leaf.serialNumber, above.serialNumber);
});

t.test('a library that is not ours reads and verifies a request', async t => {
  x509.cryptoProvider.set(webcrypto as webcrypto.Crypto);
  const keys = createKeyPair();
  const pem = await createCsr(keys, { organizations: ['mesh'], uris: ['spiffe://cluster.local/ns/a/sa/b'] });
  const request = new x509.Pkcs10CertificateRequest(pem);
  t.ok(await request.verify());
  t.equal(request.subject, 'O=mesh');
  t.same(Buffer.from(request.publicKey.rawData), keys.publicKeyDer);
  const names = request.getExtension(SUBJECT_ALTERNATIVE_NAME)?.rawData;
  t.same(names && new x509.SubjectAlternativeNameExtension(names).names.toJSON(), [
    { type: 'url', value: 'spiffe://cluster.local/ns/a/sa/b' },
  ]);
});

t.test('a request of such a library is read, one that was changed is not', async t => {
  x509.cryptoProvider.set(webcrypto as webcrypto.Crypto);
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const request = await x509.Pkcs10CertificateRequestGenerator.create({
    name: 'CN=x',
    keys,
    signingAlgorithm: algorithm,
  });
  const spki = Buffer.from(await webcrypto.subtle.exportKey('spki', keys.publicKey));
  t.same((await readCsr(request.toString('pem'))).publicKeyDer, spki);
  const changed = Buffer.from(request.rawData);
  changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1;
  const pem = `-----BEGIN CERTIFICATE REQUEST-----\n${changed.toString('base64')}\n-----END CERTIFICATE REQUEST-----\n`;
  await t.rejects(readCsr(pem));
  for (const text of [
    '',
    'nothing',
    '-----BEGIN CERTIFICATE REQUEST-----\nMAA=\n-----END CERTIFICATE REQUEST-----',
  ])
    await t.rejects(readCsr(text), text);
});
