/** Uses the action of this repository in a job of its own. */
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Test } from 'tap';
import { ROOT, temporaryFolder } from '../cli.ts';
import { type Job, type Used, useAction } from './runner.ts';

/** What a machine has, and nothing of this process. */
export const MACHINE = {
  PATH: [path.dirname(process.execPath), '/usr/local/bin', '/usr/bin', '/bin'].join(':'),
  HOME: '/nowhere',
  LANG: 'C.UTF-8',
};

export interface UseOptions extends Partial<Pick<Job, 'env' | 'onStart'>> {
  /** Puts files there before. */
  readonly prepare?: (folders: { readonly workspace: string; readonly action: string }) => void;
  /** In the place of the program: the text of a module; `none` as in a clone. By default this build's. */
  readonly program?: string;
}

/** Makes an action's folder as a release has it, with the program and without packages; or as a clone has it. */
function actionFolder(folder: string, program: string | undefined): string {
  const action = path.join(folder, 'action-folder');
  mkdirSync(action);
  cpSync(path.join(ROOT, 'action'), path.join(action, 'action'), { recursive: true, verbatimSymlinks: true });
  cpSync(path.join(ROOT, 'action.yml'), path.join(action, 'action.yml'));
  if (program === undefined) symlinkSync(path.join(ROOT, 'dist'), path.join(action, 'dist'));
  else if (program !== 'none') {
    mkdirSync(path.join(action, 'dist'));
    writeFileSync(path.join(action, 'dist', 'mesh-harness.js'), program);
  }
  return action;
}

/** Uses the action once, or several times one after the other in the same job. */
export async function useHere(
  t: Test,
  inputs: Readonly<Record<string, string>>,
  { prepare, program, env = MACHINE, onStart }: UseOptions = {},
): Promise<Used & { readonly workspace: string; readonly again: () => Promise<Used> }> {
  const folder = temporaryFolder();
  t.teardown(() => folder[Symbol.dispose]());
  const workspace = path.join(folder.path, 'workspace');
  mkdirSync(workspace);
  const action = actionFolder(folder.path, program);
  prepare?.({ workspace, action });
  const again = () => useAction({ action, folder: folder.path, inputs, env, ...(onStart && { onStart }) });
  return { ...(await again()), workspace, again };
}
