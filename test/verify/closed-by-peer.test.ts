/** Whether a client was sent away, by what curl says of it. */
import t from 'tap';
import { isClosedByPeer } from '../../harness/verify/closed-by-peer.ts';
import { isRefusal, isUnreachable } from '../../harness/verify/direct-call.ts';

// As curl 7.88.1 told it of Envoy 1.40 on kind (Istio 1.31, Kubernetes 1.34.3), but for the last two.
const ROWS = [
  ['curl: (16) Send failure: Broken pipe', true],
  ['curl: (16) Recv failure: Connection reset by peer', true],
  ['curl: (35) Recv failure: Connection reset by peer', true],
  ['curl: (52) Empty reply from server', true],
  ['curl: (55) Send failure: Broken pipe', true],
  ['curl: (56) Recv failure: Connection reset by peer', true],
  ['curl: (28) Connection timed out after 5001 milliseconds', false],
  ['curl: (7) Failed to connect to 10.10.0.8 port 5000 after 1 ms: Could not connect to server', false],
  ['curl: (16) Error in the HTTP2 framing layer', false],
  ['503 no healthy upstream', false],
] as const;

t.test('a client is sent away after it has connected, whichever code curl has for it', async t => {
  for (const [error, isClosed] of ROWS) {
    t.equal(isRefusal({ kind: 'error', seconds: 0.1, error }), isClosed, error);
    t.notOk(
      isClosed && isUnreachable({ kind: 'error', seconds: 0.1, error }),
      `${error}: the other end is there`,
    );
  }
  t.notOk(isClosedByPeer(0, 'Send failure'), 'an answer is no refusal');
});
