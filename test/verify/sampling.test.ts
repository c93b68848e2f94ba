import t from 'tap';
import { curlArgv, readAnswers } from '../../harness/verify/sampling.ts';
import { sequenceOf, tally } from '../../harness/verify/tally.ts';

const V1 = 'Hello version: v1, instance: helloworld-v1-86f77cd7bd-cpxhv\n';
const V2 = 'Hello version: v2, instance: helloworld-v2-758dd55874-6x4t8\n';
const end = (status: number | string, seconds = '0.004') => `\n<call ${status} ${seconds}>\n`;
const outcome = (stdout: string, stderr = '', exitCode = 0) => ({ stdout, stderr, exitCode });

t.test('one argument vector asks all, without a shell', async t => {
  const argv = curlArgv(300);
  t.equal(argv[0], 'curl');
  t.equal(argv.at(-1), 'http://helloworld.sample:5000/hello?[1-300]');
  for (const option of ['-sS', '--noproxy', '*', '-m', '15', '-H', 'Connection: close', '-w'])
    t.ok(argv.includes(option), option);
});

const rows: readonly {
  readonly name: string;
  readonly output: ReturnType<typeof outcome>;
  readonly requests: number;
  readonly kinds: readonly string[];
  readonly defect?: RegExp;
}[] = [
  { name: 'answers', output: outcome(V1 + end(200) + V2 + end(200)), requests: 2, kinds: ['v1', 'v2'] },
  { name: 'a decimal comma', output: outcome(V1 + end(200, '0,004')), requests: 1, kinds: ['v1'] },
  {
    name: 'no healthy upstream, which curl takes for a success',
    output: outcome(`no healthy upstream${end(503)}`),
    requests: 1,
    kinds: ['503 no healthy upstream'],
  },
  {
    name: 'curl errors in the order of the calls that failed',
    output: outcome(
      end('000', '0.000') + V1 + end(200) + end('000', '15.001'),
      'curl: (7) Failed to connect to helloworld.sample port 5000 after 3 ms: Connection refused\ncurl: (28) Operation timed out after 15001 milliseconds with 0 bytes received\n',
      28,
    ),
    requests: 3,
    kinds: [
      'curl: (7) Failed to connect to helloworld.sample port 5000: Connection refused',
      'v1',
      'curl: (28) Operation timed out after some milliseconds with 0 bytes received',
    ],
  },
  {
    name: 'an unknown name',
    output: outcome(
      end('000').repeat(2),
      'curl: (6) Could not resolve host: helloworld.sample\n'.repeat(2),
      6,
    ),
    requests: 2,
    kinds: [
      'curl: (6) Could not resolve host: helloworld.sample',
      'curl: (6) Could not resolve host: helloworld.sample',
    ],
  },
  {
    name: 'a stranger who answers',
    output: outcome(`<html>hi</html>${end(200)}`),
    requests: 1,
    kinds: ['200 <html>hi</html>'],
  },
  { name: 'an empty body', output: outcome(end(502)), requests: 1, kinds: ['502 (empty body)'] },
  {
    name: 'something in front of the greeting',
    output: outcome(`x${V1}${end(200)}`),
    requests: 1,
    kinds: [`200 x${V1.trim()}`],
  },
  {
    name: 'fewer calls than asked for',
    output: outcome(V1 + end(200)),
    requests: 2,
    kinds: ['v1'],
    defect: /1 of 2 calls/,
  },
  {
    name: 'more calls than asked for',
    output: outcome((V1 + end(200)).repeat(2)),
    requests: 1,
    kinds: ['v1', 'v1'],
    defect: /2 of 1 calls/,
  },
  {
    name: 'text after the last call',
    output: outcome(`${V1 + end(200)}Hello`),
    requests: 1,
    kinds: ['v1'],
    defect: /1 of 1/,
  },
  {
    name: 'no curl at all',
    output: outcome('', 'sh: curl: not found', 127),
    requests: 1,
    kinds: [],
    defect: /exit code 127.*not found/,
  },
  {
    name: 'errors that belong to no call',
    output: outcome(V1 + end(200), 'curl: (23) Failed writing body\ncurl: (23) Failed writing body\n', 23),
    requests: 1,
    kinds: ['v1'],
    defect: /more errors than calls/,
  },
];
for (const { name, output, requests, kinds, defect } of rows) {
  t.test(`curl's output is read strictly: ${name}`, async t => {
    const read = readAnswers(output, requests);
    t.same(
      read.answers.map(answer => (answer.kind === 'answer' ? answer.version : answer.error)),
      kinds,
    );
    if (defect) t.match(read.defect, defect);
    else t.equal(read.defect, undefined);
  });
}

t.test('answers are counted by instance, errors by kind, and told in a sequence', async t => {
  const unhealthy = `no healthy upstream${end(503)}`;
  const stdout = [V1 + end(200), V1 + end(200), V2 + end(200, '10.002'), unhealthy, V1 + end(200)].join('');
  const { answers } = readAnswers(outcome(stdout), 5);
  const clusters: Readonly<Record<string, string>> = { 'helloworld-v1-86f77cd7bd-cpxhv': 'cluster1' };
  const counted = tally(answers, instance => clusters[instance] ?? null, ['cluster1', 'cluster2']);
  t.match(counted, {
    requests: 5,
    instances: [
      { cluster: 'cluster1', version: 'v1', count: 3 },
      { cluster: null, version: 'v2', count: 1 },
    ],
    errors: [{ error: '503 no healthy upstream', count: 1 }],
    slow: 1,
    longestSeconds: 10.002,
  });
  t.match(sequenceOf(answers, counted), {
    sequence: 'aab!a',
    switches: 2,
    legend: { a: 'cluster1 → helloworld v1', b: 'no cluster → helloworld v2' },
  });
});
