import { Readable } from 'node:stream';
import t from 'tap';
import { readAll } from '../../harness/base/kubernetes-answer.ts';

/** A body as a stream of HTTP/2 has it: `closed` when all has come, before any of it was read. */
class ClosedBody extends Readable {
  readonly rstCode: number;

  constructor(rstCode: number, ...chunks: readonly string[]) {
    super({ read: () => {} });
    this.rstCode = rstCode;
    for (const chunk of [...chunks, null]) this.push(chunk);
  }

  override get closed(): boolean {
    return true;
  }
}

t.test('an answer that is closed before it is read is whole', async t => {
  const body = await readAll({ statusCode: 200, body: new ClosedBody(0, 'as it ', 'came') });
  t.equal(body.toString(), 'as it came');
  t.equal((await readAll({ statusCode: 200, body: new ClosedBody(0) })).length, 0);
});

t.test('an answer that was cut off is none', async t => {
  const cancelled = 8;
  await t.rejects(readAll({ statusCode: 200, body: new ClosedBody(cancelled, 'half') }), {
    code: 'ECONNRESET',
  });
  const broken = new Readable({ read: () => {} });
  broken.push('half');
  const reading = readAll({ statusCode: 200, body: broken });
  broken.destroy();
  await t.rejects(reading, { code: 'ERR_STREAM_PREMATURE_CLOSE' });
});
