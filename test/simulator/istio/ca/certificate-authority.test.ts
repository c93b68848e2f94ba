import { X509Certificate } from 'node:crypto';
import t from 'tap';
import { createCsr } from '../../../../harness/base/certificate-requests.ts';
import { createIntermediateCa, createRootCa } from '../../../../harness/base/certificates.ts';
import { systemClock } from '../../../../harness/base/clock.ts';
import { createKeyPair } from '../../../../harness/base/keys.ts';
import { readPluggedAuthority } from '../../../../harness/simulator/istio/ca/authority-source.ts';
import { signWorkload } from '../../../../harness/simulator/istio/ca/certificate-authority.ts';
import { behaviourOf } from '../../../../harness/simulator/istio/releases.ts';
import type { ContainerFiles } from '../../../../harness/simulator/program.ts';

const validity = { notBeforeMs: systemClock.now() - 86_400_000, notAfterMs: systemClock.now() + 86_400_000 };
const filesOf = (content: Record<string, string>): ContainerFiles => ({
  read: path => content[path] ?? '',
  exists: path => path in content,
  list: () => [],
  write: () => {},
});

async function bundle(): Promise<Record<string, string>> {
  const root = await createRootCa({ commonName: 'Root CA', organizations: ['Istio'], ...validity });
  const intermediate = await createIntermediateCa(root, {
    commonName: 'Intermediate CA',
    locality: 'cluster1',
    ...validity,
  });
  return {
    '/etc/cacerts/ca-cert.pem': intermediate.certificatePem,
    '/etc/cacerts/ca-key.pem': intermediate.privateKeyPem,
    '/etc/cacerts/root-cert.pem': root.certificatePem,
    '/etc/cacerts/cert-chain.pem': intermediate.chainPem,
  };
}

t.test('a plugged-in authority', async t => {
  const all = await bundle();
  const { '/etc/cacerts/root-cert.pem': _root, ...withoutRoot } = all;
  const { '/etc/cacerts/ca-key.pem': _key, ...withoutKey } = all;
  const [old, current] = [behaviourOf('1.8.0'), behaviourOf('1.30.3')];
  t.equal(readPluggedAuthority(filesOf({}), old), undefined, 'nothing is mounted');
  t.equal(readPluggedAuthority(filesOf(all), old)?.rootPem, all['/etc/cacerts/root-cert.pem']);
  t.throws(() => readPluggedAuthority(filesOf(withoutRoot), old), /failed to create an istiod CA/);
  t.equal(readPluggedAuthority(filesOf(withoutKey), old), undefined, '1.8 looks for the key');
  t.throws(() => readPluggedAuthority(filesOf(withoutKey), current), /incomplete signing CA bundle detected/);
  const other = await bundle();
  t.throws(
    () =>
      readPluggedAuthority(
        filesOf({ ...all, '/etc/cacerts/ca-key.pem': other['/etc/cacerts/ca-key.pem'] ?? '' }),
        old,
      ),
    /failed to create an istiod CA/,
    'a key of another certificate',
  );
});

t.test("the identity of a certificate is the token's, whatever the request asks for", async t => {
  const authority = readPluggedAuthority(filesOf(await bundle()), behaviourOf('1.8.0'));
  if (!authority) throw new Error('no authority');
  const keys = createKeyPair();
  const csr = await createCsr(keys, { uris: ['spiffe://cluster.local/ns/istio-system/sa/admin'] });
  const identity = 'spiffe://cluster.local/ns/sample/sa/sleep';
  const signed = await signWorkload(authority, systemClock, { csr, identity, lifetimeMs: 3_600_000 });
  t.equal(signed.certChain.length, 3, 'leaf, intermediate, root');
  const [leaf, intermediate, root] = signed.certChain.map(pem => new X509Certificate(pem));
  t.equal(leaf?.subjectAltName, `URI:${identity}`);
  t.ok(intermediate && leaf?.verify(intermediate.publicKey));
  t.ok(root && intermediate?.verify(root.publicKey));
  t.ok(Math.abs(Date.parse(leaf?.validTo ?? '') - systemClock.now() - 3_600_000) < 60_000);
  await t.rejects(signWorkload(authority, systemClock, { csr: 'no request', identity, lifetimeMs: 0 }));
});

t.test('of a file with several roots all come last, in one piece', async t => {
  const [files, other] = [await bundle(), await bundle()];
  const roots = [files, other].map(each => each['/etc/cacerts/root-cert.pem'] ?? '').join('');
  const both = filesOf({ ...files, '/etc/cacerts/root-cert.pem': roots });
  const authority = readPluggedAuthority(both, behaviourOf('1.8.0'));
  if (!authority) throw new Error('no authority');
  const identity = 'spiffe://cluster.local/ns/sample/sa/sleep';
  const csr = await createCsr(createKeyPair(), { uris: [identity] });
  const { certChain } = await signWorkload(authority, systemClock, { csr, identity, lifetimeMs: 0 });
  t.equal(certChain.at(-1), roots, 'the proxy trusts what is in it');
  t.equal(
    new X509Certificate(certChain[0] ?? '').verify(new X509Certificate(certChain[1] ?? '').publicKey),
    true,
  );
});
