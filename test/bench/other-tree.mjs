// The harness of another commit, with the packages of this one: to measure both side by side.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from './measure.mjs';

const git = (...args) => execFileSync('git', ['-C', ROOT, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });

/** Checks a commit out into a folder that is not there yet, with our packages beside it. */
export function checkOut(commit, tree) {
  git('worktree', 'add', '--detach', tree, commit);
  mkdirSync(path.join(tree, 'node_modules'));
  for (const name of readdirSync(path.join(ROOT, 'node_modules')))
    if (name !== '.cache')
      symlinkSync(path.join(ROOT, 'node_modules', name), path.join(tree, 'node_modules', name));
}

/** Takes the tree away again. */
export const removeTree = tree => git('worktree', 'remove', '--force', tree);

/**
 * Finds the command line of a commit: of a folder where it is built already, or built in a tree of its own.
 * @returns the folder, the file, and how to take away what was made for it
 */
export function commandLineOf(commit, tree) {
  const isFolder = existsSync(path.join(commit, 'dist', 'mesh-harness.js'));
  const root = isFolder ? path.resolve(commit) : tree;
  if (!isFolder) {
    checkOut(commit, tree);
    try {
      execFileSync(process.execPath, ['build.mjs'], { cwd: tree, stdio: ['ignore', 'ignore', 'inherit'] });
    } catch (error) {
      removeTree(tree);
      throw error;
    }
  }
  return {
    root,
    cli: path.join(root, 'dist', 'mesh-harness.js'),
    remove: () => {
      if (!isFolder) removeTree(tree);
    },
  };
}
