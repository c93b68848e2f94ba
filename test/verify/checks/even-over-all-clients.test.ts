import t from 'tap';
import { checksFor } from '../../../harness/verify/catalog.ts';
import type { CheckOutcome } from '../../../harness/verify/check.ts';
import { holdFailureText } from '../../support/failure-texts.ts';
import { passedRun } from '../../support/run-events.ts';
import {
  curlOutput,
  hello,
  meshOf,
  requestsOf,
  type SmallMesh,
  smallMesh,
} from '../../support/small-mesh.ts';

const CLUSTERS = 8;
const REFUSED = { exitCode: 7, stdout: '', stderr: '' };
const ID = 'even-over-all-clients';
/** A mesh whose proxies do not tell what they have. */
async function mesh(): Promise<SmallMesh> {
  const small = await smallMesh(meshOf(Array.from({ length: CLUSTERS }, () => 1)), 300);
  for (const api of small.apis.values()) {
    const { run: answers } = api;
    api.run = (argv, at) =>
      argv.at(-1)?.startsWith('http://localhost:15000/') ? REFUSED : answers(argv, at);
  }
  return small;
}

const run = async (small: SmallMesh, id: string): Promise<CheckOutcome> => {
  const check = checksFor(small.context.topology).find(each => each.id === id);
  if (!check) throw new Error(`no check ${id}`);
  return await check.run(small.context);
};
const sources = Array.from({ length: CLUSTERS }, (_, index) => `cluster${index + 1}`);
async function runAll(small: SmallMesh) {
  const alone = new Map<string, CheckOutcome>();
  for (const cluster of sources) alone.set(cluster, await run(small, `${cluster}-reaches-every-version`));
  return { alone, together: await run(small, ID) };
}

/** Answers by turns of all clusters, each as often as its weight says, in the sample of one client. */
function answerFrom(small: SmallMesh, cluster: string, weightOf: (cluster: number) => number): void {
  const turns = sources.flatMap((_, index) =>
    Array.from({ length: weightOf(index + 1) }, () =>
      hello(index % 2 === 0 ? 'v1' : 'v2', `helloworld-${index % 2 === 0 ? 'v1' : 'v2'}-${index + 1}`),
    ),
  );
  small.api(cluster).run = argv =>
    requestsOf(argv) > 0
      ? curlOutput(Array.from({ length: requestsOf(argv) }, (_, n) => [turns[n % turns.length] ?? '', 200]))
      : REFUSED;
}

t.test(
  'in a large mesh everyone answers each client, and all clients together are answered evenly',
  async t => {
    await using small = await mesh();
    const { alone, together } = await runAll(small);
    for (const [cluster, result] of alone)
      t.match(result, { outcome: 'passed', traffic: { sample: { evenness: 'over-all-clients' } } }, cluster);
    t.match(together, {
      outcome: 'passed',
      found:
        /^2400 calls of 8 clients together: least cluster\d with 99 % of its share \(296, where \d+ to \d+ are accepted\), most/,
      evidence: { clients: 8, calls: 2400, risks: { asked: 1e-6 } },
    });
    for (const cluster of sources)
      t.equal(small.api(cluster).calls.filter(argv => requestsOf(argv) === 300).length, 1, 'asked once');
  },
);

t.test('who gets half of its share from everybody passes each client, and fails all together', async t => {
  await using small = await mesh();
  for (const cluster of sources) answerFrom(small, cluster, target => (target === 3 ? 1 : 2));
  const { alone, together } = await runAll(small);
  t.ok([...alone.values()].every(({ outcome }) => outcome === 'passed'));
  t.match(together, {
    outcome: 'failed',
    found: /^Calls of 8 clients together: cluster3 gave 160 answers where 2\d\d to 3\d\d are accepted/,
    diagnosis: { cause: 'shares-skewed' },
  });
  const check = checksFor(small.context.topology).find(({ id }) => id === ID);
  const [begun] = passedRun();
  if (!check || !begun) throw new Error('nothing to tell');
  const result = { id: ID, sentence: check.sentence, level: check.level, ...together };
  const ended = { type: 'check-ended', result, atMs: 0, durationMs: 0, wallMs: 0 } as const;
  holdFailureText(t, [begun, ended], ID, ID);
});

t.test('who answers one client never fails that client', async t => {
  await using small = await mesh();
  let asked = 0;
  answerFrom(small, 'cluster5', target => (target === 3 ? 0 : 2));
  const { run: withoutCluster3 } = small.api('cluster5');
  const { run: healthy } = small.api('cluster4');
  small.api('cluster5').run = (argv, at) => {
    asked += 1;
    return requestsOf(argv) === 300 ? withoutCluster3(argv, at) : healthy(argv, at);
  };
  t.match(await run(small, 'cluster5-reaches-every-version'), {
    outcome: 'failed',
    found: /cluster3 gave 0 answers where/,
  });
  t.ok(asked > 0);
});

t.test('a cluster of two versions has to answer with both', async t => {
  const two = [{ helloWorld: ['v1', 'v3'] }];
  await using small = await smallMesh(
    meshOf(
      Array.from({ length: CLUSTERS }, () => 1),
      two,
    ),
    400,
  );
  const { run: healthy } = small.api('cluster2');
  small.api('cluster2').run = (argv, at) => {
    const outcome = healthy(argv, at);
    if (requestsOf(argv) !== 400) return outcome;
    return {
      ...outcome,
      stdout: outcome.stdout.replaceAll(hello('v3', 'helloworld-v3-1'), hello('v1', 'helloworld-v1-1')),
    };
  };
  t.match(await run(small, 'cluster2-reaches-every-version'), {
    outcome: 'failed',
    found: /HelloWorld v3 of cluster1 gave no answer/,
  });
});

t.test('where a sample is missing the claim stays open, unless it was asked for alone', async t => {
  await using small = await mesh();
  answerFrom(small, 'cluster1', target => (target === 3 ? 0 : 2));
  const alone = await run(small, ID);
  t.match(alone, { outcome: 'failed', unproved: true, found: /No sample could be taken from cluster1:/ });
  t.match(await run(small, ID), { outcome: 'unknown', found: /from cluster1:/ }, 'and is not asked again');
});
