/** What has to answer while a run goes on: told when it falls silent for good, and not when it pauses. */
import t from 'tap';
import { apiServers, watchAnswers } from '../../harness/platform/watch-answers.ts';
import { smallApi } from '../support/small-api.ts';
import { JumpingClock } from '../support/small-plan.ts';

type Answer = 'answers' | 'fails' | 'hangs';

const ROUNDS = 60;
const repeat = (answer: Answer, times: number): readonly Answer[] => Array(times).fill(answer);

for (const [name, answers, lost] of [
  ['always answers', repeat('answers', ROUNDS), undefined],
  ['refuses connections from some time on', [...repeat('answers', 4), ...repeat('fails', ROUNDS)], /refused/],
  ['takes connections and says nothing', [...repeat('answers', 4), ...repeat('hangs', ROUNDS)], /no answer/],
  ['pauses again and again', [...repeat('fails', 8), 'answers', ...repeat('hangs', 4), 'answers'], undefined],
  [
    'fails and hangs in turn',
    Array.from({ length: ROUNDS }, (_, n) => (n % 2 ? 'fails' : 'hangs')),
    /has not answered/,
  ],
] as readonly (readonly [string, readonly Answer[], RegExp | undefined])[]) {
  t.test(`something that ${name}`, async t => {
    const clock = new JumpingClock();
    const stop = new AbortController();
    const startedAtMs = clock.now();
    let asked = 0;
    let left: (() => void) | undefined;
    const through = new Promise<void>(resolve => {
      left = resolve;
    });
    const ask = async () => {
      const answer = answers[asked++];
      if (answer === undefined) left?.();
      if (answer === 'hangs') await new Promise(() => {});
      if (answer === 'fails') throw new Error('connection refused');
    };
    const other = { what: 'The other', ask: async () => {}, hint: '' };
    const signal = watchAnswers([{ what: 'The one', ask, hint: 'Look.' }, other], {
      clock,
      stop: stop.signal,
    });
    const ended = new Promise<void>(resolve => signal.addEventListener('abort', () => resolve()));
    await Promise.race([through, ended]);
    stop.abort();
    t.equal(signal.aborted, lost !== undefined);
    if (!lost) return;
    t.match(signal.reason, {
      code: 'ERR_PLATFORM_NOT_READY',
      message: /^The one has not answered for 6\d s/,
      hint: 'Look.',
    });
    t.match(signal.reason.message, lost);
    t.ok(clock.now() - startedAtMs < 110_000, 'soon');
  });
}

t.test('what falls silent after the end is no loss', async t => {
  const clock = new JumpingClock();
  const stop = new AbortController();
  const signal = watchAnswers([{ what: 'It', ask: () => Promise.reject(new Error('gone')), hint: '' }], {
    clock,
    stop: stop.signal,
  });
  stop.abort();
  for (let turn = 0; turn < 100; turn++) await new Promise(resolve => setImmediate(resolve));
  t.notOk(signal.aborted);
});

t.test('an API server that refuses has answered; one that is gone has not', async t => {
  const api = await smallApi();
  api.refuseWith = 403;
  const [asked] = apiServers(new Map([['cluster1', api.client]]));
  const { signal } = new AbortController();
  await t.resolves(asked?.ask(signal) as Promise<unknown>);
  await api[Symbol.asyncDispose]();
  await t.rejects(asked?.ask(signal) as Promise<unknown>, { code: 'ECONNREFUSED' });
});
