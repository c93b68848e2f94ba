/** Tells GitHub of a run where one of its workflows has started us: annotations and a summary. */
import { statSync, writeFile } from '../base/disk/disk.ts';
import { HarnessError, messageOf } from '../base/errors.ts';
import { redact } from '../base/redact.ts';
import { withoutCommands, workflowCommand } from '../base/workflow-command.ts';
import { annotationsOf, SUMMARY_BYTES, stepSummaryOf } from '../report/github.ts';
import type { ConformanceReport } from '../report/report.ts';
import type { Environment } from './environment.ts';

/** Turns off what a run tells GitHub by itself. */
const SWITCH = 'MESH_HARNESS_GITHUB';
/** In less room than this a summary says nothing. */
const LEAST_BYTES = 1024;

/** Whether our output is read by a runner of GitHub's workflows, which takes some lines for commands. */
const isWorkflow = (env: Environment['env']): boolean => env['GITHUB_ACTIONS'] === 'true';

/** Takes commands out of a text that is printed in a workflow: it may quote what a cluster has said. */
export const harmlessIn = (env: Environment['env'], text: string): string =>
  isWorkflow(env) ? withoutCommands(text) : text;

/** The same for JSON, which stays the same data: no line of it begins with colons. */
export const harmlessJsonIn = (env: Environment['env'], json: string): string =>
  isWorkflow(env) ? json.replaceAll('##[', String.raw`#\u0023[`) : json;

/** The same for YAML, which stays YAML: between double quotes no backslash stands before a bracket. */
export const harmlessYamlIn = (env: Environment['env'], yaml: string): string =>
  isWorkflow(env) ? withoutCommands(yaml.replaceAll('##[', '## [')) : yaml;

/** The same for HTML and XML, which stay the same text to whoever reads them. */
export const harmlessMarkupIn = (env: Environment['env'], markup: string): string =>
  isWorkflow(env) ? markup.replace(/^([^\S\n]*):(?=:)/gm, '$1&#58;').replaceAll('##[', '##&#91;') : markup;

/** Whether what became of a command is told to GitHub as well. */
const isTold = (env: Environment['env']): boolean => isWorkflow(env) && env[SWITCH] !== 'off';

/** @throws HarnessError ERR_USAGE for a value that the switch does not have */
export function assertGithubSwitch(env: Environment['env']): void {
  const value = env[SWITCH];
  if (value === undefined || value === 'off') return;
  throw new HarnessError('ERR_USAGE', `${SWITCH} is "${value}": there is only "off".`, {
    hint: 'Without it a run in a GitHub workflow writes annotations and the summary of its step.',
  });
}

/**
 * Writes annotations to standard error, so that standard output stays a document (the runner reads commands
 * in both streams: actions/runner src/Runner.Worker/Handlers/ScriptHandler.cs), and adds the report to the
 * summary of the step.
 * @returns a line if the summary cannot be written
 */
export async function tellGithub(
  report: ConformanceReport,
  { env, stderr }: Pick<Environment, 'env' | 'stderr'>,
): Promise<string | undefined> {
  if (!isTold(env)) return undefined;
  stderr.write(annotationsOf(report));
  const file = env['GITHUB_STEP_SUMMARY'];
  if (!file) return undefined;
  try {
    await addSummary(file, report);
    return undefined;
  } catch (error) {
    return redact(`mesh-harness: The summary of the step is not written: ${messageOf(error)}`);
  }
}

/** A step may have said something before: the runner drops a summary that is too long, all of it. */
async function addSummary(file: string, report: ConformanceReport): Promise<void> {
  const there = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  const room = SUMMARY_BYTES - there - 1;
  if (room < LEAST_BYTES) throw new Error(`${file} is as long as GitHub takes.`);
  await writeFile(file, `${there > 0 ? '\n' : ''}${stepSummaryOf(report, room)}`, { flag: 'a' });
}

/** Writes what ended a command as an annotation; the empty text where nothing is told. */
export const failureForGithub = (env: Environment['env'], text: string): string =>
  isTold(env)
    ? workflowCommand('error', { title: 'mesh-harness' }, text.replace(/^(mesh-harness|error): /, ''))
    : '';
