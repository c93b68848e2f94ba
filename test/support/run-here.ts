/** The command line in the process of the test, which can reach behind it. */
import { PassThrough } from 'node:stream';
import { tellFailure } from '../../harness/cli/failure.ts';
import { onPath } from './on-path.ts';
import { type EndedHere, parseCli } from './parsed-cli.ts';

/** How a command is run. */
export interface HereOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  /** Called with what was said on standard error until then. */
  readonly onStderr?: (text: string) => void;
}

/** Runs one command as `main` would. Paths in it are absolute: the working folder is this process's. */
export async function runHere(
  argv: readonly string[],
  { env = {}, signal = new AbortController().signal, onStderr }: HereOptions = {},
): Promise<EndedHere> {
  const said = { stdout: '', stderr: '' };
  const stream = (name: 'stdout' | 'stderr') => {
    const pass = new PassThrough().setEncoding('utf8');
    pass.on('data', (text: string) => {
      said[name] += text;
      if (name === 'stderr') onStderr?.(said.stderr);
    });
    return pass as unknown as NodeJS.WriteStream; // a pipe: no more than `write` is used of it
  };
  const parsed = await parseCli(argv);
  if (!('work' in parsed)) return parsed;
  const environment = {
    env: { PATH: onPath(), ...env },
    stdout: stream('stdout'),
    stderr: stream('stderr'),
    signal,
  };
  let code: number;
  try {
    code = await parsed.work(environment);
  } catch (error) {
    code = tellFailure(error, environment);
  }
  // What was written last arrives a turn later.
  await new Promise(resolve => setImmediate(resolve));
  return { code, ...said };
}
