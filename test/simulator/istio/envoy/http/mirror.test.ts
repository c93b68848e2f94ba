/** What a copy of a request says; which requests have one is seen in calls (../../rules). */
import t from 'tap';
import type { ManagerContext } from '../../../../../harness/simulator/istio/envoy/http/manager-context.ts';
import { sendCopies } from '../../../../../harness/simulator/istio/envoy/http/mirror.ts';
import { VirtualClock } from '../../../../../harness/simulator/network/virtual-clock.ts';

/** Heads of what a cluster has been sent, by its name. */
function sentTo(names: readonly string[]) {
  const heads: string[] = [];
  const exchange = { write: () => true, end: () => {} };
  const begin = ({ head }: { readonly head: string }) => {
    heads.push(head);
    return exchange;
  };
  const pool = {
    acquire: (request: { onAcquired(failure: undefined, connection: object): void }) =>
      request.onAcquired(undefined, { begin }),
  };
  const cluster = {
    pickHost: () => ({ rqTotal: 0, rqActive: 0 }),
    poolOf: () => pool,
    resources: { take: () => {} },
    counters: { add: () => {} },
  };
  const environment = { clock: new VirtualClock() };
  const clusterOf = (name: string) => (names.includes(name) ? cluster : undefined);
  // A cast: what a copy does not ask for is left out.
  return { heads, context: { environment, clusterOf } as unknown as ManagerContext };
}

const connection = { worker: { index: 0 }, destination: { address: '', port: 0 }, remoteAddress: '' };
const all = { numerator: 100, denominator: 100 } as const;
for (const [host, expected] of [
  ['hello.sample:5000', 'hello.sample-shadow:5000'],
  ['hello.sample', 'hello.sample-shadow'],
] as const)
  t.test(`a copy for ${host}`, async t => {
    const { heads, context } = sentTo(['there']);
    const headers = ['host', host, 'x-a', '1'];
    sendCopies(
      context,
      connection,
      [
        { cluster: 'there', share: all },
        { cluster: 'there', share: all, marksHost: true },
        { cluster: 'not there', share: all },
      ],
      { method: 'GET', path: '/a?b', headers, body: undefined, timeoutMs: 0 },
    );
    t.equal(heads.length, 2, 'a cluster that there is not gets none');
    t.match(heads[0], `GET /a?b HTTP/1.1\r\nhost: ${host}\r\nx-a: 1\r\n`);
    t.match(heads[1], `host: ${expected}\r\n`);
  });
