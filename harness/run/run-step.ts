/** One step of a plan: its files, then its commands with their pipes, captures and deadlines. */
import { type LinkedSignal, linkedSignal } from '../base/deadline.ts';
import { messageOf } from '../base/errors.ts';
import { quoteArgv, quoteWord } from '../base/quote.ts';
import { redact } from '../base/redact.ts';
import { argvOf, environmentOf, variablesIn } from '../model/argv.ts';
import type { Command, CommandResult } from '../model/command.ts';
import type { ClusterName } from '../model/names.ts';
import type { Step } from '../plan/step.ts';
import type { PlatformAdjustment } from '../platform/platform.ts';
import { adjusted } from './adjusted.ts';
import type { CommandRecord } from './events.ts';
import { type CommandContext, captured, runCommand } from './run-command.ts';
import { differenceFrom } from './shown-output.ts';

/** What a step works with. */
export interface StepContext extends CommandContext {
  readonly adjustments: readonly PlatformAdjustment[];
  /** Values that steps have captured; this step adds its own. */
  readonly variables: Map<string, string>;
  /** Names that some step of the plan captures. */
  readonly captured: ReadonlySet<string>;
  readonly keepGoing: boolean;
  /** Told of each command when it begins, and of its result. */
  readonly onCommand: (told: { readonly line: string } | CommandRecord) => void;
}

/** The end of a step, before it is judged whose fault it is. */
export interface StepResult {
  readonly commands: readonly CommandRecord[];
  /** The first thing that went wrong. */
  readonly failure?: {
    readonly message: string;
    /** Set if this tells nothing about the mesh. */
    readonly isEnvironment: boolean;
    /** The cluster that the command which failed acts on; of several in a pipe, the last one's. */
    readonly cluster?: ClusterName;
    /** True: everything was done, and something printed other than the guide shows. */
    readonly isDifference?: boolean;
    /** A name that should have been captured by an earlier step. */
    readonly lacks?: string;
  };
}

/**
 * Runs a step: writes its files, then runs its commands until one fails, or all of them if the run keeps
 * going. Never throws: whatever goes wrong is the result's failure.
 */
export async function runStep(step: Step, context: StepContext): Promise<StepResult> {
  const { clock, variables, keepGoing } = context;
  const unobtained = keepGoing ? [] : neededBy(step, context.captured).filter(name => !variables.has(name));
  if (unobtained.length > 0) {
    const message = `No step has obtained ${unobtained.join(', ')}.`;
    return { commands: [], failure: { message, isEnvironment: false, lacks: unobtained[0] ?? '' } };
  }
  using linked = linkedSignal(context.signal, {
    clock,
    timeoutMs: step.deadlineMs,
    reason: () => new Error(`The step took longer than ${step.deadlineMs / 1000} s.`),
  });
  return await new StepRun(step, context, linked).run();
}

/** One step under its deadline. */
class StepRun {
  readonly #step: Step;
  readonly #context: StepContext;
  readonly #linked: LinkedSignal;
  readonly #deadlineAtMs: number;
  readonly #commands: CommandRecord[] = [];
  #failure: StepResult['failure'];
  /** The first output that is other than the guide shows. */
  #difference: StepResult['failure'];
  /** The text that the command before wrote into its pipe. */
  #pipe: string | undefined;

  constructor(step: Step, context: StepContext, linked: LinkedSignal) {
    this.#step = step;
    this.#context = context;
    this.#linked = linked;
    this.#deadlineAtMs = context.clock.now() + step.deadlineMs;
  }

  async run(): Promise<StepResult> {
    const { tools, variables } = this.#context;
    try {
      for (const file of this.#step.files) await tools.writeFile(file, variables);
      for (const command of this.#step.commands) if (!(await this.#runNext(command))) break;
    } catch (error) {
      this.#failure ??= { message: redact(messageOf(error)), isEnvironment: true };
    }
    const failure = this.#failure ?? this.#difference;
    return { commands: this.#commands, ...(failure && { failure }) };
  }

  #compare(command: Command, { stdout }: CommandResult): void {
    const { shows, showsAt, tool, cluster } = command;
    const difference = shows && differenceFrom(shows, stdout, command);
    if (difference === undefined) return;
    const at = showsAt ? ` (${showsAt.file}:${showsAt.line})` : '';
    this.#difference ??= {
      message: redact(`${tool} did not print what the guide shows${at}: ${difference}`),
      isEnvironment: false,
      isDifference: true,
      ...(cluster !== undefined && { cluster }),
    };
  }

  /**
   * Runs one command of the step, and notes its result.
   * @returns true if the step goes on with its next command
   */
  async #runNext(planned: Command): Promise<boolean> {
    const { adjustments, variables, keepGoing, signal } = this.#context;
    const command = adjusted(planned, adjustments);
    const within = { ...this.#context, signal: this.#linked.signal };
    const line = lineOf(command, variables);
    this.#context.onCommand({ line });
    const { result, failure } = await runCommand(command, this.#pipe, within, this.#deadlineAtMs);
    const record = { line, result: shown(command, result) };
    this.#commands.push(record);
    this.#context.onCommand(record);
    if (command.output?.to === 'variable') variables.set(command.output.name, captured(result.stdout));
    this.#pipe = command.output?.to === 'next-command' ? result.stdout : undefined;
    if (signal.aborted) return false;
    if (failure === undefined) {
      this.#compare(command, result);
      return true;
    }
    const expired = this.#linked.expired();
    this.#failure ??= {
      message: expired ? `It did not end within ${this.#step.deadlineMs / 1000} s: ${failure}` : failure,
      isEnvironment: result.fault !== undefined,
      ...(command.cluster !== undefined && { cluster: command.cluster }),
    };
    return keepGoing && !expired;
  }
}

/** Returns the captured names that the step uses before it captures them itself. */
function neededBy(step: Step, captured: ReadonlySet<string>): readonly string[] {
  const own = new Set<string>();
  const needed = new Set<string>();
  const use = (text: string) => {
    for (const name of variablesIn(text)) if (captured.has(name) && !own.has(name)) needed.add(name);
  };
  for (const { content } of step.files) use(content);
  for (const { args, stdin, output } of step.commands) {
    for (const text of [...args, stdin ?? '']) use(text);
    if (output?.to === 'variable') own.add(output.name);
  }
  return [...needed];
}

function lineOf(command: Command, variables: ReadonlyMap<string, string>): string {
  const own = Object.entries(environmentOf(command, variables));
  const words = quoteArgv([command.tool, ...argvOf(command, variables)]);
  return redact([...own.map(([name, value]) => `${name}=${quoteWord(value)}`), words].join(' '));
}

/**
 * Returns the output that a report may show. Piped output stays hidden, as in a shell: it may be a Secret.
 * That of a failed command is shown: it is the error.
 */
function shown({ output }: Command, result: CommandResult): CommandResult {
  const piped = output?.to === 'next-command' && result.exitCode === 0;
  return {
    ...result,
    stdout: piped ? '' : redact(result.stdout),
    stderr: redact(result.stderr),
  };
}
