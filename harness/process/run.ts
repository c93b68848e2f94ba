/** Runs a program of this machine to its end. Failures are values, not errors. */
import { LineReader } from '../base/lines.ts';
import { processFaults } from './faults.ts';

export interface RunProcessOptions {
  readonly cwd?: string;
  /** Laid over this process's own environment; `undefined` takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Standard input; without it, it is closed. */
  readonly stdin?: string;
  /** Milliseconds until it is ended: first asked (SIGTERM), after five seconds killed. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** Called with each line of either stream, as it comes. */
  readonly onLine?: (line: string) => void;
}

/** How a program ended. */
export interface ProcessResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly fault?: 'missing-tool' | 'timeout' | 'killed';
}

const KILL_AFTER_MS = 5000;
/** A command that says more than this has gone wild. */
const MAX_OUTPUT_CHARACTERS = 64 * 1024 * 1024;

/** A program that never ends by itself, and for how long a test waits for it, in milliseconds. */
const HANGING = [process.execPath, ['-e', 'setInterval(() => {}, 1e6)']] as const;
const HANGS_MS = 500;

/**
 * Runs a program and collects its output.
 * @param file - a path, or a name that is looked for on PATH
 * @returns `fault` is `missing-tool` if it could not be started, `timeout` after `timeoutMs`, `killed` by the
 *   signal or by someone else
 */
export async function runProcess(
  file: string,
  args: readonly string[],
  options: RunProcessOptions,
): Promise<ProcessResult> {
  const { cwd, env, stdin, timeoutMs, signal, onLine } = options;
  const fault = processFaults.of(file, args);
  // A run on the simulator starts no program.
  const { execa } = await import('execa');
  const [program, words] = fault === 'hangs' ? HANGING : [file, args];
  const subprocess = execa(program, [...words], {
    ...(cwd !== undefined && { cwd }),
    env: { ...process.env, ...env },
    extendEnv: false,
    ...(stdin === undefined ? { stdin: 'ignore' as const } : { input: stdin }),
    timeout: fault === 'hangs' ? Math.min(timeoutMs, HANGS_MS) : timeoutMs,
    cancelSignal: signal,
    forceKillAfterDelay: KILL_AFTER_MS,
    maxBuffer: MAX_OUTPUT_CHARACTERS,
    stripFinalNewline: false,
    // Children that we leave behind hold our pipes open no longer than we live.
    cleanup: true,
    reject: false,
  });
  if (fault === 'dies') subprocess.kill('SIGKILL');
  if (onLine) {
    tellLines(subprocess.stdout, onLine);
    tellLines(subprocess.stderr, onLine);
  }
  const result = await subprocess;
  const output = { stdout: String(result.stdout ?? ''), stderr: String(result.stderr ?? '') };
  const code = 'code' in result ? result.code : undefined;
  if (code === 'ENOENT' || code === 'EACCES') {
    return {
      ...output,
      exitCode: 127,
      stderr: `${file}: ${code === 'ENOENT' ? 'not found' : 'cannot be run'}\n`,
      fault: 'missing-tool',
    };
  }
  if (result.timedOut) return { ...output, exitCode: 124, fault: 'timeout' };
  if (result.isCanceled || result.isTerminated || result.isMaxBuffer)
    return { ...output, exitCode: 143, fault: 'killed' };
  return { ...output, exitCode: result.exitCode ?? 1 };
}

function tellLines(stream: NodeJS.ReadableStream | null, onLine: (line: string) => void): void {
  const lines = new LineReader(/\r?\n|\r/);
  stream?.on('data', (chunk: Buffer | string) => {
    for (const line of lines.push(String(chunk))) if (line.trim() !== '') onLine(line);
  });
}
