/**
 * kubectl on a real API server beside kubectl on a simulated one: some three hundred commands. Prints what
 * differs, and ends with 1 at a difference that `kubectl/known.yaml` does not name.
 *
 * MESH_HARNESS_KUBECTL names kubectl; without the variables of `compare-api-server.ts` it is held against
 * what
 * is kept of a real one, which needs the same kubectl.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import yaml from 'js-yaml';
import { temporaryFolder } from '../support/cli.ts';
import { upWorld } from '../support/up.ts';
import { heldAgainstKnown, readKnown } from './api-server/known.ts';
import { givenProgram, givenPrograms } from './control-plane-programs.ts';
import { type AllSaid, runCommands } from './kubectl/run-commands.ts';
import { differentCommands, readSaid } from './kubectl/said.ts';
import { startRealApiServer } from './real-api-server.ts';

const SHOWN = 300;

/** What the real one says now, or what is kept of it. */
async function saidByReal(kubectl: string): Promise<AllSaid> {
  const programs = givenPrograms();
  if ('reason' in programs || programs.controllerManager === undefined) {
    const { version, date, said } = readSaid();
    console.log(`beside what is kept of ${version} (${date})`);
    return said;
  }
  using folder = temporaryFolder();
  await using server = await startRealApiServer(programs, folder.path);
  return await runCommands(kubectl, server.kubeconfig);
}

const kubectl = givenProgram('kubectl');
if ('reason' in kubectl) {
  console.log(`skipped: ${kubectl.reason}`);
  process.exit(0);
}
const { stdout } = spawnSync(kubectl.path, ['version', '--client', '-o', 'yaml'], { encoding: 'utf8' });
// A cast: kubectl's own form.
const { clientVersion } = yaml.load(stdout) as { clientVersion: { gitVersion: string } };
if (clientVersion.gitVersion !== readSaid().version) {
  console.log(`skipped: it is kubectl ${clientVersion.gitVersion}, and ${readSaid().version} was asked`);
  process.exit(0);
}
const real = await saidByReal(kubectl.path);
await using world = await upWorld('multi-primary', ['--bare']);
if (world.up.code !== 0) throw new Error(world.up.stderr);
const ours = await runCommands(kubectl.path, readFileSync(path.join(world.stateDir, 'kubeconfig'), 'utf8'));
const different = differentCommands(real, ours);
const { news, vanished } = heldAgainstKnown(
  different,
  readKnown(new URL('kubectl/known.yaml', import.meta.url)),
);
for (const id of news)
  for (const stream of ['code', 'stdout', 'stderr'] as const)
    if (real[id]?.[stream] !== ours[id]?.[stream])
      console.log(
        `NEW ${id} (${stream})\n  real ${String(real[id]?.[stream]).slice(0, SHOWN)}` +
          `\n  ours ${String(ours[id]?.[stream]).slice(0, SHOWN)}`,
      );
const all = Object.keys(real).length;
console.log(`${all - different.length} of ${all} commands say the same; ${vanished.length} known are gone`);
console.log(news.length === 0 ? 'No new difference.' : `${news.length} that known.yaml does not name`);
process.exitCode = news.length === 0 ? 0 : 1;
