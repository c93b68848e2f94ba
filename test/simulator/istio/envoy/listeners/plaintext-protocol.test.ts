/** What the HTTP inspector makes of the first bytes of a connection. */
import t from 'tap';
import { inspectProtocol } from '../../../../../harness/simulator/istio/envoy/listeners/plaintext-protocol.ts';

const rows: [string, readonly string[] | undefined][] = [
  ['GET /hello HTTP/1.1\r\nhost: a\r\n', ['http/1.1']],
  ['GET / HTTP/1.0\n', ['http/1.0']],
  ['PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', ['h2c']],
  ['M-SEARCH * HTTP/1.1\r\n', ['http/1.1']],
  ['GE', undefined],
  ['GET /long', undefined],
  ['SSH-2.0-OpenSSH_9.6\r\n', []],
  ['HELO mail\r\n', []],
  ['\x00\x01binary', []],
  ['get / http/1.1\r\n', []],
];
for (const [text, protocols] of rows) {
  t.test(JSON.stringify(text), async t => {
    const expected = protocols && { transport: 'raw_buffer', protocols };
    t.same(inspectProtocol(Buffer.from(text, 'latin1')), expected);
  });
}
