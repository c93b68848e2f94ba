/** actionlint, which reads workflow files as GitHub does: https://github.com/rhysd/actionlint */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { dump } from 'js-yaml';
import { findProgram } from '../../../harness/process/find.ts';
import { ROOT } from '../cli.ts';
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
export function actionAsWorkflow(): string {
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

/** Lints all workflow files, and the action's steps. @returns what it finds, as it prints it */
export function lintWorkflows(actionlint: string): string {
  const files = spawnSync(actionlint, [], { cwd: ROOT, encoding: 'utf8' });
  const steps = spawnSync(actionlint, ['-stdin-filename', 'action.yml', '-'], {
    ...{ cwd: ROOT, encoding: 'utf8', input: actionAsWorkflow() },
  });
  const trouble = [files, steps].flatMap(({ error, status, stdout, stderr }) =>
    error ? [String(error)] : status === 0 ? [] : [`${stdout}${stderr}`],
  );
  return trouble.join('\n');
}
