/** A real kind, set up for questions: the engine's network, its nodes' images, and archives to load. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Test } from 'tap';
import { docker } from '../docker.ts';
import { findRealKind } from './find-kind.ts';
import type { AskedKind } from './kind-answers.ts';
import type { Trial } from './node-programs.ts';
import { realNodeImage } from './real-node.ts';
import { dockerForKind, type Privilege, privilegeHere } from './unprivileged.ts';

/** The reference that images.tar brings. */
export const ARCHIVED = 'registry.invalid/sample:1';

/** Writes archives: one in the form of `docker save`, one that is none. */
export function writeArchives(folder: string): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify([{ RepoTags: [ARCHIVED], Layers: [] }]));
  execFileSync('tar', ['-C', folder, '-cf', join(folder, 'images.tar'), 'manifest.json']);
  writeFileSync(join(folder, 'broken.tar'), 'no archive\n');
}

/** @returns a docker network that is gone after the test */
export function networkFor(t: Test, name: string): string {
  t.teardown(() => docker('network', 'rm', name));
  docker('network', 'create', name);
  return name;
}

/** @throws Error if there is none: ask `realKindMissing` first */
export function realKind(t: Test, runId: string): AskedKind & { readonly privilege: Privilege } {
  const file = findRealKind();
  if (file === undefined) throw new Error('there is no real kind');
  const folder = join(t.testdir(), 'asked');
  writeArchives(folder);
  const privilege = privilegeHere(realNodeImage('succeeds'));
  return {
    file,
    folder,
    runId,
    privilege,
    path: dockerForKind(join(t.testdirName, 'bin'), privilege),
    network: networkFor(t, `mh-${runId}-network1`),
    image: (trial: Trial) => realNodeImage(trial),
  };
}
