/** What runs a command of a plan: the real programs, or their counterparts inside our process. */
import type { Command, CommandResult, PlanFile } from '../model/command.ts';

export interface RunCommandOptions {
  /**
   * Standard input: the command's own text with its variables replaced, or the output of the command before.
   */
  readonly stdin?: string;
  /**
   * Values for `${NAME}` in arguments. A name without a value is replaced by the empty string, as a shell
   * does.
   */
  readonly variables: ReadonlyMap<string, string>;
  readonly signal: AbortSignal;
  /** Progress that the tool reports while it works: `Waiting for Deployment/istio-system/istiod`. */
  readonly onProgress?: (line: string) => void;
}

/** A set of tools with a working folder of its own. */
export interface Tools extends AsyncDisposable {
  readonly name: 'embedded' | 'process';
  /** Asks the versions of the programs that it runs, for the report. */
  versions(signal: AbortSignal): Promise<Readonly<Record<string, string>>>;
  /** Puts a file of the plan into the working folder, its variables replaced. */
  writeFile(file: PlanFile, variables: ReadonlyMap<string, string>): Promise<void>;
  run(command: Command, options: RunCommandOptions): Promise<CommandResult>;
}
