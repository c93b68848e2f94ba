/** The command line in the process of the test, which can reach behind it. */
import { PassThrough } from 'node:stream';
import { tellFailure } from '../../harness/cli/failure.ts';
import { helpOutput } from '../../harness/cli/help-output.ts';
import { onPath } from './on-path.ts';
import { type EndedHere, parseCli } from './parsed-cli.ts';

/** How a command is run. */
export interface HereOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  /** Both streams are a terminal of so many columns. */
  readonly columns?: number;
  /** Called with what was said on standard error until then. */
  readonly onStderr?: (text: string) => void;
}

/** Runs one command as `main` would. Paths in it are absolute: the working folder is this process's. */
export async function runHere(
  argv: readonly string[],
  { env = {}, signal = new AbortController().signal, onStderr, columns }: HereOptions = {},
): Promise<EndedHere> {
  const said = { stdout: '', stderr: '' };
  const stream = (name: 'stdout' | 'stderr') => {
    const pass = new PassThrough().setEncoding('utf8');
    pass.on('data', (text: string) => {
      said[name] += text;
      if (name === 'stderr') onStderr?.(said.stderr);
    });
    // A pipe: no more than `write` is used of it, and of a terminal its width.
    return Object.assign(
      pass,
      columns !== undefined && { isTTY: true, columns },
    ) as unknown as NodeJS.WriteStream;
  };
  const environment = {
    env: { PATH: onPath(), ...env },
    stdout: stream('stdout'),
    stderr: stream('stderr'),
    signal,
  };
  const parsed = await parseCli(argv, columns === undefined ? undefined : helpOutput(environment));
  if (!('work' in parsed)) return columns === undefined ? parsed : { code: parsed.code, ...said };
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
