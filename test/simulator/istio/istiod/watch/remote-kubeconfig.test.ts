/** R10: which kubeconfigs of remote secrets istiod takes, and in whose words it refuses the others. */
import yaml from 'js-yaml';
import t from 'tap';
import {
  type KubeconfigRules,
  usableKubeconfig,
} from '../../../../../harness/simulator/istio/istiod/watch/remote-kubeconfig.ts';

const FILES: Readonly<Record<string, string>> = { '/etc/ca.pem': 'roots', '/etc/token': 'secret\n' };
const rules = (...allowed: string[]): KubeconfigRules => ({
  isSanitized: true,
  allowed: new Set(allowed),
  readFile: path => FILES[path],
});
const kubeconfig = (user: object, cluster: object = {}) =>
  yaml.dump({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'c', cluster: { server: 'https://1.2.3.4:6443', ...cluster } }],
    users: [{ name: 'u', user }],
    contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
    'current-context': 'x',
  });
const EXEC = { exec: { apiVersion: 'client.authentication.k8s.io/v1', command: 'aws' } };
const NOT_ALLOWED = 'kubeconfig is not allowed: ';
const INVALID = 'kubeconfig is not valid: invalid configuration: ';

const ROWS: readonly [user: object, cluster: object, allowed: string[], refusal: string][] = [
  [EXEC, {}, [], `${NOT_ALLOWED}exec is not allowed`],
  [EXEC, {}, ['exec'], 'user.exec is not simulated by mesh-harness: aws is not run'],
  [
    { exec: { apiVersion: 'v1' } },
    {},
    ['exec'],
    `${INVALID}command must be specified for u to use exec authentication plugin`,
  ],
  [{ 'auth-provider': { name: 'gcp' } }, {}, [], `${NOT_ALLOWED}auth provider gcp is not allowed`],
  [
    { 'auth-provider': { name: 'gcp' } },
    {},
    ['gcp'],
    'user.auth-provider is not simulated by mesh-harness: gcp is not asked',
  ],
  [
    { 'auth-provider': { name: 'oidc' } },
    {},
    [],
    'user.auth-provider is not simulated by mesh-harness: oidc is not asked',
  ],
  [{ tokenFile: '/etc/token' }, {}, [], `${NOT_ALLOWED}tokenFile is not allowed`],
  [{ tokenFile: '/etc/none' }, {}, ['tokenFile'], 'open /etc/none: no such file or directory'],
  [{ 'client-key': '/etc/token' }, {}, [], `${NOT_ALLOWED}clientKey is not allowed`],
  [
    { 'client-certificate': '/etc/token' },
    {},
    ['clientKey'],
    `${NOT_ALLOWED}clientCertificate is not allowed`,
  ],
  [
    { token: 'a', username: 'b' },
    {},
    [],
    `${INVALID}more than one authentication method found for u; found [token basicAuth], only one is allowed`,
  ],
  [{ token: 'a' }, { server: '' }, [], `${INVALID}no server found for cluster "c"`],
  [
    { token: 'a' },
    { 'certificate-authority': '/etc/passwd' },
    [],
    `${INVALID}unable to read certificate-authority /etc/passwd for c due to open /etc/passwd: no such file or directory`,
  ],
  [
    { token: 'a' },
    { 'certificate-authority-data': 'cm9vdHM=', 'insecure-skip-tls-verify': true },
    [],
    `${INVALID}specifying a root certificates file with the insecure flag is not allowed`,
  ],
];
for (const [user, cluster, allowed, refusal] of ROWS)
  t.test(refusal, async t => {
    t.throws(() => usableKubeconfig(kubeconfig(user, cluster), rules(...allowed)), { message: refusal });
  });

t.test('files are those of istiod’s container, and nothing is read of this machine', async t => {
  const usable = yaml.load(
    usableKubeconfig(
      kubeconfig({ tokenFile: '/etc/token' }, { 'certificate-authority': '/etc/ca.pem' }),
      rules('tokenFile'),
    ),
  );
  t.strictSame(usable, {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      { name: 'c', cluster: { server: 'https://1.2.3.4:6443', 'certificate-authority-data': 'cm9vdHM=' } },
    ],
    users: [{ name: 'u', user: { token: 'secret' } }],
    contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
    'current-context': 'x',
  });
});

t.test('1.8 refuses nothing that is valid, and still runs nothing', async t => {
  const of18 = { ...rules(), isSanitized: false };
  t.throws(() => usableKubeconfig(kubeconfig(EXEC), of18), { message: /^user\.exec is not simulated/ });
  t.match(usableKubeconfig(kubeconfig({ tokenFile: '/etc/token' }), of18), 'token: secret');
  t.throws(() => usableKubeconfig('', of18), { message: 'kubeconfig is empty' });
});
