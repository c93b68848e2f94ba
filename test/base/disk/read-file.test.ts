import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { MAX_TEXT_BYTES, readTextFile } from '../../../harness/base/disk/read-file.ts';
import { ROOT } from '../../support/cli.ts';

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

t.test('what a shell has made a pipe of is read to its end', async t => {
  // In the shell's own child, as the command line would: the pipe is no other process's.
  const script = [
    "import { readTextFile } from './harness/base/disk/read-file.ts';",
    'process.stdout.write(readTextFile(process.argv[1]));',
  ].join('\n');
  const node = `'${process.execPath}' --import=./test/support/loader.mjs --input-type=module -e`;
  const line = `${node} "${script}" <(echo one; sleep 0.1; echo two)`;
  t.equal(execFileSync('bash', ['-c', line], { encoding: 'utf8', cwd: ROOT }), 'one\ntwo\n');
});
