import t from 'tap';
import { createImageCatalog } from '../../../harness/simulator/images/catalog.ts';
import type { Image } from '../../../harness/simulator/program.ts';
import { runProgram } from '../../support/run-program.ts';
import { outcomeOf, smallWorld } from '../../support/small-world.ts';

const catalog = createImageCatalog();
const image = (reference: string) => catalog(reference) as Image; // see catalog.test.ts

t.test('HelloWorld tells the version of its image and the name of its pod', async t => {
  using world = smallWorld();
  const stop = new AbortController();
  const client = world.clusters.east.addPod('client', 'east-node');
  const run = (version: string) => {
    const pod = world.clusters.east.addPod(`helloworld-${version}-abc`, 'east-node');
    const hello = image(`docker.io/istio/examples-helloworld-${version}`);
    const argv = [...hello.entrypoint, ...hello.cmd];
    const running = runProgram(hello, argv, {
      network: pod,
      clock: world.clock,
      env: { HOSTNAME: pod.name },
      signal: stop.signal,
    });
    return { pod, running };
  };
  const servers = [run('v1'), run('v2')];
  const curl = (...args: string[]) =>
    runProgram(image('curlimages/curl'), ['curl', '-sS', ...args], { network: client, clock: world.clock });
  for (const [index, { pod }] of servers.entries()) {
    const hello = `Hello version: v${index + 1}, instance: helloworld-v${index + 1}-abc\n`;
    t.same(await curl(`${pod.address}:5000/hello?1`), { exitCode: 0, stdout: hello, stderr: '' });
    t.match(await curl('-w', ' %{http_code}', `${pod.address}:5000/health`), {
      stdout: 'Helloworld is healthy 200',
    });
    t.match(await curl('-w', ' %{http_code}', `${pod.address}:5000/other`), { stdout: / 404$/ });
    t.match(await curl('-w', ' %{http_code}', '-d', 'x', `${pod.address}:5000/hello`), { stdout: / 405$/ });
  }
  stop.abort();
  for (const { pod, running } of servers) {
    t.match(await running, { exitCode: 0 });
    t.equal(await outcomeOf(client.connect(pod.address, 5000)), 'ECONNREFUSED');
  }
});
