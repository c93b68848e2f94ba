/** Runs a program of an image as the kubelet would, and collects what it prints. */
import type { Clock } from '../../harness/base/clock.ts';
import { createRandom } from '../../harness/base/random.ts';
import type { NetworkNamespace } from '../../harness/simulator/network/interfaces.ts';
import type { ContainerFiles, Image, Main, ProcessContext } from '../../harness/simulator/program.ts';

export interface Finished {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ProgramOptions {
  readonly network: NetworkNamespace;
  readonly clock: Clock;
  readonly hostname?: string;
  readonly files?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** The program of that path or name. */
export function programOf(image: Image, name: string): Main {
  const found = Object.entries(image.programs).find(([path]) => path === name || path.endsWith(`/${name}`));
  if (!found) throw new Error(`The image ${image.name} has no program ${name}.`);
  return found[1];
}

/** A container's files in memory. */
export function filesOf(
  initial: Readonly<Record<string, string>> = {},
): ContainerFiles & { readonly all: Map<string, string> } {
  const all = new Map(Object.entries(initial));
  return {
    all,
    read: path => {
      const content = all.get(path);
      if (content === undefined) throw Object.assign(new Error(`ENOENT: ${path}`), { code: 'ENOENT' });
      return content;
    },
    exists: path => all.has(path),
    list: folder =>
      [...all.keys()]
        .filter(path => path.startsWith(`${folder.replace(/\/$/, '')}/`))
        .map(path => path.slice(folder.replace(/\/$/, '').length + 1).split('/')[0] ?? '')
        .filter((name, index, names) => names.indexOf(name) === index)
        .sort(),
    write: (path, content) => {
      all.set(path, content);
    },
  };
}

export async function runProgram(
  image: Image,
  argv: readonly string[],
  options: ProgramOptions,
): Promise<Finished> {
  let stdout = '';
  let stderr = '';
  const context: ProcessContext = {
    argv,
    env: { ...image.env, ...options.env },
    uid: image.user,
    hostname: options.hostname ?? options.network.name,
    files: filesOf(options.files),
    network: options.network,
    clock: options.clock,
    random: createRandom('program'),
    stdout: text => {
      stdout += text;
    },
    stderr: text => {
      stderr += text;
    },
    signal: options.signal ?? new AbortController().signal,
  };
  const exitCode = await programOf(image, argv[0] ?? '')(context);
  return { exitCode, stdout, stderr };
}
