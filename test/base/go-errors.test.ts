import tls from 'node:tls';
import t from 'tap';
import { codeOf } from '../../harness/base/errors.ts';
import { certificateText, dialText, syscallText } from '../../harness/base/go-errors.ts';

const withCode = (code: string, message = '') => Object.assign(new Error(message), { code });

t.test('words errno as Go does', async t => {
  t.equal(syscallText('connect', 'ECONNREFUSED'), 'connect: connection refused');
  t.equal(syscallText('read', 'ECONNRESET'), 'read: connection reset by peer');
  t.equal(syscallText('connect', 'ERR_SSL_WRONG_VERSION_NUMBER'), undefined);
});

t.test('words a failed dial, and keeps the message of an error without errno', async t => {
  t.equal(
    dialText('10.0.0.1:443', withCode('EHOSTUNREACH')),
    'dial tcp 10.0.0.1:443: connect: no route to host',
  );
  t.equal(dialText('10.0.0.1:443', new Error('socket hang up')), 'dial tcp 10.0.0.1:443: socket hang up');
});

t.test('finds no code in what is no error of Node', async t => {
  for (const value of [new Error('x'), undefined, 'ECONNREFUSED', { code: 'ECONNREFUSED' }])
    t.equal(codeOf(value), '');
});

t.test('says why a certificate is not accepted', async t => {
  t.equal(
    certificateText(withCode('SELF_SIGNED_CERT_IN_CHAIN'), 'a.svc'),
    'x509: certificate signed by unknown authority',
  );
  t.equal(
    certificateText(withCode('CERT_HAS_EXPIRED'), 'a.svc'),
    'x509: certificate has expired or is not yet valid',
  );
  t.equal(certificateText(withCode('ECONNRESET'), 'a.svc'), undefined);
});

const names: { readonly host: string; readonly subjectaltname: string; readonly text: string }[] = [
  {
    host: 'hook.sample.svc',
    subjectaltname: 'DNS:other.sample.svc, DNS:other',
    text: 'x509: certificate is valid for other.sample.svc, other, not hook.sample.svc',
  },
  {
    host: '127.0.0.1',
    subjectaltname: 'DNS:kubernetes, IP Address:10.96.0.1',
    text: 'x509: certificate is valid for 10.96.0.1, not 127.0.0.1',
  },
  {
    host: '127.0.0.1',
    subjectaltname: 'DNS:kubernetes',
    text: "x509: cannot validate certificate for 127.0.0.1 because it doesn't contain any IP SANs",
  },
];
for (const { host, subjectaltname, text } of names) {
  t.test(`names whom a certificate of ${subjectaltname} is for`, async t => {
    const certificate = { subject: {}, subjectaltname } as unknown as tls.PeerCertificate; // all that is read
    const error = tls.checkServerIdentity(host, certificate);
    t.equal(certificateText(error, host), text);
  });
}
