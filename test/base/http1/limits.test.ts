/** What is too much for node:http is too much for the codec of ours, to the byte. */
import t from 'tap';
import { receiveByNode, receiveByOurs, serveByNode, serveByOurs } from '../../support/http-codecs.ts';

const LIMIT = 16 * 1024;
const REQUEST = 'GET / HTTP/1.1\r\nHost: h\r\n';
const RESPONSE = 'HTTP/1.1 200 OK\r\n';
/** What counts of a head besides the header under test: URL, `Host` and its value. */
const COUNTED = '/Hosth'.length;
const CHUNKED = 'Transfer-Encoding: chunked\r\n\r\n';

const requests: Readonly<Record<string, string>> = {
  'a head just within the limit': `${REQUEST}x:${'y'.repeat(LIMIT - COUNTED - 2)}\r\n\r\n`,
  'a head one byte too large': `${REQUEST}x:${'y'.repeat(LIMIT - COUNTED - 1)}\r\n\r\n`,
  'a value that never ends': `${REQUEST}x:${'y'.repeat(LIMIT)}`,
  'a name that never ends': `${REQUEST}${'y'.repeat(LIMIT)}`,
  'a URL that never ends': `GET /${'y'.repeat(LIMIT)}`,
  'many small headers': `${REQUEST}${'x: y\r\n'.repeat(5000)}\r\n`,
  'more than a thousand headers': `${REQUEST}${'x:\r\n'.repeat(1500)}\r\n`,
  'a trailer too large': `${REQUEST}${CHUNKED}0\r\nx:${'y'.repeat(LIMIT)}\r\n\r\n`,
  'extensions of a chunk within the limit': `${REQUEST}${CHUNKED}1;${'y'.repeat(LIMIT)}\r\nx\r\n0\r\n\r\n`,
  'extensions of a chunk too long': `${REQUEST}${CHUNKED}1;${'y'.repeat(LIMIT + 1)}\r\nx\r\n0\r\n\r\n`,
  'a chunk of 16 digits': `${REQUEST}${CHUNKED}ffffffffffffffff\r\nx`,
  'a chunk of 17 digits': `${REQUEST}${CHUNKED}10000000000000000\r\nx`,
  'a chunk of many zeros': `${REQUEST}${CHUNKED}${'0'.repeat(40)}1\r\nx\r\n0\r\n\r\n`,
  'the greatest length': `${REQUEST}Content-Length: 18446744073709551615\r\n\r\n`,
  'a length beyond it': `${REQUEST}Content-Length: 18446744073709551616\r\n\r\n`,
  'the first bytes of HTTP/2': 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
};
const responses: Readonly<Record<string, string>> = {
  'a head just within the limit': `${RESPONSE}x:${'y'.repeat(LIMIT - 4)}\r\nContent-Length: 0\r\n\r\n`,
  'a head one byte too large': `${RESPONSE}x:${'y'.repeat(LIMIT - 3)}\r\n\r\n`,
  'a reason too long': `HTTP/1.1 200 ${'y'.repeat(LIMIT)}\r\n\r\n`,
  'a large body': `${RESPONSE}Content-Length: 300000\r\n\r\n${'y'.repeat(300_000)}`,
  'a large body until the end': `${RESPONSE}\r\n${'y'.repeat(300_000)}`,
};

/** As one piece, and as many. */
const cuts = (text: string): Buffer[][] => {
  const bytes = Buffer.from(text, 'latin1');
  const pieces = Array.from({ length: Math.ceil(bytes.length / 1000) }, (_, index) =>
    bytes.subarray(index * 1000, (index + 1) * 1000),
  );
  return [[bytes], pieces];
};

for (const [name, text] of Object.entries(requests)) {
  t.test(`server: ${name}`, async t => {
    for (const pieces of cuts(text)) {
      for (const leavesRefusals of [false, true]) {
        const wire = { pieces, ends: false };
        const answering = { hasLength: true, isLate: true, status: 200, leavesRefusals };
        t.same(await serveByOurs(wire, answering), await serveByNode(wire, answering));
      }
    }
  });
}
for (const [name, text] of Object.entries(responses)) {
  t.test(`client: ${name}`, async t => {
    for (const pieces of cuts(text)) {
      const wire = { pieces, ends: true };
      const [ours, nodes] = [await receiveByOurs(wire, 'GET'), await receiveByNode(wire, 'GET')];
      t.equal(ours.body === nodes.body, true, 'the same body');
      t.same({ ...ours, body: '' }, { ...nodes, body: '' });
    }
  });
}
