/**
 * Runs the steps of a composite action as a runner of GitHub's does: each script from a file of its own by
 * bash, with the folders, variables and files of a step, and what it leaves in these for the next one. By
 * actions/runner src/Runner.Worker: Handlers/CompositeActionHandler.cs, Handlers/ScriptHandler.cs,
 * Handlers/ScriptHandlerHelpers.cs, FileCommandManager.cs.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { type ActionStep, readAction } from './action.ts';
import { commandsIn, type WorkflowCommand } from './commands.ts';
import { type Context, isToRun, substitute } from './expressions.ts';

/** What stands around a use of the action. */
export interface Job {
  /** The folder of the action: a clone. */
  readonly action: string;
  /** A folder for all that the runner and the job need; `workspace` below it is the job's own. */
  readonly folder: string;
  readonly inputs?: Readonly<Record<string, string>>;
  /** Of the machine; nothing of the process that tests. */
  readonly env: Readonly<Record<string, string>>;
  /** Sees each script start. */
  readonly onStart?: (child: ChildProcess, step: ActionStep) => void;
}

/** How a use of the action ended. */
export interface Used {
  readonly succeeded: boolean;
  readonly outputs: Readonly<Record<string, string>>;
  /** Of all scripts, in their order. */
  readonly exitCodes: readonly (number | null)[];
  /** What the scripts wrote to both streams, one after the other. */
  readonly log: string;
  /** What the runner would have carried out. */
  readonly commands: readonly WorkflowCommand[];
  readonly summary: string;
  /** Actions of others that were used: name and inputs. */
  readonly used: readonly (readonly [name: string, inputs: Readonly<Record<string, string>>])[];
  /** Folders that later steps have on PATH, the last first. */
  readonly path: readonly string[];
}

/** The limit of a step's summary: actions/runner src/Runner.Worker/FileCommandManager.cs. */
const SUMMARY_BYTES = 1024 * 1024;

/** Reads a file of `NAME=VALUE`, or `NAME<<END`, lines of a value, `END`. */
function readValues(file: string): Readonly<Record<string, string>> {
  const values: Record<string, string> = {};
  const lines = readFileSync(file, 'utf8').split('\n');
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index] ?? '';
    if (line === '') continue;
    const [, name = '', sign, rest = ''] = /^([^=<]+)(=|<<)(.*)$/.exec(line) ?? [];
    if (sign === undefined) throw new Error(`Invalid format '${line}'`);
    if (sign === '=') {
      values[name] = rest;
      continue;
    }
    const end = lines.indexOf(rest, index + 1);
    if (end < 0) throw new Error(`Matching delimiter not found '${rest}'`);
    values[name] = lines.slice(index + 1, end).join('\n');
    index = end;
  }
  return values;
}

/** Collects what a stream brings. */
function readAll(stream: Readable): { readonly text: string } {
  const read = { text: '' };
  stream.setEncoding('utf8').on('data', (text: string) => {
    read.text += text;
  });
  return read;
}

/** One use of an action. */
class Use {
  readonly #job: Job;
  readonly #contexts: Context & { readonly steps: Record<string, Context> };
  readonly #workspace: string;
  readonly #temporary: string;
  readonly #env: Record<string, string> = {};
  readonly path: string[] = [];
  readonly exitCodes: (number | null)[] = [];
  readonly used: (readonly [string, Readonly<Record<string, string>>])[] = [];
  log = '';
  summary = '';
  #count = 0;

