import { Duplex } from 'node:stream';
import t from 'tap';
import { runProbe } from '../../../../../harness/simulator/kubernetes/node/kubelet/probe.ts';
import { VirtualClock } from '../../../../../harness/simulator/network/virtual-clock.ts';

t.test('a probe over HTTP says which kubelet asks', async t => {
  const clock = new VirtualClock();
  let asked = '';
  const socket = new Duplex({
    read: () => {},
    write: (chunk: Buffer, _encoding, done) => {
      asked += chunk.toString();
      socket.push('HTTP/1.1 200 OK\r\n\r\n');
      done();
    },
  });
  const outcome = await runProbe(
    { httpGet: { path: '/ready', port: 80 } },
    {
      clock,
      node: { connect: () => socket } as never, // nothing else of it is asked for
      podAddress: '10.0.0.1',
      container: { name: 'c', image: 'i' },
      version: 'v1.35.4',
      exec: async () => ({ exitCode: 0, output: '' }),
    },
  );
  t.equal(outcome.ok, true);
  t.match(asked, /^GET \/ready HTTP\/1\.1\r\nHost: 10\.0\.0\.1:80\r\nUser-Agent: kube-probe\/1\.35\r\n/);
});
