import t from 'tap';
import { createImageCatalog } from '../../../harness/simulator/images/catalog.ts';
import { sleepSeconds } from '../../../harness/simulator/images/small-programs.ts';
import type { Image } from '../../../harness/simulator/program.ts';
import { runProgram } from '../../support/run-program.ts';
import { smallWorld } from '../../support/small-world.ts';

const image = createImageCatalog()('curlimages/curl') as Image; // see catalog.test.ts

const DURATIONS: readonly (readonly [readonly string[], number | undefined])[] = [
  [['3650d'], 315_360_000],
  [['infinity'], Number.POSITIVE_INFINITY],
  [['inf'], Number.POSITIVE_INFINITY],
  [['1m', '30'], 90],
  [['0.5'], 0.5],
  [['2h'], 7200],
  [['soon'], undefined],
  [['-1'], undefined],
  [[], undefined],
];
for (const [operands, seconds] of DURATIONS) {
  t.test(`sleep ${operands.join(' ')} is ${seconds} s`, t => {
    t.equal(sleepSeconds(operands), seconds);
    t.end();
  });
}

t.test('sleep sleeps in virtual time, until it is told to end', async t => {
  using world = smallWorld();
  const { laptop: network, clock } = world;
  t.match(await runProgram(image, ['/bin/sleep', '1h'], { network, clock }), { exitCode: 0 });
  t.equal(world.elapsed(), 3_600_000);
  const stop = new AbortController();
  const asleep = runProgram(image, ['sleep', 'infinity'], { network, clock, signal: stop.signal });
  clock.setTimeout(() => stop.abort(), 1000);
  t.match(await asleep, { exitCode: 143 });
});

interface Row {
  readonly argv: readonly string[];
  readonly exitCode?: number;
  readonly stdout?: string;
  readonly stderr?: string;
}
const ROWS: readonly Row[] = [
  { argv: ['echo', 'a', 'b'], stdout: 'a b\n' },
  { argv: ['echo', '-n', 'a'], stdout: 'a' },
  { argv: ['hostname'], stdout: 'my-pod\n' },
  { argv: ['printenv', 'HOSTNAME'], stdout: 'my-pod\n' },
  { argv: ['printenv', 'NOPE'], exitCode: 1 },
  {
    argv: ['cat', '/etc/hosts', '/nope'],
    exitCode: 1,
    stdout: 'hosts\n',
    stderr: "cat: can't open '/nope': No such file or directory\n",
  },
  { argv: ['ls', '/etc'], stdout: 'hosts\nresolv.conf\n' },
  { argv: ['ls', '/nope'], exitCode: 1, stderr: 'ls: /nope: No such file or directory\n' },
  { argv: ['/entrypoint.sh', 'echo', 'a'], stdout: 'a\n' },
  {
    argv: ['/entrypoint.sh', '--version'],
    stdout: 'curl 8.16.0 (x86_64-alpine-linux-musl)\nProtocols: http https\n',
  },
  { argv: ['true'] },
  { argv: ['false'], exitCode: 1 },
  { argv: ['sleep'], exitCode: 1, stderr: 'sleep: missing operand\n' },
];
for (const { argv, exitCode = 0, stdout = '', stderr = '' } of ROWS) {
  t.test(argv.join(' '), async t => {
    using world = smallWorld();
    const outcome = await runProgram(image, argv, {
      network: world.laptop,
      clock: world.clock,
      hostname: 'my-pod',
      env: { HOSTNAME: 'my-pod' },
      files: { '/etc/hosts': 'hosts\n', '/etc/resolv.conf': '' },
    });
    t.same(outcome, { exitCode, stdout, stderr });
  });
}
