/** `mesh-harness status`: which programs of the user's are at work. */

import path from 'node:path';
import { PassThrough } from 'node:stream';
import t from 'tap';
import { statusCommand } from '../../harness/cli/commands/status.ts';
import { OwnState } from '../../harness/cli/up/own-state.ts';
import { upPaths } from '../../harness/cli/up/paths.ts';

const { signal } = new AbortController();
const ISTIOD = { path: '/builds/pilot-discovery', version: '1.31.2' };
const ISTIOCTL = { file: '/builds/istioctl', version: 'unknown' };

/** @returns what it says of a world that this process has */
async function statusOf(stateDir: string, programs: object): Promise<string> {
  const world = {
    ...{ scenario: 'multi-primary', edition: 'current', istioVersion: '1.30.3', seed: '1', bare: false },
    startedAt: new Date(0).toISOString(),
    ...programs,
  };
  using own = await OwnState.take(upPaths(stateDir, {}), world, { tell: () => {} });
  own.ready();
  const stdout = new PassThrough().setEncoding('utf8');
  // A cast: of a terminal no more than `write` is used.
  const stream = stdout as unknown as NodeJS.WriteStream;
  await statusCommand({ stateDir }, { env: {}, stdout: stream, stderr: stream, signal });
  return String(stdout.read());
}

t.test('a real istiod and an istioctl of the user’s are named, with their paths', async t => {
  const text = await statusOf(path.join(t.testdir(), 'state'), { istiod: ISTIOD, istioctl: ISTIOCTL });
  t.match(
    text,
    /^ {2}Control plane: real \(1\.31\.2.*\), data plane: simulated\. \/builds\/pilot-discovery$/m,
  );
  t.match(text, /^ {2}istioctl: \/builds\/istioctl \(version unknown\)/m);
});

t.test('where ours work, nothing is said of either', async t => {
  const text = await statusOf(path.join(t.testdir(), 'state'), {});
  t.match(text, /^multi-primary is up: edition current/);
  t.notMatch(text, /Control plane|istioctl/);
});
