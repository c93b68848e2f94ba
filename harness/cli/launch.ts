/**
 * How this program is started once more from the user's shell, so that every line that is shown to be typed
 * works where it is shown. Texts in the source have one form, `mesh-harness WORD`; whoever prints for people
 * puts what works in its place. Reports keep that form: equal runs give equal reports.
 */
import path from 'node:path';
import { existsSync, readFileSync, realpathSync, statSync } from '../base/disk/disk.ts';
import { quoteWord } from '../base/quote.ts';
import { findProgram } from '../process/find.ts';
import { cliEntry } from './up/release-folder.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** Every command of the program, as the first word behind its name; test/cli/launch.test.ts has them all. */
const COMMAND_NAMES = [
  ...['run', 'verify', 'diagnose', 'matrix', 'doctor', 'images', 'clean', 'list', 'plan', 'guide', 'report'],
  ...['certs', 'up', 'env', 'status', 'fault', 'down', 'istioctl', 'completion', 'version'],
] as const;

/** What decides how the program is started. */
interface LaunchFacts {
  readonly env: Env;
  /** Of the user's shell. */
  readonly workingFolder: string;
  /** Path of the Node that runs. */
  readonly node: string;
  /** Path of the program's own file. */
  readonly entry: string;
}

const NAME = 'mesh-harness';
const BIN_FOLDER = path.join('node_modules', '.bin');
/** Scripts that start a program are shorter. */
const MAX_SCRIPT_BYTES = 8192;

const COMMAND = new RegExp(
  // Not behind `npx `, nor in a path or a name.
  `(?<![\\w./@-]|npx |-- )${NAME}(?= (?:${COMMAND_NAMES.join('|')}|--help|--version)(?![\\w-]))`,
  'g',
);

/**
 * Puts what works in the user's shell in the place of `mesh-harness` before each command of ours.
 * @param env - of this process
 * @param workingFolder - that of the user's shell
 */
export function asTyped(text: string, env: Env, workingFolder = env['INIT_CWD'] ?? process.cwd()): string {
  if (!text.includes(`${NAME} `)) return text;
  const start = startOf({ env, workingFolder, node: process.execPath, entry: cliEntry() });
  return text.replace(COMMAND, () => start);
}

/**
 * Returns the words that start the program: its name, if PATH has it; `npx` with its name, where npm has
 * started it and finds it without asking a registry; else Node with the path of its file.
 */
function startOf({ env, workingFolder, node, entry }: LaunchFacts): string {
  const ofShell = pathOfShell(env);
  if (isThis(findProgram(NAME, ofShell), entry)) return NAME;
  if (isByNpm(env) && isFoundByNpx(workingFolder, entry)) return `npx ${NAME}`;
  const found = findProgram('node', ofShell);
  const isSame = found !== undefined && realpathSync(found) === realpathSync(node);
  return `${isSame ? 'node' : quoteWord(node)} ${quoteWord(entry)}`;
}

const isByNpm = (env: Env): boolean =>
  env['npm_command'] !== undefined && (env['npm_config_user_agent'] ?? '').startsWith('npm/');

/**
 * Returns the PATH of the shell that a package manager was called from. npm puts folders of its own before
 * it, the last one of them `node-gyp-bin` (npm/run-script lib/set-path.js); others mix theirs in.
 */
function pathOfShell(env: Env): string {
  const folders = (env['PATH'] ?? '').split(path.delimiter);
  if (env['npm_config_user_agent'] === undefined) return env['PATH'] ?? '';
  const last = folders.findLastIndex(each => path.basename(each) === 'node-gyp-bin');
  const own = folders.slice(last + 1);
  return (isByNpm(env) ? own : own.filter(each => !each.endsWith(BIN_FOLDER))).join(path.delimiter);
}

/** Tells whether a file is the program: its own, a link to it, or a small script that starts it. */
function isThis(file: string | undefined, entry: string): boolean {
  if (file === undefined || !existsSync(entry)) return false;
  const own = realpathSync(entry);
  if (realpathSync(file) === own) return true;
  if (statSync(file).size > MAX_SCRIPT_BYTES) return false;
  const words = readFileSync(file, 'utf8').match(/[^\s"']+\.js/g) ?? [];
  return words.some(word => {
    // Scripts that other package managers write name it by its place beside them.
    const named = path.resolve(path.dirname(file), word.replace(/^\$\{?basedir\}?\//, ''));
    return existsSync(named) && realpathSync(named) === own;
  });
}

/**
 * Tells whether `npx mesh-harness` takes this program from a folder: the project is its own package, or it
 * or a folder above has it in node_modules (npm/cli workspaces/libnpmexec/lib/index.js).
 */
function isFoundByNpx(folder: string, entry: string): boolean {
  const above = foldersAbove(folder);
  const at = above.findIndex(each =>
    ['package.json', 'node_modules'].some(name => existsSync(path.join(each, name))),
  );
  const project = above[at];
  if (project === undefined) return false;
  if (realpathSync(project) === realpathSync(path.dirname(path.dirname(entry)))) return true;
  const bin = above
    .slice(at)
    .map(each => path.join(each, BIN_FOLDER, NAME))
    .find(each => existsSync(each));
  return isThis(bin, entry);
}

/** Lists a folder and all that it lies in, itself first. */
function foldersAbove(folder: string): readonly string[] {
  const parent = path.dirname(folder);
  return parent === folder ? [folder] : [folder, ...foldersAbove(parent)];
}
