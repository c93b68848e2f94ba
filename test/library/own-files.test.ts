/** The files of meshes: what a process leaves that a signal ends, the next mesh takes away. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { OwnFiles } from '../../harness/library/own-files.ts';

t.test('folders of processes that have ended go, and no others', async t => {
  const before = process.env['TMPDIR'];
  const parent = t.testdir();
  process.env['TMPDIR'] = parent;
  t.teardown(() => {
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
  });
  const ended = spawnSync(process.execPath, ['--version']).pid;
  const names = [`mesh-harness-tools-${ended}-a`, `mesh-harness-tools-${process.ppid}-a`, `mine-${ended}-a`];
  for (const name of names) {
    mkdirSync(path.join(parent, name));
    writeFileSync(path.join(parent, name, 'kubeconfig'), '');
  }
  const files = new OwnFiles();
  t.same(readdirSync(parent).sort(), [...names.slice(1), path.basename(files.folder)].sort());
  files.remove();
  t.same(readdirSync(parent).sort(), names.slice(1).sort());
});
