import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { MAX_TEXT_BYTES, readTextFile } from '../../../harness/base/disk/read-file.ts';

t.test('only regular files are read, and only to a limit', async t => {
  const folder = t.testdir({ text: 'hällo\n', full: 'x'.repeat(MAX_TEXT_BYTES) });
  const file = (name: string) => path.join(folder, name);
  t.equal(readTextFile(file('text')), 'hällo\n');
  t.equal(readTextFile(file('full')).length, MAX_TEXT_BYTES);
  writeFileSync(file('long'), 'x'.repeat(MAX_TEXT_BYTES + 1));
  t.throws(() => readTextFile(file('long')), { message: /more than 1048576 bytes/ });
  t.equal(readTextFile(file('long'), MAX_TEXT_BYTES + 1).length, MAX_TEXT_BYTES + 1);
  execFileSync('mkfifo', [file('pipe')]);
  t.throws(() => readTextFile(file('pipe')), { message: /a pipe, and only regular files/ });
  t.throws(() => readTextFile(folder), { message: /a folder, and only regular files/ });
  t.throws(() => readTextFile('/dev/zero'), { message: /a device, and only regular files/ });
  t.throws(() => readTextFile(file('none')), { code: 'ENOENT' });
  t.ok(readTextFile('/proc/self/status').length > 0, 'a file whose size is not told');
});
