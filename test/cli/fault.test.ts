/** `mesh-harness fault`: something fails in clusters that are up, is told, and is taken back. */
import { lstatSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { systemClock } from '../../harness/base/clock.ts';
import { askJson, serveJson } from '../../harness/base/json-socket.ts';
import { statusCommand } from '../../harness/cli/commands/status.ts';
import { openControl } from '../../harness/cli/up/control.ts';
import { askWorld, worldToAsk } from '../../harness/cli/up/control-client.ts';
import { PROTOCOL_HEADER } from '../../harness/cli/up/control-protocol.ts';
import { OwnState } from '../../harness/cli/up/own-state.ts';
import { upPaths } from '../../harness/cli/up/paths.ts';
import { FaultsInForce } from '../../harness/faults/in-force.ts';
import type { FaultPoints } from '../../harness/platform/fault-points.ts';
import { runCli, temporaryFolder } from '../support/cli.ts';
import { twoClusters } from '../support/topologies.ts';
import { upWorld } from '../support/up.ts';

const { signal } = new AbortController();

t.test('a fault is begun, told and taken back; down leaves nothing', async t => {
  await using world = await upWorld('multi-primary', ['--bare']);
  const socket = path.join(world.stateDir, 'control.sock');
  t.ok(lstatSync(socket).isSocket());
  t.equal(statSync(socket).mode & 0o777, 0o600, 'of this user alone');
  t.match(await world.cli('fault', 'list'), { code: 0, stdout: /In force in multi-primary: none/ });

  const begun = await world.cli('fault', 'stop-api-server', '--cluster', 'cluster2');
  t.match(begun, { code: 0, stdout: /^stop-api-server-1: the API server of cluster2 is away/ });
  t.match(begun.stderr, /Take it back: .*fault clear stop-api-server-1 --state-dir/);
  t.match(await world.cli('status'), {
    code: 1,
    stdout:
      /cluster2 .*does not answer(?:.|\n)*a fault is in force: stop-api-server-1: the API server of cluster2/,
  });
  const refused = await world.cli('fault', 'clear', 'drop-calls-7');
  t.match(refused, {
    code: 2,
    stderr: /No fault "drop-calls-7" is in force\.\s+In force: stop-api-server-1\./,
  });
  t.match(await world.cli('fault', 'partition-networks'), { code: 2, stderr: /it has one network only/ });
  const half = await world.cli('fault', 'istiod-away');
  t.match(
    half,
    { code: 2, stderr: /cluster1 has no Deployment app=istiod in istio-system/ },
    'nothing is installed',
  );

  t.match(await world.cli('fault', 'clear', '--all'), { code: 0, stdout: /stop-api-server-1 is taken back/ });
  t.match(await world.cli('status'), { code: 0, stdout: /cluster2 .*Kubernetes v1/ });
  t.match(await world.cli('fault', 'clear', '--all'), { code: 0, stdout: /No fault was in force/ });
  t.match(await world.cli('fault', 'clear'), { code: 2, stderr: /either the id of a fault or --all/ });
  t.equal((await world.cli('down')).code, 0);
  t.throws(() => lstatSync(world.stateDir), { code: 'ENOENT' });
});

t.test('a state folder whose path is too long for a socket has it elsewhere', async t => {
  using own = temporaryFolder();
  const paths = upPaths(path.join(own.path, 'x'.repeat(120)), {});
  const faults = new FaultsInForce({
    ...{ topology: twoClusters(['network1', 'network1']), edition: '1.8', client: 'sleep' },
    ...{ clients: new Map(), clock: systemClock },
    points: {} as FaultPoints, // nothing fails here
  });
  const control = await openControl(paths, faults, () => 0);
  const folder = path.dirname(control.socket);
  t.not(control.socket, paths.control);
  t.equal(statSync(folder).mode & 0o777, 0o700);
  t.same(await askWorld(control.socket, { path: 'GET /faults' }, signal), []);
  const unknown = { path: 'POST /faults', body: { fault: 'drop-cals', values: {} } } as const;
  await t.rejects(askWorld(control.socket, unknown, signal), {
    code: 'ERR_UNKNOWN_FAULT',
    hint: /drop-calls/,
  });
  const asked = { method: 'GET', path: '/faults', headers: { [PROTOCOL_HEADER]: '0' } };
  t.match((await askJson(control.socket, asked, signal)).body, {
    error: { message: /understands protocol 1, and was asked in 0/, hint: /brought the clusters up/ },
  });
  await control[Symbol.asyncDispose]();
  t.throws(() => statSync(folder), { code: 'ENOENT' });
});

t.test('where no clusters are up, or a process has gone, it is said', async t => {
  using own = temporaryFolder();
  const argv = ['--state-dir', path.join(own.path, 'state')];
  t.match(await runCli(['fault', 'drop-calls', ...argv], own.path), {
    code: 2,
    stderr: /No clusters are up.*\n.*up SCENARIO/,
  });
  t.match(await runCli(['fault', 'list', ...argv], own.path), {
    code: 0,
    stdout: /^drop-calls .*\(--cluster, --from\)$/m,
  });
  t.match(await runCli(['fault', 'drop-cals', ...argv], own.path), {
    code: 2,
    stderr: /Did you mean drop-calls/,
  });
});

const ABOUT = {
  ...{ scenario: 'multi-primary', edition: '1.8', istioVersion: '1.8.0', seed: '1', bare: false },
  startedAt: new Date(0).toISOString(),
};

t.test('a process of another release is told apart, and one that does not answer', async t => {
  // A socket's path has to be short.
  using folder = temporaryFolder();
  const stateDir = path.join(folder.path, 'state');
  const paths = upPaths(stateDir, {});
  using own = await OwnState.take(paths, ABOUT, { tell: () => {} });
  t.throws(() => worldToAsk(paths), { message: /still coming up/ });
  own.ready();
  t.throws(() => worldToAsk(paths), { message: /brought up by a release that takes no faults/ });

  const socket = path.join(stateDir, 'control.sock');
  own.ready(socket);
  await t.rejects(askWorld(socket, { path: 'GET /faults' }, signal), {
    code: 'ERR_PLATFORM_NOT_READY',
    message: /does not answer at .*control\.sock/,
    hint: /It has ended/,
  });
  const answer = { status: 200, headers: { [PROTOCOL_HEADER]: '2' }, body: { faults: [] } };
  await using _ = await serveJson(socket, async () => answer);
  await t.rejects(askWorld(socket, { path: 'GET /faults' }, signal), {
    message: /answers in protocol 2/,
    hint: /This release understands 1: use the one that has brought the clusters up/,
  });
  let told = '';
  const stream = { write: (text: string) => (told += text) } as unknown as NodeJS.WriteStream; // no more is used
  await statusCommand({ stateDir }, { env: {}, stdout: stream, stderr: stream, signal });
  t.match(told, /which faults are in force is not known: .*protocol 2/);
});

t.test('a socket takes JSON only, and not too much of it', async t => {
  using folder = temporaryFolder();
  const socket = path.join(folder.path, 's');
  await using _ = await serveJson(socket, async ({ body }) => ({ status: 200, headers: {}, body: { body } }));
  const ask = { method: 'POST', path: '/', headers: {} };
  t.same((await askJson(socket, { ...ask, body: { a: 1 } }, signal)).body, { body: { a: 1 } });
  const long = await askJson(socket, { ...ask, body: 'x'.repeat(100_000) }, signal);
  t.match(long, { status: 500, body: { error: /too long/ } });
  writeFileSync(`${socket}.txt`, '');
  await t.rejects(
    serveJson(`${socket}.txt`, async () => ({ status: 200, headers: {}, body: null })),
    {
      code: 'EADDRINUSE',
    },
  );
});
