import { Readable } from 'node:stream';
import t from 'tap';
import { readAll } from '../../harness/base/kubernetes-answer.ts';

/** A body as a stream of HTTP/2 has it: `closed` when all has come, before any of it was read. */
function closedBody(rstCode: number, ...chunks: readonly string[]): Readable {
  const body = new Readable({ read: () => {} });
  for (const chunk of [...chunks, null]) body.push(chunk);
  return Object.defineProperties(body, { closed: { value: true }, rstCode: { value: rstCode } });
}

t.test('an answer that is closed before it is read is whole', async t => {
  const body = await readAll({ statusCode: 200, body: closedBody(0, 'as it ', 'came') });
  t.equal(body.toString(), 'as it came');
  t.equal((await readAll({ statusCode: 200, body: closedBody(0) })).length, 0);
});

t.test('an answer that was cut off is none', async t => {
  const cancelled = 8;
  await t.rejects(readAll({ statusCode: 200, body: closedBody(cancelled, 'half') }), {
    code: 'ECONNRESET',
  });
  const broken = new Readable({ read: () => {} });
  broken.push('half');
  const reading = readAll({ statusCode: 200, body: broken });
  broken.destroy();
  await t.rejects(reading, { code: 'ERR_STREAM_PREMATURE_CLOSE' });
});
