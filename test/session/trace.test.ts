/** `run --trace`: what a failed run leaves to search, and what it must not leave. */
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { createKeyPair } from '../../harness/base/keys.ts';
import { KubernetesClient } from '../../harness/base/kubernetes-client.ts';
import type { StartedPlatform } from '../../harness/platform/platform.ts';
import { loadScenario } from '../../harness/scenario/load.ts';
import { prepareSession } from '../../harness/session/prepare.ts';
import { TRACE_FILES, Trace } from '../../harness/session/trace.ts';
import { ROOT, temporaryFolder } from '../support/cli.ts';

const { topology } = await loadScenario('multi-primary', { folder: path.join(ROOT, 'scenarios') });

type JsonLine = Readonly<Record<string, unknown>>;
const linesOf = (folder: string, file: string) =>
  readFileSync(path.join(folder, file), 'utf8').trimEnd().split('\n');
const recordsOf = (folder: string, file: string) =>
  linesOf(folder, file).map(line => JSON.parse(line) as JsonLine);

/** What must be in no trace: the values of all Secrets that are keys or tokens. */
async function secretsOf({ clusters }: StartedPlatform): Promise<readonly string[]> {
  const found: string[] = [];
  for (const cluster of clusters.values()) {
    const { dial } = cluster;
    const client = new KubernetesClient(cluster.kubeconfig('this-machine'), dial ? { dial } : {});
    const { items } = (await client.request('GET', '/api/v1/secrets')) as {
      items: { data?: Record<string, string> }[];
    };
    client.close();
    for (const [key, value] of items.flatMap(({ data = {} }) => Object.entries(data))) {
      const text = Buffer.from(value, 'base64').toString();
      if (/token/.test(key)) found.push(text);
      if (/key/.test(key)) found.push(...text.split('\n').filter(line => /^[A-Za-z0-9+/=]{16,}$/.test(line)));
    }
  }
  return found;
}

t.test('a run that fails leaves what explains it, readable by its owner alone, without secrets', async t => {
  using folder = temporaryFolder();
  const traceFolder = path.join(folder.path, 'below', 'trace');
  let secrets: readonly string[] = [];
  const session = await prepareSession({
    topology,
    traceFolder,
    omit: ['remote-secret/cluster2-in-cluster1'],
    beforeCleanUp: async started => {
      secrets = await secretsOf(started);
    },
  });
  t.equal((await session.start()).verdict, 'failed');
  t.equal(statSync(traceFolder).mode & 0o777, 0o700);
  for (const file of TRACE_FILES) t.equal(statSync(path.join(traceFolder, file)).mode & 0o777, 0o600, file);

  const api = recordsOf(traceFolder, 'api.jsonl');
  t.match(
    api.find(({ method, path: url }) => method === 'POST' && /\/secrets/.test(String(url))),
    { time: /^\d{4}-.*Z$/, cluster: /^cluster/, user: 'kubernetes-admin', code: 201, durationMs: Number },
  );
  const watchesOf = (cluster: string) =>
    api.filter(each => each['cluster'] === cluster && /reader|istiod/.test(String(each['user'])));
  t.ok(
    watchesOf('cluster1').some(({ user }) => /istio-reader/.test(String(user))),
    'cluster2 reads cluster1',
  );
  t.notOk(
    watchesOf('cluster2').some(({ user }) => /istio-reader/.test(String(user))),
    'nobody reads cluster2: the secret is missing',
  );

  const connections = recordsOf(traceFolder, 'connections.jsonl');
  t.match(
    connections.find(({ from, to }) => /^sleep/.test(String(from)) && /:5000$/.test(String(to))),
    { time: /Z$/, protocol: 'TCP', outcome: 'connected' },
  );

  const xds = recordsOf(traceFolder, 'xds.jsonl');
  const toSleep = xds.filter(({ proxy, cluster }) => cluster === 'cluster1' && /sleep/.test(String(proxy)));
  t.match(toSleep.filter(({ type }) => type === 'eds').at(0), {
    time: /Z$/,
    version: String,
    outcome: 'PUSH',
    names: Array,
    bytes: Number,
  });
  t.ok(
    toSleep.some(({ names }) => (names as string[] | undefined)?.some(name => name.includes('helloworld'))),
    'it was told of helloworld',
  );
  t.ok(
    toSleep.some(({ outcome }) => outcome === 'ACK'),
    'and took it',
  );

  t.ok(
    linesOf(traceFolder, 'processes.log').some(line =>
      /^\S+Z cluster1 istio-system\/istiod-\S+ discovery stdout: /.test(line),
    ),
  );

  t.ok(secrets.length > 4, 'there are secrets');
  const all = TRACE_FILES.map(file => readFileSync(path.join(traceFolder, file), 'utf8')).join('');
  for (const secret of secrets) t.notOk(all.includes(secret));
});

t.test('keys and tokens are taken out, also of output that comes in pieces', async t => {
  using folder = temporaryFolder();
  const { privateKeyPem } = createKeyPair();
  const [, ...body] = privateKeyPem.trimEnd().split('\n').slice(0, -1);
  const token = `eyJhbGciOiJ.${'a'.repeat(20)}.${'b'.repeat(20)}`;
  const trace = new Trace();
  trace.open(folder.path);
  const source = { namespace: 'a', pod: 'b', container: 'c', atMs: 0 };
  const say = (text: string) =>
    trace.onProcess('cluster1', source, { kind: 'output', stream: 'stdout', text });
  for (const piece of `before\n${privateKeyPem}after ${token}\nthe end`.match(/[\s\S]{1,7}/g) ?? [])
    say(piece);
  trace.onRequest('cluster1', {
    method: 'GET',
    url: `/api?token=${token}`,
    username: privateKeyPem,
    code: 200,
    atMs: 0,
    durationMs: 1,
  });
  trace.close();
  say('too late\n');
  const log = readFileSync(path.join(folder.path, 'processes.log'), 'utf8');
  t.equal(
    log.replaceAll('1970-01-01T00:00:00.000Z cluster1 a/b c stdout: ', ''),
    'before\n<private key removed>\nafter <token removed>\n(unfinished) cluster1 a/b c stdout: the end\n',
  );
  const [request] = recordsOf(folder.path, 'api.jsonl');
  t.match(request, { user: '<private key removed>', path: '/api?token=<token removed>', code: 200 });
  for (const line of body) t.notOk(log.includes(line));
});

t.test('only the simulator is traced, and only into a folder that can be written to', async t => {
  using folder = temporaryFolder();
  await t.rejects(prepareSession({ topology, platform: 'existing', traceFolder: folder.path }), {
    code: 'ERR_USAGE',
    message: /`traceFolder` is for platform: 'simulator'/,
  });
  await t.rejects(prepareSession({ topology, traceFolder: '/proc/trace' }), {
    code: 'ERR_UNWRITABLE_FOLDER',
  });
});
