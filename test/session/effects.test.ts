/** Options of the library that would have no effect are refused, as flags are. */
import t from 'tap';
import { loadScenario, type RunOptions, run } from '../../harness/index.ts';
import { planTopology } from '../../harness/plan/plan.ts';

const topology = await loadScenario('multi-primary');
const real = {} as NonNullable<RunOptions['real']>; // it is refused unread

for (const [options, says] of [
  [{ keep: 'always' }, "`keep` is for platform: 'kind' or 'existing'."],
  [{ platform: 'simulator', keep: 'on-failure' }, "`keep` is for platform: 'kind' or 'existing'."],
  [{ real }, "`real` is for platform: 'kind' or 'existing'."],
  [{ platform: 'kind', seed: '7' }, "`seed` is for platform: 'simulator' or 'existing'."],

  [{ platform: 'existing', traceFolder: 'trace' }, "`traceFolder` is for platform: 'simulator'."],
  [{ extended: true, onlyChecks: ['common-root'] }, '`extended` has no effect beside `onlyChecks`.'],
  [
    { plan: planTopology(topology, '1.8'), edition: 'current' },
    "The plan is of edition 1.8; `edition: 'current'` has no effect.",
  ],
] as const satisfies readonly (readonly [Partial<RunOptions>, string])[])
  t.test(says, async t => {
    await t.rejects(run({ topology, ...options }), { code: 'ERR_USAGE', message: says });
  });
