/**
 * Holds the names of istioctl's commands and flags, by which ours tells what it does not simulate from what
 * does not exist, against a real istioctl (MESH_HARNESS_ISTIOCTL). `--write` records them anew.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from '../support/cli.ts';
import { findReal, ISTIO } from './real-programs.ts';

const FILE = path.join(ROOT, 'harness/tools/embedded/istioctl/real-commands.json');

/** Command → its flags, each as `--name` or `-n`. */
type Commands = Record<string, string>;

/** First words of what the simulated istioctl has. */
const OURS =
  /^(?:analyze|create-remote-secret|install|manifest|proxy-config|proxy-status|ps|remote-clusters|uninstall|version)\b/;
const isOurs = (command: string): boolean => OURS.test(command);

/** Reads the help of a command and of those below it. */
function record(program: string, words: readonly string[], found: Commands): void {
  const { stdout } = spawnSync(program, [...words, '--help'], { encoding: 'utf8', timeout: 20_000 });
  const flags = [...stdout.matchAll(/^ +(?:(-[a-zA-Z]), )?(--[A-Za-z][\w-]*)/gm)];
  found[words.join(' ')] = flags.flatMap(([, short, long]) => [...(short ? [short] : []), long]).join(' ');
  const list = /^Available Commands:\n((?: {2}\S.*\n)+)/m.exec(stdout)?.[1] ?? '';
  const aliases = /^Aliases:\n {2}(.+)$/m.exec(stdout)?.[1]?.split(', ').slice(1) ?? [];
  for (const alias of aliases) found[[...words.slice(0, -1), alias].join(' ')] = found[words.join(' ')] ?? '';
  for (const [, name = ''] of list.matchAll(/^ {2}(\S+)/gm)) record(program, [...words, name], found);
}

const real = findReal('istioctl');
if ('reason' in real) console.log(`skipped: ${real.reason}`);
else {
  const commands: Commands = {};
  record(real.path, [], commands);
  const everywhere = new Set(commands['']?.split(' '));
  const own = (flags: string): string =>
    flags
      .split(' ')
      .filter(flag => !everywhere.has(flag))
      .join(' ');
  const sorted = Object.fromEntries(
    Object.entries(commands)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      // The flags of a command that ours has not are never asked for.
      .map(([command, flags]) => [command, command === '' ? flags : isOurs(command) ? own(flags) : '']),
  );
  const text = `${JSON.stringify({ source: `istioctl of istio.io/istio@${ISTIO}`, commands: sorted }, undefined, 2)}\n`;
  if (process.argv.includes('--write')) writeFileSync(FILE, text);
  const isSame = readFileSync(FILE, 'utf8') === text;
  console.log(isSame ? `the same as in istioctl of ${ISTIO}` : 'names differ: --write records them anew');
  process.exitCode = isSame ? 0 : 1;
}
