/** A user's proxies: where they are found, and by which rules. */
import t from 'tap';
import { proxyEnvironment, proxyHosts, proxySettings } from '../../harness/process/proxies.ts';

const docker = (proxies: unknown) => () => JSON.stringify({ auths: {}, proxies });
const none = () => {
  throw new Error('ENOENT');
};

t.test('of the environment: capitals first, and never those of Docker beside them', async t => {
  const read = docker({ default: { httpProxy: 'http://d:1', noProxy: 'docker.invalid' } });
  const env = {
    HOME: '/home/me',
    http_proxy: 'http://small:1',
    HTTPS_PROXY: 'http://big:1',
    https_proxy: 'http://no:1',
  };
  t.same(proxySettings({ env, read }), {
    variables: { HTTP_PROXY: 'http://small:1', HTTPS_PROXY: 'http://big:1' },
    from: ['http_proxy', 'HTTPS_PROXY'],
  });
  t.same(
    proxySettings({ env: { HTTPS_PROXY: 'http://big:1', NO_PROXY: 'mine.invalid' }, read })?.variables,
    { HTTP_PROXY: 'http://d:1', HTTPS_PROXY: 'http://big:1', NO_PROXY: 'mine.invalid' },
    'the docker command adds what is left open',
  );
});

t.test(
  "of Docker's configuration: the engine's own entry, else the default; NO_PROXY of the environment counts",
  async t => {
    const proxies = {
      default: { httpProxy: 'http://d:1', noProxy: 'docker.invalid' },
      'tcp://far:2376': { httpsProxy: 'http://far:1', allProxy: 'socks5://far:2' },
    };
    const env = { HOME: '/home/me' };
    const read = (file: string) => {
      t.equal(file, '/home/me/.docker/config.json');
      return JSON.stringify({ proxies });
    };
    t.same(proxySettings({ env, read, dockerHost: 'unix:///var/run/docker.sock' }), {
      variables: { HTTP_PROXY: 'http://d:1', NO_PROXY: 'docker.invalid' },
      from: ['proxies.default in /home/me/.docker/config.json'],
    });
    t.same(proxySettings({ env, read, dockerHost: 'tcp://far:2376' }), {
      variables: { HTTPS_PROXY: 'http://far:1', ALL_PROXY: 'socks5://far:2' },
      from: ['proxies.tcp://far:2376 in /home/me/.docker/config.json'],
    });
    t.equal(
      proxySettings({ env: { ...env, NO_PROXY: 'mine.invalid' }, read })?.variables.NO_PROXY,
      'mine.invalid',
    );
    const elsewhere = { DOCKER_CONFIG: '/etc/d' };
    t.same(proxySettings({ env: elsewhere, read: docker(proxies) })?.from, [
      'proxies.default in /etc/d/config.json',
    ]);
  },
);

t.test(
  'no proxy: none at all, NO_PROXY alone, empty ones, a configuration that says nothing of them',
  async t => {
    const rows = [
      none,
      () => '{',
      () => '[]',
      docker(undefined),
      docker({ default: {} }),
      docker({ default: 1 }),
    ];
    for (const read of [
      ...rows,
      docker({ default: { httpProxy: '', noProxy: 'a' } }),
      docker({ other: { httpProxy: 'x' } }),
    ])
      t.equal(proxySettings({ env: { NO_PROXY: 'a', HTTP_PROXY: '' }, read }), undefined);
  },
);

t.test('hosts are named without users and passwords', async t => {
  const hosts = (HTTP_PROXY: string) => proxyHosts({ variables: { HTTP_PROXY }, from: [] });
  t.same(hosts('http://me:p%40ss@proxy.invalid:3128/'), ['proxy.invalid:3128']);
  t.same(hosts('me:p@ss@proxy.invalid:3128'), ['proxy.invalid:3128'], 'without a scheme, and with a raw @');
  t.same(hosts('socks5://[::1]:1080'), ['[::1]:1080']);
  for (const scheme of ['http://', '//', ''])
    t.same(
      hosts(`${scheme}me:p/s?s#s@proxy.invalid:3128`),
      ['proxy.invalid:3128'],
      `${scheme} with raw marks`,
    );
  t.same(
    proxyHosts({ variables: { HTTP_PROXY: 'http://a:1', HTTPS_PROXY: 'http://a:1' }, from: [] }),
    ['a:1'],
    'each once',
  );
});

t.test('containers get both spellings', async t => {
  const variables = { HTTPS_PROXY: 'http://a:1', NO_PROXY: 'b' };
  t.same(proxyEnvironment({ variables, from: [] }), {
    ...variables,
    https_proxy: 'http://a:1',
    no_proxy: 'b',
  });
});