  constructor(job: Job, inputs: Readonly<Record<string, string>>) {
    this.#job = job;
    this.#workspace = path.join(job.folder, 'workspace');
    this.#temporary = path.join(job.folder, '_temp');
    for (const folder of [this.#workspace, this.#temporary]) mkdirSync(folder, { recursive: true });
    this.#contexts = { inputs, steps: {} };
  }

  get contexts(): Context {
    return this.#contexts;
  }

  /** @returns whether it went well */
  async step(step: ActionStep): Promise<boolean> {
    if (!isToRun(step.if, this.#contexts)) return true;
    const written = (text: string) => substitute(text, this.#contexts);
    const valuesOf = (texts: Readonly<Record<string, string>> = {}) =>
      Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, written(text)]));
    if (step.uses !== undefined) {
      this.used.push([step.uses, valuesOf(step.with)]);
      return true;
    }
    const workingFolder = path.resolve(this.#workspace, written(step['working-directory'] ?? ''));
    return await this.#script(step, written(step.run ?? ''), workingFolder, valuesOf(step.env));
  }

  async #script(
    step: ActionStep,
    script: string,
    workingFolder: string,
    env: Readonly<Record<string, string>>,
  ): Promise<boolean> {
    this.#count += 1;
    const file = (name: string) => path.join(this.#temporary, `${name}_${this.#count}`);
    const files = {
      path: file('add_path'),
      env: file('set_env'),
      output: file('output'),
      summary: file('summary'),
    };
    for (const each of Object.values(files)) writeFileSync(each, '');
    writeFileSync(file('script.sh'), script);
    const { PATH = '', ...machine } = this.#job.env;
    const child = spawn('bash', ['--noprofile', '--norc', '-e', '-o', 'pipefail', file('script.sh')], {
      cwd: workingFolder,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...machine,
        ...this.#env,
        ...env,
        PATH: [...this.path, PATH].join(':'),
        CI: 'true',
        GITHUB_ACTIONS: 'true',
        GITHUB_ACTION_PATH: this.#job.action,
        GITHUB_WORKSPACE: this.#workspace,
        GITHUB_PATH: files.path,
        GITHUB_ENV: files.env,
        GITHUB_OUTPUT: files.output,
        GITHUB_STEP_SUMMARY: files.summary,
        RUNNER_TEMP: this.#temporary,
        RUNNER_OS: 'Linux',
      },
    });
    this.#job.onStart?.(child, step);
    const streams = [child.stdout, child.stderr].map(stream => readAll(stream));
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject).once('close', resolve);
    });
    this.exitCodes.push(code);
    for (const read of streams) this.log += read.text;
    this.#collect(step, files);
    return code === 0;
  }

  #collect(step: ActionStep, files: Readonly<Record<'path' | 'env' | 'output' | 'summary', string>>): void {
    const folders = readFileSync(files.path, 'utf8').split('\n').filter(Boolean);
    for (const folder of folders) this.path.unshift(folder);
    Object.assign(this.#env, readValues(files.env));
    if (step.id !== undefined) this.#contexts.steps[step.id] = { outputs: readValues(files.output) };
    const summary = readFileSync(files.summary);
    if (summary.length > SUMMARY_BYTES) throw new Error(`a summary of ${summary.length} bytes is dropped`);
    this.summary += summary.toString('utf8');
  }
}

/** Uses an action once, in a job. */
export async function useAction(job: Job): Promise<Used> {
  const action = readAction(path.join(job.action, 'action.yml'));
  const unknown = Object.keys(job.inputs ?? {}).filter(name => !Object.hasOwn(action.inputs, name));
  if (unknown.length > 0) throw new Error(`Unexpected input(s) '${unknown.join("', '")}'`);
  const defaults = Object.entries(action.inputs).map(([name, each]) => [name, each.default] as const);
  const use = new Use(job, { ...Object.fromEntries(defaults), ...job.inputs });
  let succeeded = true;
  for (const step of action.runs.steps) {
    succeeded = await use.step(step);
    if (!succeeded) break;
  }
  const outputs = Object.entries(action.outputs).map(
    ([name, { value }]) => [name, substitute(value, use.contexts)] as const,
  );
  const { exitCodes, log, summary, used, path: folders } = use;
  return {
    ...{ succeeded, exitCodes, log, summary, used, path: folders },
    outputs: Object.fromEntries(outputs),
    commands: commandsIn(log),
  };
}
