/** What busybox gives an image that people exec into: sleep, echo, cat and the like. */
import { StringDecoder } from 'node:string_decoder';
import { sleep as sleepFor } from '../../base/clock.ts';
import type { Main, ProcessContext } from '../program.ts';

/** The exit code of a process that SIGTERM has ended. */
export const TERMINATED = 143;

const UNIT_SECONDS: Readonly<Record<string, number>> = { '': 1, s: 1, m: 60, h: 3600, d: 86_400 };

/** @returns seconds, Infinity, or undefined for what sleep does not understand */
export function sleepSeconds(operands: readonly string[]): number | undefined {
  let total = 0;
  for (const operand of operands) {
    if (/^inf(inity)?$/i.test(operand)) {
      total = Number.POSITIVE_INFINITY;
      continue;
    }
    const match = /^(\d+(?:\.\d*)?|\.\d+)([smhd]?)$/.exec(operand);
    if (!match) return undefined;
    total += Number(match[1]) * (UNIT_SECONDS[match[2] ?? ''] ?? 1);
  }
  return operands.length === 0 ? undefined : total;
}

const sleep: Main = async ({ argv, clock, signal, stderr }) => {
  const seconds = sleepSeconds(argv.slice(1));
  if (seconds === undefined) {
    stderr(
      argv.length < 2 ? 'sleep: missing operand\n' : `sleep: invalid number '${argv.slice(1).join(' ')}'\n`,
    );
    return 1;
  }
  try {
    await sleepFor(clock, seconds * 1000, signal);
    return 0;
  } catch {
    return TERMINATED;
  }
};

const echo: Main = async ({ argv, stdout }) => {
  const withoutNewline = argv[1] === '-n';
  stdout(argv.slice(withoutNewline ? 2 : 1).join(' ') + (withoutNewline ? '' : '\n'));
  return 0;
};

const printEnvironment: Main = async ({ argv, env, stdout }) => {
  const names = argv.slice(1);
  if (names.length === 0) {
    for (const [name, value] of Object.entries(env)) stdout(`${name}=${value}\n`);
    return 0;
  }
  let exitCode = 0;
  for (const name of names) {
    const value = env[name];
    if (value === undefined) exitCode = 1;
    else stdout(`${value}\n`);
  }
  return exitCode;
};

const env: Main = async context => {
  if (context.argv.length > 1) {
    context.stderr(`env: can't execute '${context.argv[1]}': not simulated\n`);
    return 127;
  }
  return printEnvironment(context);
};

const hostname: Main = async context => {
  if (context.argv[1] === '-i') context.stdout(`${context.network.address}\n`);
  else context.stdout(`${context.hostname}\n`);
  return 0;
};

/** Puts through what comes in, characters whole. */
async function passStdin({ stdin, stdout }: ProcessContext): Promise<void> {
  const decoder = new StringDecoder('utf8');
  for await (const chunk of stdin ?? []) stdout(decoder.write(chunk));
  stdout(decoder.end());
}

const cat: Main = async context => {
  let exitCode = 0;
  const paths = context.argv.slice(1);
  for (const path of paths.length === 0 ? ['-'] : paths) {
    if (path === '-') {
      await passStdin(context);
      continue;
    }
    const content = readFile(context, path);
    if (content === undefined) {
      context.stderr(`cat: can't open '${path}': No such file or directory\n`);
      exitCode = 1;
    } else {
      context.stdout(content);
    }
  }
  return exitCode;
};

const ls: Main = async context => {
  const folders = context.argv.slice(1).filter(argument => !argument.startsWith('-'));
  let exitCode = 0;
  for (const folder of folders.length === 0 ? ['/'] : folders) {
    const names = context.files.list(folder);
    if (names.length > 0) {
      context.stdout(`${names.join('\n')}\n`);
    } else if (context.files.exists(folder)) {
      context.stdout(`${folder}\n`);
    } else {
      context.stderr(`ls: ${folder}: No such file or directory\n`);
      exitCode = 1;
    }
  }
  return exitCode;
};

function readFile({ files }: ProcessContext, path: string): string | undefined {
  try {
    return files.read(path);
  } catch {
    return undefined;
  }
}

/** By path, as busybox links them. There is no shell: `exec` of `sh` fails as in an image without one. */
export const smallPrograms: Readonly<Record<string, Main>> = {
  '/bin/sleep': sleep,
  '/bin/echo': echo,
  '/bin/cat': cat,
  '/bin/ls': ls,
  '/bin/hostname': hostname,
  '/bin/printenv': printEnvironment,
  '/usr/bin/env': env,
  '/bin/true': async () => 0,
  '/bin/false': async () => 1,
};
