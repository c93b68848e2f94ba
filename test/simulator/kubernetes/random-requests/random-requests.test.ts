import t from 'tap';
import { BUILT_IN_RESOURCES } from '../../../../harness/simulator/kubernetes/registry/built-in-resources.ts';
import { keyOf } from '../../../../harness/simulator/kubernetes/registry/resources.ts';
import { rounds } from '../../../support/nightly.ts';
import { CUSTOM, drive } from './drive.ts';
import { randomSequence } from './sequence.ts';

const SEQUENCES = rounds(2000, { daily: 400 });
const SEED = 'random';
/** A machine that is loaded by others takes its time. */
t.setTimeout(300_000);
/** What a world is given to answer anything. */
const MOST_MS = 1000;

/** Kinds whose objects are kept, and made by clients. */
const STORED = BUILT_IN_RESOURCES.filter(
  ({ virtual, notSimulated, verbs }) => !virtual && notSimulated === undefined && verbs.includes('create'),
).map(keyOf);

t.test('random sequences of requests leave a world that answers, and that is at rest', async t => {
  const { requests, created, codes, events, pulse, restCpu } = await drive({
    seed: SEED,
    sequences: SEQUENCES,
  });
  t.same(
    [...STORED, CUSTOM].filter(key => !created.has(key)),
    [],
    'every stored kind was created',
  );
  t.comment(
    `${requests} requests, ${events} events of watches; created: ${[...created.keys()].sort().join(', ')}`,
  );
  const done = (codes.get(200) ?? 0) + (codes.get(201) ?? 0);
  t.ok(done > requests / 2, `${done} requests had an effect`);
  t.ok(events > 0, 'watches were told');
  const longest = `${Math.round(pulse.longestMs)} ms for the longest of ${pulse.answers} answers`;
  t.ok(
    pulse.longestMs < MOST_MS,
    pulse.longestMs < MOST_MS ? longest : `${longest}, while:\n${pulse.during}`,
  );
  t.comment(`${(restCpu * 100).toFixed(1)} % of a core at rest`);
});

t.test('a sequence asks the same again when it is answered the same', async t => {
  const requestsOf = (index: number) => {
    const requests: unknown[] = [];
    const sequence = randomSequence(SEED, index);
    const answer = { code: 201, body: { metadata: { name: 'x', uid: 'uid' } } };
    for (let next = sequence.next(); !next.done; next = sequence.next(answer)) requests.push(next.value);
    return requests;
  };
  t.same(requestsOf(7), requestsOf(7));
  t.strictNotSame(requestsOf(7), requestsOf(8));
});
