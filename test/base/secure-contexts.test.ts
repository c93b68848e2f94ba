import t from 'tap';
import { createRootCa, issueCertificate } from '../../harness/base/certificates.ts';
import { createKeyPair } from '../../harness/base/keys.ts';
import { secureContextFor } from '../../harness/base/secure-contexts.ts';

const validity = { notBeforeMs: Date.now() - 86_400_000, notAfterMs: Date.now() + 86_400_000 };

t.test('who trusts and shows the same shares a context, in whatever form it comes', async t => {
  const authority = await createRootCa({ commonName: 'Test CA', ...validity });
  const other = await createRootCa({ commonName: 'Test CA', ...validity });
  const keys = createKeyPair();
  const request = { publicKeyDer: keys.publicKeyDer, commonName: 'client', ...validity };
  const cert = await issueCertificate(authority, request);
  const own = { ca: authority.rootPem, cert, key: keys.privateKeyPem };
  const context = secureContextFor(own);

  t.equal(secureContextFor({ ...own }), context);
  t.equal(secureContextFor({ ca: [Buffer.from(own.ca)], cert: Buffer.from(cert), key: own.key }), context);

  t.not(secureContextFor({ ca: authority.rootPem }), context, 'shows no certificate');
  t.not(secureContextFor({ ca: other.rootPem }), secureContextFor({ ca: authority.rootPem }));
  t.not(secureContextFor({}), secureContextFor({ ca: authority.rootPem }));
  t.throws(() => secureContextFor({ ...own, cert: 'no certificate' }), /PEM/);
});
