/**
 * A real API server beside a simulated one: both are asked the corpus (`api-server/README.md`). Prints how
 * many
 * answers are the same, by group, and ends with 1 at a difference that `known.yaml` does not name.
 *
 * Variables name the programs: MESH_HARNESS_KUBE_APISERVER, MESH_HARNESS_ETCD, and, so that groups which need
 * controllers are asked too, MESH_HARNESS_KUBE_CONTROLLER_MANAGER and MESH_HARNESS_KUBE_SCHEDULER.
 */

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { temporaryFolder } from '../support/cli.ts';
import { upWorld } from '../support/up.ts';
import { readAnswers } from './api-server/answers.ts';
import type { Answers } from './api-server/ask.ts';
import { askAll } from './api-server/ask-all.ts';
import { compareGroup, figuresTable } from './api-server/compare.ts';
import { Connection } from './api-server/connection.ts';
import { readCorpus } from './api-server/corpus.ts';
import { heldAgainstKnown, readKnown } from './api-server/known.ts';
import type { Group } from './api-server/question.ts';
import { givenPrograms } from './control-plane-programs.ts';
import { startRealApiServer } from './real-api-server.ts';

const SHOWN = 200;

/** Asks a server over TCP. */
async function ask(kubeconfig: string, groups: readonly Group[], hasControllers: boolean) {
  const connection = new Connection(kubeconfig);
  const asked = { connection, hasControllers, sleep: (seconds: number) => sleep(seconds * 1000) };
  try {
    return await askAll(asked, groups, {
      atATime: 4,
      onFailure: (group, error) => console.log(`  ${group}: ${error}`),
    });
  } finally {
    connection.close();
  }
}

/** How often a real one answers as the one whose answers are kept. */
function printBesideKept(real: Readonly<Record<string, Answers>>): void {
  const { version, date, groups } = readAnswers();
  const others = Object.entries(real).flatMap(([name, answers]) => {
    return compareGroup(name, answers, groups[name] ?? {}).different;
  });
  console.log(`beside the kept answers of ${version} (${date}): ${others.length} are others`);
}

const programs = givenPrograms();
if ('reason' in programs) {
  console.log(`skipped: ${programs.reason}`);
  process.exit(0);
}
const hasControllers = programs.controllerManager !== undefined;
const groups = readCorpus().filter(({ needsControllers }) => hasControllers || !needsControllers);
using folder = temporaryFolder();
let real: Readonly<Record<string, Answers>>;
{
  await using server = await startRealApiServer(programs, folder.path);
  real = await ask(server.kubeconfig, groups, hasControllers);
}
await using world = await upWorld('multi-primary', ['--bare']);
if (world.up.code !== 0) throw new Error(world.up.stderr);
const kubeconfig = readFileSync(path.join(world.stateDir, 'kubeconfig'), 'utf8');
const ours = await ask(kubeconfig, groups, true);
const compared = groups.map(({ name }) => compareGroup(name, real[name] ?? {}, ours[name] ?? {}));
console.log(figuresTable(compared.map(({ figures }) => figures)));
printBesideKept(real);
const different = compared.flatMap(({ different }) => different);
const { news } = heldAgainstKnown(
  different.map(({ name }) => name),
  readKnown(),
);
for (const { name, what, real, ours } of different.filter(({ name }) => news.includes(name)))
  console.log(`NEW ${name} (${what})\n  real ${real.slice(0, SHOWN)}\n  ours ${ours.slice(0, SHOWN)}`);
console.log(
  news.length === 0 ? 'No new difference.' : `${news.length} differences that known.yaml does not name`,
);
process.exitCode = news.length === 0 ? 0 : 1;
