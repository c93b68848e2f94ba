/** A stream into a file ends with an error that names the file, wherever the write fails. */
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import t from 'tap';
import { createWriteStream, existsSync, readFileSync } from '../../../harness/base/disk/disk.ts';

const FULL = '/dev/full';

t.test('what is written is there', async t => {
  const file = join(t.testdir(), 'file');
  await pipeline(Readable.from(['one ', 'two']), createWriteStream(file, 'w'));
  await pipeline(Readable.from([' three']), createWriteStream(file, 'a'));
  t.equal(readFileSync(file, 'utf8'), 'one two three');
});

t.test('a folder that is not there', async t => {
  const file = join(t.testdir(), 'none', 'file');
  await t.rejects(pipeline(Readable.from(['one']), createWriteStream(file, 'w')), {
    code: 'ERR_WRITE_FAILED',
    message: `${file} cannot be written: its folder is gone, or nothing can be made in it.`,
  });
});

t.test('a disk that is full', { skip: !existsSync(FULL) && `no ${FULL}` }, async t => {
  const refused = { code: 'ERR_WRITE_FAILED', message: /^\/dev\/full cannot be written: the disk is full/ };
  await t.rejects(pipeline(Readable.from(['one']), createWriteStream(FULL, 'w')), refused);
  const many = Readable.from(Array.from({ length: 50 }, () => Buffer.alloc(65_536)));
  await t.rejects(pipeline(many, createWriteStream(FULL, 'w')), refused, 'several buffers at once');
});
