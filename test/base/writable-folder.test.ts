import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { assertFolderWritable } from '../../harness/base/writable-folder.ts';

t.test('a folder that is there, or that can be made, will do, and nothing is left in it', async t => {
  const folder = t.testdir();
  await assertFolderWritable(folder);
  await assertFolderWritable(path.join(folder, 'a', 'b', 'c'));
  t.same(readdirSync(folder), []);
});

t.test('a file in the way is named', async t => {
  const folder = t.testdir({ file: 'x' });
  await t.rejects(assertFolderWritable(path.join(folder, 'file')), { message: /file is not a folder$/ });
  await t.rejects(assertFolderWritable(path.join(folder, 'file', 'below')), { code: 'ENOTDIR' });
});

t.test('permissions do not tell all', { skip: !existsSync('/proc/self') && 'there is no /proc' }, async t => {
  await t.rejects(assertFolderWritable('/proc/x/y'));
});
