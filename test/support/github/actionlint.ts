/** actionlint, which reads workflow files as GitHub does: https://github.com/rhysd/actionlint */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { dump } from 'js-yaml';
import { findProgram } from '../../../harness/process/find.ts';
import { ROOT, temporaryFolder } from '../cli.ts';
import { readAction } from './action.ts';

/** Names its path; `.ci/run` installs it where Go is. */
const VARIABLE = 'MESH_HARNESS_ACTIONLINT';

/** @returns its path, or undefined where there is none */
export function findActionlint(): string | undefined {
  const named = process.env[VARIABLE];
  return named !== undefined && existsSync(named)
    ? named
    : findProgram('actionlint', process.env['PATH'] ?? '');
}

/**
 * Writes the action as a workflow of one job, for actionlint, which does not look at the steps of an action:
 * its inputs are those of the workflow, and its outputs too.
 */
function actionAsWorkflow(): string {
  const { inputs, outputs, runs } = readAction(path.join(ROOT, 'action.yml'));
  const inputsOfCall = Object.entries(inputs).map(([name, each]) => [name, { ...each, type: 'string' }]);
  // A job has its outputs to itself.
  const outputsOfJob = Object.entries(outputs).map(([name, { value }]) => [name, value]);
  return dump({
    on: { workflow_call: { inputs: Object.fromEntries(inputsOfCall) } },
    permissions: {},
    jobs: {
      use: { 'runs-on': 'ubuntu-24.04', outputs: Object.fromEntries(outputsOfJob), steps: runs.steps },
    },
  });
}

/** Returns the workflows that docs/ci.md shows, with this action in the place of the one at GitHub. */
function shownWorkflows(): readonly string[] {
  const page = readFileSync(path.join(ROOT, 'docs', 'ci.md'), 'utf8');
  const blocks = [...page.matchAll(/^```yaml\n(jobs:\n[\s\S]*?)^```$/gm)].map(([, block = '']) => block);
  return blocks.map(block => `on: push\n${block.replaceAll(/OWNER\/mesh-harness@\S+/g, './')}`);
}

/**
 * Makes a repository of workflows that are no files of ours: actionlint looks for an action and its inputs in
 * the repository of a file.
 */
function repositoryOf(folder: string, workflows: readonly string[]): void {
  const place = path.join(folder, '.github', 'workflows');
  mkdirSync(path.join(folder, '.git'));
  mkdirSync(place, { recursive: true });
  cpSync(path.join(ROOT, 'action.yml'), path.join(folder, 'action.yml'));
  for (const [index, text] of workflows.entries()) writeFileSync(path.join(place, `${index + 1}.yml`), text);
}

/**
 * Lints all workflow files, the action's steps, and what our pages show.
 * @returns what it finds, as it prints it
 */
export function lintWorkflows(actionlint: string): string {
  const shown = shownWorkflows();
  if (shown.length < 2) return 'docs/ci.md shows no workflow.';
  using folder = temporaryFolder();
  repositoryOf(folder.path, [actionAsWorkflow(), ...shown]);
  return [ROOT, folder.path]
    .map(cwd => spawnSync(actionlint, [], { cwd, encoding: 'utf8' }))
    .flatMap(({ error, status, stdout, stderr }) =>
      error ? [String(error)] : status === 0 ? [] : [`${stdout}${stderr}`],
    )
    .join('\n');
}
