/** Bytes of HTTP/1.1, and nearly, to the codec of ours at both ends. */
import fc, { type Arbitrary } from 'fast-check';
import { createRandom } from '../../../harness/base/random.ts';
import { receiveByOurs, serveByOurs } from '../../support/http-codecs.ts';
import { randomRequests, randomResponse } from '../../support/http-messages.ts';
import { cut, cuts, type Damage, damaged, damages } from '../inputs/bytes.ts';
import { target } from '../target.ts';

interface Connection {
  readonly end: 'server' | 'client';
  /** Of the messages, right and wrong ones. */
  readonly seed: number;
  readonly changes: readonly Damage[];
  readonly cuts: readonly number[];
  readonly ends: boolean;
  readonly isLate: boolean;
  readonly method: string;
}

const connections: Arbitrary<Connection> = fc.record({
  end: fc.constantFrom('server', 'client'),
  seed: fc.nat(),
  changes: damages(3),
  cuts,
  ends: fc.boolean(),
  isLate: fc.boolean(),
  method: fc.constantFrom('GET', 'POST', 'HEAD'),
});

/** What an answer by ours takes besides what it was sent: head, body, a refusal. */
const MOST_FOR_A_REQUEST = 300;

async function serve(bytes: Buffer, { cuts: places, ends, isLate }: Connection): Promise<string> {
  const answering = { hasLength: true, isLate, status: 200, leavesRefusals: true };
  const { requests, output, isClosed } = await serveByOurs({ pieces: cut(bytes, places), ends }, answering);
  const told = requests.reduce((sum, { body, head }) => sum + body.length + JSON.stringify(head).length, 0);
  // Escapes of JSON are up to six characters for one byte.
  if (told > 6 * bytes.length + 100 * requests.length) throw new Error(`${told} out of ${bytes.length}`);
  if (output.length > MOST_FOR_A_REQUEST * (requests.length + 1)) throw new Error(`${output.length} written`);
  if (ends && !isClosed) throw new Error('the connection stays open');
  if (/^HTTP\/1\.1 5/m.test(output)) throw new Error(output);
  if (requests.length === 0) return output === '' ? 'nothing' : 'refused';
  return output.startsWith('HTTP/1.1 200') ? 'answered' : 'some answered';
}

async function receive(bytes: Buffer, { cuts: places, ends, method }: Connection): Promise<string> {
  const { outcome, head, body } = await receiveByOurs({ pieces: cut(bytes, places), ends }, method);
  const told = body.length + JSON.stringify(head ?? '').length;
  if (told > 6 * bytes.length + 100) throw new Error(`${told} out of ${bytes.length}`);
  if (ends && outcome === 'pending') throw new Error('the request is never over');
  return `client: ${outcome}`;
}

/** HTTP/1.1. */
export const httpBytes = target<Connection>({
  name: 'http-bytes',
  what: 'bytes of HTTP/1.1 to the parsers and connections of ours, as server and as client',
  inputs: connections,
  judge: async connection => {
    const random = createRandom(`fuzz ${connection.seed}`);
    const { pieces } = connection.end === 'server' ? randomRequests(random) : randomResponse(random);
    const bytes = damaged(Buffer.concat(pieces), connection.changes);
    return await (connection.end === 'server' ? serve(bytes, connection) : receive(bytes, connection));
  },
});
