/** Runs the bundled command line as a user's shell would. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { onPath } from './on-path.ts';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));
export const CLI = path.join(ROOT, 'dist', 'mesh-harness.js');

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A folder of the test's own, which goes with it. */
export function temporaryFolder(): { readonly path: string } & Disposable {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'mesh-harness-test-'));
  return { path: folder, [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }) };
}

/** Without what tap and npm put into the environment, and without colours. */
function environment(extra: Readonly<Record<string, string>>): Record<string, string> {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(TAP|npm_|NODE_OPTIONS|FORCE_COLOR|MESH_HARNESS)/i.test(name),
  );
  const inherited = Object.fromEntries(kept) as Record<string, string>;
  return {
    ...inherited,
    PATH: [onPath(), inherited['PATH']].join(path.delimiter),
    NO_COLOR: '1',
    ...extra,
  };
}

/** Starts the command line; `onStderr` sees progress as it comes. */
export function startCli(
  argv: readonly string[],
  options: {
    readonly cwd: string;
    readonly env?: Readonly<Record<string, string>>;
    /** The Node to run it; by default the one that runs the test. */
    readonly node?: string;
    /** Nothing by default. */
    readonly stdin?: 'ignore' | 'pipe';
    readonly onStderr?: (text: string, child: ChildProcess) => void;
  },
): { readonly child: ChildProcess; readonly ended: Promise<Ended> } {
  if (!existsSync(CLI)) throw new Error('dist/ is missing: npm run build');
  const child = spawn(options.node ?? process.execPath, [CLI, ...argv], {
    cwd: options.cwd,
    env: environment(options.env ?? {}),
    stdio: [options.stdin ?? 'ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    stdout += chunk;
  });
  child.stderr?.on('data', (chunk: Buffer) => {
    stderr += chunk;
    options.onStderr?.(stderr, child);
  });
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', code => resolve({ code, stdout, stderr }));
  });
  return { child, ended };
}

export const runCli = (
  argv: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Ended> => startCli(argv, { cwd, env }).ended;
