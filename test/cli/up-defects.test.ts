/**
 * A world that stays while a part of it fails: the defect is told in the log and by `status`, and the API
 * answers.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import t from 'tap';
import { systemClock } from '../../harness/base/clock.ts';
import { KubernetesClient } from '../../harness/base/kubernetes-client.ts';
import { waitUntil } from '../../harness/base/wait.ts';
import { statusCommand } from '../../harness/cli/commands/status.ts';
import { upCommand } from '../../harness/cli/commands/up.ts';
import { loopingController, throwingController } from '../support/bad-controllers.ts';
import { temporaryFolder } from '../support/cli.ts';

/** A terminal's stand-in, and all that was written to it. */
function sink(): { readonly stream: NodeJS.WriteStream; text(): string } {
  const stream = new PassThrough();
  let text = '';
  stream.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  return { stream: stream as unknown as NodeJS.WriteStream, text: () => text }; // no terminal: what is used of it is `write`
}

t.test('defects in a world that is up', async t => {
  using folder = temporaryFolder();
  const stateDir = path.join(folder.path, 'state');
  const end = new AbortController();
  const [out, err] = [sink(), sink()];
  const environment = { env: process.env, stdout: out.stream, stderr: err.stream, signal: end.signal };
  const flags = { detach: false, bare: true, apiOnly: false, edition: 'current', seed: '1', stateDir };
  const up = upCommand('multi-primary', flags, environment, world => {
    world.clusters
      .get('cluster1')
      ?.startController('thrower', context => throwingController(context, () => {}));
    world.clusters
      .get('cluster2')
      ?.startController('spinner', context => loopingController(context, () => {}));
  });
  const limits = { clock: systemClock, timeoutMs: 20_000, intervalMs: 50 };
  const status = async () => {
    const told = sink();
    const code = await statusCommand({ stateDir }, { ...environment, stdout: told.stream });
    return { code, text: told.text() };
  };
  await waitUntil('the world', status, ({ text }) => text.includes('is up, bare'), limits);
  for (const context of ['cluster1', 'cluster2']) {
    const client = new KubernetesClient(readFileSync(path.join(stateDir, 'kubeconfig'), 'utf8'), { context });
    await client.create(
      { apiVersion: 'v1', plural: 'configmaps', namespace: 'default' },
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'victim' }, data: { turns: '0' } },
    );
    client.close();
  }
  const { code, text } = await waitUntil(
    'both defects',
    status,
    ({ text }) => text.includes('spinner') && text.includes('thrower'),
    limits,
  );
  t.equal(code, 0, 'the API servers answer');
  t.match(
    text,
    / {2}a defect of mesh-harness in cluster1: thrower failed: made to throw \(configmaps default\/victim\) \(/,
  );
  t.match(
    text,
    / {2}a defect of mesh-harness in cluster2: spinner was stopped: its work on this object called for more/,
  );

  process.emit('uncaughtException', new Error('thrown where nobody catches'));
  t.match((await status()).text, /a defect of mesh-harness: Error: thrown where nobody catches \(/);
  t.match(err.text(), /a defect of mesh-harness in cluster2: spinner was stopped/);
  end.abort(new Error('the test is over'));
  await up;
});
