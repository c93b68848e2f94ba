import t from 'tap';
import { redact } from '../../harness/base/redact.ts';
import { stackOf } from '../../harness/base/stack.ts';
import { ROOT } from '../support/cli.ts';

const pem = (label: string) => `-----BEGIN ${label}-----\nMIIBsDCCAVagAwIBAgIQ\n-----END ${label}-----\n`;

t.test('keys, certificates and requests go, as text, in JSON and in base64', async t => {
  for (const label of [
    'CERTIFICATE',
    'TRUSTED CERTIFICATE',
    'CERTIFICATE REQUEST',
    'PRIVATE KEY',
    'EC PRIVATE KEY',
  ]) {
    const text = pem(label);
    for (const form of [text, JSON.stringify({ text }), Buffer.from(text).toString('base64')]) {
      const said = redact(`before ${form} after`);
      t.notMatch(said, /MIIB|TUlJQ|LS0tLS1CRUdJTi/, `${label}: ${said}`);
      t.match(said, /^before .*removed>.* after$/s);
    }
  }
});

t.test('users and passwords of proxies and other URLs go, the hosts stay', async t => {
  for (const [text, expected] of [
    [
      'HTTP_PROXY=http://me:p%40ss@proxy.invalid:3128',
      'HTTP_PROXY=http://<credentials removed>@proxy.invalid:3128',
    ],
    ['"https_proxy=me:pass@proxy.invalid:3128",', '"https_proxy=<credentials removed>@proxy.invalid:3128",'],
    // As people write them who do not know that they have to be escaped; Go's net/url takes the first.
    ['http://me:p@ss@host:1 refused', 'http://<credentials removed>@host:1 refused'],
    ["http://me:p'ss@host:1", 'http://<credentials removed>@host:1'],
    [
      '-e HTTPS_PROXY=http://me:p/ss@host:1 -e A=b',
      '-e HTTPS_PROXY=http://<credentials removed>@host:1 -e A=b',
    ],
    ['all_proxy=me:p/s@s@host:1', 'all_proxy=<credentials removed>@host:1'],
    ['asked https://me:pass@host/a for b@c', 'asked https://<credentials removed>@host/a for b@c'],
  ] as const)
    t.equal(redact(text), expected);
  const text =
    'http://proxy.invalid:3128/path@2 and registry.invalid/a@sha256:0 and https://host/?to=me@host';
  t.equal(redact(text), text);
});

t.test('a long text without any address is read once, not from each of its dots', async t => {
  // Half a million words: read from each of them it would take hours.
  const text = 'a.'.repeat(500_000);
  t.equal(redact(text), text);
});

t.test('what is no secret stays', async t => {
  const text = 'CERTIFICATE of cluster1: secret/cacerts created, 3 lines of BEGIN';
  t.equal(redact(text), text);
});

t.test('a stack names files by their place in the package', async t => {
  const stack = stackOf(new Error('here'));
  t.match(stack, /^Error: here\n\s+at /);
  t.notMatch(stack, ROOT);
  t.equal(stackOf('no error'), 'no error');
});
