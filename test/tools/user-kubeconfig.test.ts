import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { load } from 'js-yaml';
import t from 'tap';
import { markSimulated } from '../../harness/model/simulated-cluster.ts';
import { kubeconfigFiles, readKubeconfig } from '../../harness/tools/user-kubeconfig.ts';
import { temporaryFolder } from '../support/cli.ts';

const MARK = { inNetworkServer: 'https://172.18.0.2:6443', istioVersion: '1.30.3' };
const kubeconfig = (name: string, server: string) => `
apiVersion: v1
kind: Config
clusters: [{ name: ${name}, cluster: { server: '${server}' } }]
contexts: [{ name: ${name}, context: { cluster: ${name}, user: ${name} } }]
users: [{ name: ${name}, user: {} }]
current-context: ${name}
`;

t.test('a flag goes before KUBECONFIG, and that before the home folder', async t => {
  const rows: [Record<string, string>, string | undefined, string[]][] = [
    [{}, undefined, ['/home/me/.kube/config']],
    [{ KUBECONFIG: '' }, undefined, ['/home/me/.kube/config']],
    [{ KUBECONFIG: `/a${path.delimiter}${path.delimiter}/b` }, undefined, ['/a', '/b']],
    [{ KUBECONFIG: '/a' }, '/c', ['/c']],
  ];
  for (const [env, flag, files] of rows) t.same(kubeconfigFiles(env, '/home/me', flag), files);
});

t.test(
  'several files are joined: of the same name the first counts, and what is not there is passed over',
  async t => {
    using folder = temporaryFolder();
    const files = ['one', 'none', 'two', 'again'].map(name => path.join(folder.path, name));
    writeFileSync(files[0] ?? '', markSimulated(kubeconfig('one', 'https://127.0.0.1:1'), MARK));
    writeFileSync(files[2] ?? '', kubeconfig('two', 'https://127.0.0.1:2'));
    writeFileSync(files[3] ?? '', kubeconfig('one', 'https://127.0.0.1:3'));
    const joined = readKubeconfig(files);
    t.same(joined.context(undefined), { name: 'one', simulated: MARK }, 'the first current context');
    t.same(joined.context('two'), { name: 'two', simulated: undefined }, 'a cluster of others');
    t.equal(joined.context('three'), undefined);
    t.match(load(joined.text), {
      clusters: [
        { cluster: { server: 'https://127.0.0.1:1' } },
        { cluster: { server: 'https://127.0.0.1:2' } },
      ],
      'current-context': 'one',
    });
    t.equal(readKubeconfig([files[1] ?? '']).context(undefined), undefined, 'no file at all');
  },
);

t.test('a file that is no YAML is told by its name', async t => {
  using folder = temporaryFolder();
  const file = path.join(folder.path, 'broken');
  writeFileSync(file, 'clusters: [');
  t.throws(() => readKubeconfig([file]), { code: 'ERR_UNREADABLE_FILE', message: new RegExp(file) });
});
