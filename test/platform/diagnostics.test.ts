/** What is written for people when a run fails: when it is taken, what is in it, and what must never be. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { packageRoot } from '../../harness/base/package-root.ts';
import { Bundle, MAX_BUNDLE_BYTES } from '../../harness/platform/bundle.ts';
import { loadScenario } from '../../harness/scenario/load.ts';
import { run } from '../../harness/session/run.ts';

const KEY = ['-----BEGIN PRIVATE KEY-----', 'MIGHAgEAMBMGByqGSM49AgEG', '-----END PRIVATE KEY-----'].join(
  '\n',
);

t.test('a bundle takes keys out, says what it could not have, and keeps to its size', async t => {
  const folder = t.testdir();
  const bundle = new Bundle(folder, 100);
  await bundle.add('a/secret.txt', async () => `before\n${KEY}\nafter\n`);
  await bundle.add('gone.txt', async () => {
    throw new Error('nobody answers');
  });
  await bundle.add('long.txt', async () => 'x'.repeat(1000));
  await bundle.add('late.txt', async () => 'no room is left');
  const read = (name: string) => readFileSync(join(folder, name), 'utf8');
  t.match(read('a/secret.txt'), /before[\s\S]*after/);
  t.notMatch(read('a/secret.txt'), /MIGHAgEA/);
  t.equal(read('gone.txt'), 'not obtained: nobody answers\n');
  const sizes = ['a/secret.txt', 'gone.txt', 'long.txt'].map(name => statSync(join(folder, name)).size);
  t.equal(
    sizes.reduce((sum, size) => sum + size),
    100,
  );
  t.notOk(existsSync(join(folder, 'late.txt')));
  t.equal(statSync(join(folder, 'gone.txt')).mode & 0o077, 0, 'for the owner only');
  t.equal(MAX_BUNDLE_BYTES, 25 * 1024 * 1024);
});

t.test('at the first failure the clusters are described as they are then, on the simulator too', async t => {
  const folder = join(t.testdir(), 'diagnostics');
  const { topology } = await loadScenario('multi-primary', { folder: join(packageRoot(), 'scenarios') });
  const report = await run({
    topology,
    // A check is the first to fail by it.
    omit: ['remote-secret/cluster1-in-cluster2'],
    diagnosticsFolder: folder,
    listeners: [
      event => {
        if (event.type === 'clean-up-ended')
          t.ok(existsSync(join(folder, 'cluster1')), 'before any clean-up');
      },
    ],
  });
  t.equal(report.verdict, 'failed');
  const read = (name: string) => readFileSync(join(folder, name), 'utf8');
  for (const cluster of ['cluster1', 'cluster2']) {
    t.match(readdirSync(join(folder, cluster)).sort(), [
      'deployments.json',
      'endpoints.json',
      'events.json',
      'logs',
      'nodes.json',
      'pods.json',
      'proxies',
      'services.json',
    ]);
    const pods = JSON.parse(read(`${cluster}/pods.json`)) as {
      metadata: { name: string; managedFields?: unknown };
    }[];
    t.ok(pods.some(({ metadata }) => metadata.name.startsWith('istiod-')));
    const istiod = readdirSync(join(folder, cluster, 'logs', 'istio-system')).find(name =>
      name.startsWith('istiod-'),
    );
    t.ok(
      statSync(join(folder, cluster, 'logs', 'istio-system', istiod ?? '', 'discovery.log')).size > 0,
      'logs',
    );
    const [proxy = ''] = readdirSync(join(folder, cluster, 'proxies', 'sample'));
    t.match(read(`${cluster}/proxies/sample/${proxy}/clusters.txt`), /outbound\|5000\|\|helloworld\.sample/);
    t.match(JSON.parse(read(`${cluster}/proxies/sample/${proxy}/config.json`)), { configs: Array });
  }
  const all = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => readFileSync(join(entry.parentPath ?? entry.path, entry.name), 'utf8'))
    .join('\n');
  t.notMatch(
    all,
    /BEGIN [A-Z ]*(PRIVATE KEY|CERTIFICATE)|LS0tLS1CRUdJTi/,
    'no key and no certificate is in it',
  );
  t.notMatch(all, /eyJhbGciOi/, 'no token either');
});
