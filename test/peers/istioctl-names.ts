/**
 * Holds the names of istioctl's commands and flags, by which ours tells what it does not simulate from what
 * does not exist, against a real istioctl (MESH_HARNESS_ISTIOCTL) and, for 1.8, against its sources.
 * `--write` records them anew.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from '../support/cli.ts';
import { type Commands, commandsOf } from './istio-names/cobra-commands.ts';
import { folderOf, RELEASES } from './istio-names/modules.ts';
import { findReal, ISTIO } from './real-programs.ts';

const FOLDER = path.join(ROOT, 'harness/simulator/istio/registry/names');
/** What stands for the same first word as another. */
const ALIASES = /^(?:x|exp|pc|dash|d|zc|istiod)\b/;

/** Where flags come from that other modules add, `pkg/cmd` and Kubernetes' cli-runtime. */
const ADDED: Readonly<Record<string, string>> = {
  '': '--vklog -h --help',
  'experimental precheck': '-f --filename -R --recursive',
  'verify-install': '-f --filename -R --recursive',
};

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

/** Commands in their order; flags of all commands stand at the root only. */
function sorted(commands: Commands): Commands {
  const everywhere = new Set(commands['']?.split(' '));
  const own = (flags: string): string =>
    [...new Set(flags.split(' '))]
      .filter(flag => flag !== '' && !everywhere.has(flag))
      .sort()
      .join(' ');
  return Object.fromEntries(
    Object.entries(commands)
      .filter(([command]) => !(command.includes(' ') && ALIASES.test(command)))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([command, flags]) => [command, command === '' ? [...everywhere].sort().join(' ') : own(flags)]),
  );
}

function ofSources(): { source: string; commands: Commands } {
  const source = RELEASES['1.8'].istio;
  const istio = folderOf(source);
  // Its go.mod names the module that `version` comes from.
  const pkg = /istio\.io\/pkg (\S+)/.exec(readFileSync(path.join(istio, 'go.mod'), 'utf8'))?.[1];
  const folders = ['istioctl/cmd', 'istioctl/pkg', 'operator/cmd/mesh', 'tools/bug-report/pkg'];
  const found = commandsOf(
    [...folders.map(each => path.join(istio, each)), path.join(folderOf(`istio.io/pkg@${pkg}`), 'version')],
    'GetRootCmd',
  );
  for (const [command, flags] of Object.entries(ADDED)) found[command] = `${found[command] ?? ''} ${flags}`;
  return { source, commands: { ...found, help: '' } };
}

function compare(edition: string, { source, commands }: { source: string; commands: Commands }): boolean {
  const file = path.join(FOLDER, `istioctl-${edition}.json`);
  const text = `${JSON.stringify({ source, commands: sorted(commands) }, undefined, 2)}\n`;
  if (process.argv.includes('--write')) writeFileSync(file, text);
  return existsSync(file) && readFileSync(file, 'utf8') === text;
}

const real = findReal('istioctl');
if ('reason' in real) console.log(`skipped: ${real.reason}`);
else if (spawnSync('go', ['version']).status !== 0) console.log('skipped: no go on PATH');
else {
  const commands: Commands = {};
  record(real.path, [], commands);
  const isSame = [
    compare('current', { source: `istioctl of istio.io/istio@${ISTIO}`, commands }),
    compare('1.8', ofSources()),
  ].every(Boolean);
  console.log(
    isSame ? `the same as in istioctl of ${ISTIO} and of 1.8` : 'names differ: --write records them anew',
  );
  process.exitCode = isSame ? 0 : 1;
}
