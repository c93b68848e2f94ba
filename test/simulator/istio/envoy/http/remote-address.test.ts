import t from 'tap';
import {
  remoteAddressOf,
  withForwardedFor,
} from '../../../../../harness/simulator/istio/envoy/http/remote-address.ts';

const connection = { worker: { index: 0 }, destination: { address: '', port: 0 }, remoteAddress: '10.0.0.1' };
const sidecar = { usesRemoteAddress: false, trustedHops: 0 };
const gateway = { usesRemoteAddress: true, trustedHops: 0 };

t.test('who the client of a request is', async t => {
  const of = (trust: typeof sidecar, ...named: string[]): string =>
    remoteAddressOf(
      trust,
      connection,
      named.flatMap(value => ['X-Forwarded-For', value]),
    );
  t.equal(of(sidecar), '10.0.0.1');
  t.equal(of(sidecar, '1.1.1.1'), '1.1.1.1');
  t.equal(of(sidecar, '1.1.1.1, 2.2.2.2'), '2.2.2.2', 'the last one is the nearest');
  t.equal(of(sidecar, '1.1.1.1', '2.2.2.2'), '2.2.2.2', 'of several headers');
  t.equal(of(sidecar, 'nobody'), '10.0.0.1', 'what is no address tells nothing');
  t.equal(of(gateway, '1.1.1.1'), '10.0.0.1', 'a gateway goes by the connection');
  t.equal(of({ ...gateway, trustedHops: 1 }, '1.1.1.1, 2.2.2.2'), '2.2.2.2', 'or by a proxy before it');
  t.equal(of({ ...gateway, trustedHops: 2 }, '1.1.1.1, 2.2.2.2'), '1.1.1.1');
  t.equal(of({ ...gateway, trustedHops: 3 }, '1.1.1.1, 2.2.2.2'), '10.0.0.1', 'which is not that far');
});

t.test('what a gateway adds', async t => {
  t.same(withForwardedFor(sidecar, connection, ['a', 'b']), ['a', 'b']);
  t.same(withForwardedFor(gateway, connection, ['a', 'b']), ['a', 'b', 'x-forwarded-for', '10.0.0.1']);
  t.same(withForwardedFor(gateway, connection, ['x-forwarded-for', '1.1.1.1', 'a', 'b']), [
    'x-forwarded-for',
    '1.1.1.1,10.0.0.1',
    'a',
    'b',
  ]);
});
