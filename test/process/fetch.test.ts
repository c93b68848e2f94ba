/** Fetching against a server on loopback that misbehaves in the ways of real ones. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { fetchFile } from '../../harness/process/fetch.ts';
import { endOnceKept } from '../support/end-once-kept.ts';

const CONTENT = Buffer.from('a program\n'.repeat(20_000));
const CHECKSUM = createHash('sha256').update(CONTENT).digest('hex');
type Handler = (request: IncomingMessage, response: ServerResponse, attempt: number) => void;

async function mirror(
  t: Test,
  program: Handler,
  checksum: Handler = (_request, response) => void response.end(`${CHECKSUM}  kind-linux-amd64\n`),
) {
  const ranges: (string | undefined)[] = [];
  let sums = 0;
  const server = createServer((request, response) => {
    if (request.url?.endsWith('.sha256sum')) {
      checksum(request, response, sums++);
      return;
    }
    ranges.push(request.headers.range);
    program(request, response, ranges.length - 1);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/kind`; // it listens on TCP
  const folder = t.testdir();
  const file = join(folder, 'cache', 'kind');
  const get = (signal = new AbortController().signal, retries = 4) =>
    fetchFile({
      ...{ url, checksumUrl: `${url}.sha256sum`, file, isProgram: true },
      ...{ signal, minWaitMs: 5, stallMs: 300, retries },
    });
  return { get, file, ranges, folder, left: () => readdirSync(join(folder, 'cache')) };
}

t.test('a right checksum: kept, and a program', async t => {
  const { get, file, left } = await mirror(t, (_request, response) => void response.end(CONTENT));
  t.equal(await get(), CHECKSUM);
  t.ok(readFileSync(file).equals(CONTENT));
  t.equal(statSync(file).mode & 0o111, 0o111);
  t.same(left(), ['kind'], 'no part is left');
});

t.test('a wrong checksum: refused, nothing kept, not tried again', async t => {
  const { get, file, ranges, left } = await mirror(
    t,
    (_request, response) => void response.end('something else'),
  );
  await t.rejects(get(), { code: 'ERR_TOOL', message: /is not what its checksum says/ });
  t.notOk(existsSync(file));
  t.same(left(), []);
  t.equal(ranges.length, 1);
});

t.test('cut off: resumed where the server can, anew where it cannot', async t => {
  for (const [name, resumes] of [
    ['resumed', true],
    ['anew', false],
  ] as const) {
    const { get, ranges, folder } = await mirror(t, ({ headers }, response, attempt) => {
      if (attempt === 0) {
        response.writeHead(200, { 'content-length': CONTENT.length });
        response.write(CONTENT.subarray(0, 50_000));
        endOnceKept(t, { folder, bytes: 50_000, end: () => response.destroy() });
        return;
      }
      const from = Number(/bytes=(\d+)-/.exec(headers.range ?? '')?.[1] ?? 0);
      if (!resumes || from === 0) response.end(CONTENT);
      else {
        response.writeHead(206, { 'content-range': `bytes ${from}-${CONTENT.length - 1}/${CONTENT.length}` });
        response.end(CONTENT.subarray(from));
      }
    });
    t.equal(await get(), CHECKSUM, name);
    t.same(ranges, [undefined, 'bytes=50000-']);
  }
});

t.test('a server in trouble is asked again; a file that is not there is not', async t => {
  const busy = await mirror(t, (_request, response, attempt) => {
    response.statusCode = attempt < 2 ? 503 : 200;
    response.end(attempt < 2 ? '' : CONTENT);
  });
  t.equal(await busy.get(), CHECKSUM);
  t.equal(busy.ranges.length, 3);
  const missing = await mirror(t, (_request, response) => void response.writeHead(404).end());
  await t.rejects(missing.get(), { code: 'ERR_TOOL', message: /answered 404/, hint: /mirror/ });
  t.equal(missing.ranges.length, 1);
});

t.test('no checksum, no program', async t => {
  const { get, ranges } = await mirror(
    t,
    (_request, response) => void response.end(CONTENT),
    (_request, response) => void response.end('<html>'),
  );
  await t.rejects(get(), { code: 'ERR_TOOL', message: /holds no SHA-256 checksum/ });
  t.equal(ranges.length, 0, 'it is not even fetched');
});

t.test('an interruption ends it, and nothing stays', async t => {
  const controller = new AbortController();
  const { get, left } = await mirror(t, (_request, response) => {
    response.write(CONTENT.subarray(0, 1000));
    controller.abort(new Error('interrupted'));
  });
  await t.rejects(get(controller.signal), { message: 'interrupted' });
  t.same(left(), []);
});

/** What a network does to one of the two questions, on each attempt or on the first alone. */
const FAULTS: Readonly<Record<string, Handler>> = {
  refused: (_request, response) => void response.socket?.resetAndDestroy(),
  cut: (_request, response) => {
    response.writeHead(200, { 'content-length': CONTENT.length });
    response.write(CONTENT.subarray(0, 10), () => response.destroy());
  },
  'never answered': () => {},
  'answered in part': (_request, response) => {
    response.writeHead(200, { 'content-length': CONTENT.length });
    response.write(CONTENT.subarray(0, 10));
  },
};

t.test('each question comes to harm once: it is asked again', async t => {
  for (const [name, fault] of Object.entries(FAULTS)) {
    const sound: Handler = (_request, response) => void response.end(CONTENT);
    const sum: Handler = (_request, response) => void response.end(`${CHECKSUM}  kind-linux-amd64\n`);
    const once =
      (then: Handler): Handler =>
      (request, response, attempt) =>
        (attempt === 0 ? fault : then)(request, response, attempt);
    const program = await mirror(t, once(sound));
    t.equal(await program.get(), CHECKSUM, `the program ${name}`);
    t.same(program.left(), ['kind'], name);
    const checksum = await mirror(t, sound, once(sum));
    t.equal(await checksum.get(), CHECKSUM, `the checksum ${name}`);
  }
});

t.test('each question comes to harm each time: it ends, says why, and leaves nothing', async t => {
  for (const [name, fault] of Object.entries(FAULTS)) {
    const program = await mirror(t, fault);
    await t.rejects(
      program.get(undefined, 1),
      { code: 'ERR_TOOL', message: /cannot be fetched: ./ },
      `program ${name}`,
    );
    t.same(program.left(), [], name);
    const checksum = await mirror(t, (_request, response) => void response.end(CONTENT), fault);
    await t.rejects(
      checksum.get(undefined, 1),
      { code: 'ERR_TOOL', message: /cannot be fetched: ./ },
      `sum ${name}`,
    );
    t.same(checksum.left(), [], name);
  }
});
