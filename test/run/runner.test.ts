/** The runner on a small platform with small tools. */
import t from 'tap';
import { type Clock, sleep } from '../../harness/base/clock.ts';
import { HarnessError } from '../../harness/base/errors.ts';
import { clusterName } from '../../harness/model/names.ts';
import type { RunEvent } from '../../harness/run/events.ts';
import type { RunOptions, RunOutcome } from '../../harness/run/run.ts';
import { run } from '../../harness/run/runner.ts';
import type { Check, CheckOutcome } from '../../harness/verify/check.ts';
import { planSample } from '../../harness/verify/sample-plan.ts';
import {
  type Action,
  planOf,
  SmallPlatform,
  SmallTools,
  smallTopology,
  step,
} from '../support/small-plan.ts';

interface Ran {
  readonly outcome: RunOutcome;
  readonly log: readonly string[];
  readonly platform: SmallPlatform;
  readonly tools: SmallTools;
}

async function runSmall(
  plan: RunOptions['plan'],
  actions: Readonly<Record<string, Action>> = {},
  {
    checks = [],
    ...more
  }: Partial<RunOptions> & {
    readonly platform?: SmallPlatform;
    readonly checks?: readonly Check[];
  } = {},
): Promise<Ran> {
  const platform = more.platform ?? new SmallPlatform();
  const tools = new SmallTools(platform.jumping, actions);
  const outcome = await run({
    topology: smallTopology,
    plan,
    seed: '1',
    runId: 'run-1',
    tools: () => tools,
    verify: { checks, sample },
    ...more,
    platform,
  });
  return { outcome, log: tools.log, platform, tools };
}

const check = (id: string, outcome: CheckOutcome['outcome'], more: Partial<Check> = {}): Check => ({
  id,
  sentence: `The claim ${id}.`,
  level: 'core',
  run: async () => ({ outcome, found: `found ${outcome}`, evidence: { id } }),
  ...more,
});
const fails: Action = () => ({
  exitCode: 1,
  stderr: 'Error from server (NotFound): namespaces "sample" not found\n',
});
const stepsOf = ({ outcome }: Ran) => Object.fromEntries(outcome.steps);
const typesOf = (events: readonly RunEvent[]) => events.map(({ type }) => type);

const sample = planSample(300, { expectedShares: [[0.5, 0.5]] });

t.test('faults come after checks that have passed, and are not tried otherwise', async t => {
  let came = 0;
  const fault = check('fault-x', 'passed', {
    level: 'extended',
    isNamed: true,
    run: async () => {
      came += 1;
      return { outcome: 'passed', found: 'recovered', evidence: null };
    },
  });
  const withFault = (...checks: Check[]) => ({ verify: { checks, sample, faults: () => [fault] } });
  const sound = await runSmall(planOf(step('a')), {}, withFault(check('b', 'passed')));
  t.match(sound.outcome, { verdict: 'passed', checks: [{ id: 'b' }, { id: 'fault-x', outcome: 'passed' }] });
  t.equal(came, 1);
  const broken = await runSmall(planOf(step('a')), {}, withFault(check('b', 'failed')));
  t.match(broken.outcome, {
    verdict: 'failed',
    checks: [{ id: 'b' }, { id: 'fault-x', outcome: 'unknown', found: /The fault was not tried/ }],
  });
  t.equal(came, 1);
});

t.test('steps start when what they depend on is done, and run side by side where they may', async t => {
  const plan = planOf(
    step('a'),
    step('b'),
    step('c', { dependsOn: ['a'] }),
    step('d', { dependsOn: ['b', 'c'] }),
  );
  const slow: Action = async ({ sleep }) => {
    await sleep(1000);
    return '';
  };
  const ran = await runSmall(plan, { a: slow, b: slow, c: slow });
  t.same(ran.log, ['+a', '+b', '-a', '+c', '-b', '-c', '+d', '-d']);
  t.equal(ran.outcome.verdict, 'passed');
  t.equal(ran.outcome.exitCode, 0);
  const ended = ran.outcome.events.at(-1);
  t.match(ended, { type: 'run-ended', durationMs: 2000 }, 'two levels of a second each');
});

t.test('steps need no proof of the clusters, and every check does', async t => {
  const seen: string[] = [];
  const proven = async (clock: Clock) => {
    await sleep(clock, 5000);
    seen.push('proven');
  };
  const slow: Action = async ({ sleep: rest }) => {
    await rest(1000);
    seen.push('step');
    return '';
  };
  const asked = check('asked', 'passed', {
    run: async () => {
      seen.push('check');
      return { outcome: 'passed', found: '', evidence: null };
    },
  });
  const platform = new SmallPlatform({ proven });
  const { outcome } = await runSmall(planOf(step('a')), { a: slow }, { platform, checks: [asked] });
  t.same(seen, ['step', 'proven', 'check']);
  t.equal(outcome.verdict, 'passed');
  t.match(outcome.events.at(-1), { type: 'run-ended', durationMs: 5000 }, 'they went on side by side');
});

t.test('without the proof nothing that was found counts, and nothing more is begun', async t => {
  const proven = async (clock: Clock) => {
    await sleep(clock, 1500);
    throw new HarnessError('ERR_PLATFORM_NOT_READY', 'The networks are not what was asked for.');
  };
  const slow: Action = async ({ sleep: rest }) => {
    await rest(1000);
    return '';
  };
  const plan = planOf(
    step('a'),
    step('b', { dependsOn: ['a'] }),
    step('c', { dependsOn: ['b'] }),
    step('refused'),
  );
  const ran = await runSmall(
    plan,
    { a: slow, b: slow, refused: fails },
    { platform: new SmallPlatform({ proven }), checks: [check('x', 'failed')] },
  );
  t.same(stepsOf(ran), { a: 'done', b: 'interrupted', c: 'skipped', refused: 'failed' });
  t.match(ran.outcome, {
    verdict: 'unknown',
    interrupted: false,
    exitCode: 3,
    checks: [],
    reason: { kind: 'environment', message: 'The networks are not what was asked for.' },
  });
  t.ok(ran.platform.disposed);
});

t.test('a run whose caller gives up waits for no proof', async t => {
  const controller = new AbortController();
  const proven = () =>
    new Promise<void>((_, reject) =>
      controller.signal.addEventListener('abort', () => reject(controller.signal.reason)),
    );
  const aborts: Action = () => {
    controller.abort(new Error('Ctrl-C'));
    return '';
  };
  const { outcome } = await runSmall(
    planOf(step('a')),
    { a: aborts },
    { platform: new SmallPlatform({ proven }), signal: controller.signal },
  );
  t.match(outcome, { verdict: 'unknown', interrupted: true, reason: { message: /Ctrl-C/ } });
});

t.test('a step that follows another begins with it, and what needs it does not wait either', async t => {
  const plan = planOf(
    step('a'),
    step('b', { dependsOn: ['a'] }),
    step('asks', {
      follows: ['b'],
      command: { output: { to: 'variable', name: 'IP' }, awaits: 'an address' },
    }),
    step('c', { dependsOn: ['asks'] }),
  );
  let asked = 0;
  const { log, outcome } = await runSmall(plan, {
    b: async ({ sleep: rest }) => {
      await rest(3500);
      return '';
    },
    asks: () => {
      asked += 1;
      return asked > 2 ? '10.0.0.1' : '';
    },
  });
  t.same(log, ['+a', '-a', '+b', '+asks', '-asks', '+asks', '-asks', '+asks', '-asks', '+c', '-c', '-b']);
  t.equal(outcome.verdict, 'passed');
});

t.test('a step is given up when what it follows fails, and skipped when that never begins', async t => {
  const plan = (more: Partial<Parameters<typeof step>[1]> = {}) =>
    planOf(
      step('a', more),
      step('b', { dependsOn: ['a'] }),
      step('asks', {
        follows: ['b'],
        command: { output: { to: 'variable', name: 'IP' }, awaits: 'an address' },
      }),
      step('c', { dependsOn: ['asks'] }),
    );
  const failsLate: Action = async ({ sleep: rest }) => {
    await rest(3500);
    return { exitCode: 1, stderr: 'Error: not ready\n' };
  };
  const late = await runSmall(plan(), { b: failsLate });
  t.same(stepsOf(late), { a: 'done', b: 'failed', asks: 'skipped', c: 'skipped' });
  t.match(late.outcome, { verdict: 'failed', reason: { message: /Do b: kubectl ended with exit code 1/ } });
  t.match(late.outcome.events.at(-1), { durationMs: 3500 }, 'it did not ask until its own time was over');
  const never = await runSmall(plan(), { a: fails });
  t.same(stepsOf(never), { a: 'failed', b: 'skipped', asks: 'skipped', c: 'skipped' });
  t.notOk(never.log.includes('+asks'));
  const omitted = await runSmall(plan(), { asks: () => '10.0.0.1' }, { omit: ['b'] });
  t.same(stepsOf(omitted), { a: 'done', b: 'omitted', asks: 'done', c: 'done' });
});

t.test('after a failure dependents are skipped, the rest goes on, and the checks still look', async t => {
  const plan = planOf(step('a'), step('b', { dependsOn: ['a'] }), step('c', { dependsOn: ['b'] }), step('d'));
  const ran = await runSmall(plan, { a: fails }, { checks: [check('seen', 'passed')] });
  t.same(stepsOf(ran), { a: 'failed', b: 'skipped', c: 'skipped', d: 'done' });
  t.equal(ran.outcome.verdict, 'failed');
  t.equal(ran.outcome.exitCode, 1);
  t.match(ran.outcome.reason, {
    kind: 'mesh',
    message: /Do a: kubectl ended with exit code 1: .*"sample" not found/,
  });
  t.equal(ran.outcome.checks.length, 1);
  t.match(
    ran.outcome.events.find(event => event.type === 'step-ended' && event.step === 'c'),
    { outcome: 'skipped', problem: { kind: 'mesh', message: /needs b/ } },
  );
});

t.test('with keepGoing dependents run, and a value that was not obtained is the empty string', async t => {
  const seen: (string | undefined)[] = [];
  const plan = planOf(
    step('ask', { command: { output: { to: 'variable', name: 'ADDRESS' } } }),
    step('use', { dependsOn: ['ask'], command: { args: ['use', `\${ADDRESS}`] } }),
  );
  const use: Action = ({ variables }) => {
    seen.push(variables.get('ADDRESS'));
    return '';
  };
  const goes = await runSmall(plan, { ask: fails, use }, { keepGoing: true });
  t.same(stepsOf(goes), { ask: 'failed', use: 'done' });
  t.same(seen, ['']);
  t.equal(goes.outcome.verdict, 'failed');
});

t.test('the commands of a step after one that failed run with keepGoing, and not without', async t => {
  const commands = ['first', 'second'].map(
    name => ({ tool: 'kubectl', args: [name], timeoutMs: 1000 }) as const,
  );
  for (const keepGoing of [false, true]) {
    const ran = await runSmall(planOf(step('a', { commands })), { first: fails }, { keepGoing });
    t.equal(ran.log.includes('+second'), keepGoing);
    t.same(stepsOf(ran), { a: 'failed' }, 'the first failure is the finding');
    t.match(ran.outcome.reason?.message, /"sample" not found/);
  }
});

t.test('a step that is left out implies keepGoing', async t => {
  const plan = planOf(step('a'), step('b', { dependsOn: ['a'] }), step('c', { dependsOn: ['b'] }));
  const ran = await runSmall(plan, {}, { omit: ['b'] });
  t.same(stepsOf(ran), { a: 'done', b: 'omitted', c: 'done' });
  t.same(ran.log, ['+a', '-a', '+c', '-c']);
  t.equal(ran.outcome.verdict, 'passed');
  t.match(ran.outcome.events[0], { type: 'run-started', omitted: ['b'], keepGoing: true });
});

t.test('an unknown step in omit is refused with the known ones before anything is started', async t => {
  const platform = new SmallPlatform({ failure: new Error('must not be started') });
  await t.rejects(runSmall(planOf(step('a')), {}, { omit: ['x'], platform }), {
    code: 'ERR_UNKNOWN_STEP',
    hint: /Known steps: a/,
  });
});

t.test('pipes: what goes through one reaches the next command, and no record', async t => {
  const secret = 'token: abcdefghijklmnopqrstuvwxyz';
  let got: string | undefined;
  const plan = planOf(
    step('pipe', {
      commands: [
        { tool: 'istioctl', args: ['make'], output: { to: 'next-command' }, timeoutMs: 1000 },
        { tool: 'kubectl', args: ['take'], timeoutMs: 1000 },
      ],
    }),
  );
  const ran = await runSmall(plan, {
    make: () => secret,
    take: ({ stdin }) => {
      got = stdin;
      return '';
    },
  });
  t.equal(got, secret);
  t.notMatch(JSON.stringify(ran.outcome.events), /abcdefghij/);
});

t.test('a value that is awaited is asked for until it is there', async t => {
  let asked = 0;
  const plan = planOf(
    step('ask', {
      command: {
        output: { to: 'variable', name: 'ADDRESS' },
        awaits: 'the gateway to be given an address',
        timeoutMs: 30_000,
      },
    }),
  );
  const ran = await runSmall(plan, { ask: () => (++asked < 5 ? '' : '172.18.0.9\n') });
  t.equal(ran.outcome.verdict, 'passed');
  t.match(ran.outcome.events.at(-1), { durationMs: 4000 });

  const never = await runSmall(plan, { ask: () => '' });
  t.equal(never.outcome.verdict, 'failed');
  t.match(never.outcome.reason, {
    kind: 'mesh',
    message: /Waited 30 s for the gateway to be given an address, in vain. Last seen: an empty answer/,
  });
});

t.test('a long failure is cut in the middle: its first words and its last are told', async t => {
  const stderr = ['the cause', ...Array.from({ length: 200 }, (_, line) => `line ${line}`), 'the end'];
  const ran = await runSmall(planOf(step('ask')), {
    ask: () => ({ exitCode: 1, stderr: stderr.join('\n') }),
  });
  const message = ran.outcome.reason?.message ?? '';
  t.match(message, /exit code 1: the cause · line 0 · .* … .* · line 199 · the end$/);
  t.ok(message.length < 700, message);
});

t.test('a tool that hangs, is killed or is missing tells nothing about the mesh', async t => {
  const hangs: Action = ({ signal }) =>
    new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason));
    });
  const rows: Readonly<Record<string, { action: Action; message: RegExp }>> = {
    'past the deadline of the step': { action: hangs, message: /did not end within 120 s/ },
    'past its own timeout': {
      action: () => ({ exitCode: 137, fault: 'timeout' }),
      message: /kubectl did not end within 60 s/,
    },
    missing: {
      action: () => ({ exitCode: 127, fault: 'missing-tool', stderr: 'not found' }),
      message: /is not there/,
    },
    'no API server': {
      action: () => ({
        exitCode: 1,
        fault: 'api-unreachable',
        stderr: 'Unable to connect to the server: EOF',
      }),
      message: /could not reach the API server: Unable to connect/,
    },
  };
  for (const [name, { action, message }] of Object.entries(rows)) {
    const ran = await runSmall(planOf(step('a')), { a: action });
    t.equal(ran.outcome.verdict, 'unknown', name);
    t.equal(ran.outcome.exitCode, 3, name);
    t.match(ran.outcome.reason, { kind: 'environment', message }, name);
  }
});

t.test('a failure while an API server does not answer is the fault of the environment', async t => {
  const refusing = {
    name: clusterName('cluster1'),
    kubeconfig: () =>
      JSON.stringify({
        clusters: [
          { name: 'a', cluster: { server: 'https://127.0.0.1:1', 'insecure-skip-tls-verify': true } },
        ],
        users: [{ name: 'a', user: { token: 't' } }],
        contexts: [{ name: 'a', context: { cluster: 'a', user: 'a' } }],
        'current-context': 'a',
      }),
  };
  const platform = new SmallPlatform({ clusters: [refusing] });
  const ran = await runSmall(planOf(step('a')), { a: fails }, { platform });
  t.equal(ran.outcome.verdict, 'unknown');
  t.match(ran.outcome.reason, {
    kind: 'environment',
    message: /API server of cluster1/,
    hint: /namespaces "sample"/,
  });
});

t.test('checks: one that fails fails the run, one that gets no answer leaves it open', async t => {
  const rows: [readonly Check[], string, number][] = [
    [[check('a', 'passed'), check('b', 'failed')], 'failed', 1],
    [[check('a', 'unknown'), check('b', 'passed')], 'unknown', 3],
    [[check('a', 'unknown'), check('b', 'failed')], 'failed', 1],
    [[check('a', 'failed', { level: 'extended' })], 'passed', 0],
    [[check('a', 'failed', { level: 'extended', isNamed: true })], 'failed', 1],
    [
      [
        check('a', 'passed', {
          run: async () => {
            throw new HarnessError('ERR_KUBERNETES_API', 'refused');
          },
        }),
      ],
      'unknown',
      3,
    ],
  ];
  for (const [checks, verdict, exitCode] of rows) {
    const { outcome } = await runSmall(planOf(step('a')), {}, { checks });
    t.equal(outcome.verdict, verdict);
    t.equal(outcome.exitCode, exitCode);
  }
});

t.test(
  'a step that failed for its environment leaves the run open, whatever the checks find then',
  async t => {
    const missing: Action = () => ({ exitCode: 127, fault: 'missing-tool' });
    const { outcome } = await runSmall(planOf(step('a')), { a: missing }, { checks: [check('b', 'failed')] });
    t.equal(outcome.verdict, 'unknown');
  },
);

t.test('checks of different clusters run side by side, the next of the same cluster after them', async t => {
  const log: string[] = [];
  const slow = (id: string, cluster?: string): Check =>
    check(id, 'passed', {
      ...(cluster !== undefined && { cluster: clusterName(cluster) }),
      run: async ({ clock }) => {
        log.push(`+${id}`);
        await new Promise<void>(resolve => void clock.setTimeout(resolve, 10));
        log.push(`-${id}`);
        return { outcome: 'passed', found: '', evidence: null };
      },
    });
  await runSmall(
    planOf(step('a')),
    {},
    { checks: [slow('r1', 'cluster1'), slow('r2', 'cluster2'), slow('all'), slow('t1', 'cluster1')] },
  );
  t.same(log, ['+r1', '+r2', '-r1', '-r2', '+all', '-all', '+t1', '-t1']);
});

t.test('a check that hangs is ended, and what it was asked stays open', async t => {
  const hanging = check('a', 'passed', {
    run: ({ signal }) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason));
      }),
  });
  const { outcome } = await runSmall(
    planOf(step('a')),
    {},
    { checks: [hanging], deadlines: { checkMs: 5000 } },
  );
  t.equal(outcome.verdict, 'unknown');
  t.match(outcome.checks[0], { outcome: 'unknown', found: /did not end within 5 s/ });
});

t.test('cancellation ends what runs, starts nothing more, verifies nothing, and cleans up', async t => {
  const controller = new AbortController();
  const plan = planOf(step('a'), step('b', { dependsOn: ['a'] }), step('c'));
  const ran = await runSmall(
    plan,
    {
      a: async ({ sleep }) => {
        await sleep(1000);
        controller.abort(new Error('SIGINT'));
        await sleep(60_000);
        return '';
      },
      c: async ({ sleep }) => {
        await sleep(500);
        return '';
      },
    },
    { signal: controller.signal, checks: [check('x', 'passed')] },
  );
  t.same(stepsOf(ran), { a: 'interrupted', b: 'skipped', c: 'done' });
  t.same(
    ran.outcome.events.flatMap(event => (event.type === 'step-ended' ? event.step : [])),
    ['c', 'a'],
    'what was not begun is not told of one by one',
  );
  t.same(ran.outcome.checks, []);
  t.match(ran.outcome, {
    interrupted: true,
    verdict: 'unknown',
    exitCode: 130,
    reason: { message: /SIGINT/ },
  });
  t.ok(ran.platform.disposed);
  t.ok(ran.tools.disposed);
  t.match(ran.outcome.events.at(-1), { type: 'run-ended', interrupted: true, durationMs: 1000 });
});

t.test('a run that is cancelled before it begins starts nothing', async t => {
  const ran = await runSmall(planOf(step('a')), {}, { signal: AbortSignal.abort(new Error('SIGTERM')) });
  t.same(ran.log, []);
  t.equal(ran.outcome.exitCode, 130);
});

t.test('a platform that cannot be brought up is the environment', async t => {
  const platform = new SmallPlatform({
    failure: new HarnessError('ERR_PLATFORM_NOT_READY', 'No Docker.', { hint: 'Install it.' }),
  });
  const { outcome } = await runSmall(planOf(step('a')), {}, { platform });
  t.match(outcome, {
    verdict: 'unknown',
    reason: { kind: 'environment', message: 'No Docker.', hint: 'Install it.' },
  });
  t.same(typesOf(outcome.events), ['run-started', 'clean-up-ended', 'run-ended']);
});

t.test('a cause is told once', async t => {
  const cause = new Error('connection refused');
  for (const [message, told] of [
    ['No engine answers.', 'No engine answers. connection refused'],
    ['No engine answers: connection refused', 'No engine answers: connection refused'],
  ] as const) {
    const failure = new HarnessError('ERR_PLATFORM_NOT_READY', message, { cause });
    const { outcome } = await runSmall(planOf(step('a')), {}, { platform: new SmallPlatform({ failure }) });
    t.equal(outcome.reason?.message, told);
  }
});

t.test('a listener that throws is told of, and the others hear everything', async t => {
  const heard: RunEvent[] = [];
  const { outcome } = await runSmall(
    planOf(step('a')),
    {},
    {
      listeners: [
        () => {
          throw new Error('disk full');
        },
        event => heard.push(event),
      ],
    },
  );
  t.equal(outcome.verdict, 'passed');
  t.same(heard, outcome.events);
  t.same(outcome.listenerFailures, ['A listener failed on "run-started": disk full']);
});

t.test('a clean-up that fails is told of and changes no verdict', async t => {
  const platform = new SmallPlatform();
  const start = platform.start.bind(platform);
  platform.start = async () => ({
    ...(await start()),
    [Symbol.asyncDispose]: async () => {
      throw new Error('a network is left');
    },
  });
  const { outcome } = await runSmall(planOf(step('a')), {}, { platform });
  t.equal(outcome.verdict, 'passed');
  t.match(outcome.events.at(-2), { type: 'clean-up-ended', failures: [/a network is left/] });
});

t.test('a clean-up that hangs has a deadline of its own', async t => {
  const platform = new SmallPlatform();
  const start = platform.start.bind(platform);
  platform.start = async () => ({ ...(await start()), [Symbol.asyncDispose]: () => new Promise(() => {}) });
  const { outcome } = await runSmall(planOf(step('a')), {}, { platform, deadlines: { cleanUpMs: 20 } });
  t.match(outcome.events.at(-2), { failures: [/did not end within 0.02 s/] });
});

t.test('what the platform adds to a command stands right behind the verb', async t => {
  let args: readonly string[] = [];
  const platform = new SmallPlatform();
  const start = platform.start.bind(platform);
  platform.start = async () => ({
    ...(await start()),
    adjustments: [
      {
        tool: 'istioctl',
        verb: ['make'],
        cluster: clusterName('cluster1'),
        addArgs: ['--server', 'https://1.2.3.4:6443'],
        because: 'the other clusters reach it there',
      },
    ],
  });
  const plan = planOf(
    step('s', {
      commands: [
        { tool: 'istioctl', cluster: clusterName('cluster1'), args: ['make', '--name=a'], timeoutMs: 1 },
      ],
    }),
  );
  const { outcome } = await runSmall(
    plan,
    {
      make: call => {
        args = call.args;
        return '';
      },
    },
    { platform },
  );
  t.same(args, ['make', '--server', 'https://1.2.3.4:6443', '--name=a']);
  t.match(
    outcome.events.find(({ type }) => type === 'step-ended'),
    { commands: [{ line: 'istioctl --context=cluster1 make --server https://1.2.3.4:6443 --name=a' }] },
  );
});

t.test('the same run gives the same events', async t => {
  const plan = planOf(step('a'), step('b'), step('c', { dependsOn: ['a', 'b'] }));
  const slow: Action = async ({ sleep }) => {
    await sleep(250);
    return 'x';
  };
  const first = await runSmall(plan, { a: slow, b: slow, c: fails }, { checks: [check('x', 'failed')] });
  const second = await runSmall(plan, { a: slow, b: slow, c: fails }, { checks: [check('x', 'failed')] });
  const withoutWall = (events: readonly RunEvent[]) => events.map(({ wallMs: _, ...event }) => event);
  t.same(withoutWall(first.outcome.events), withoutWall(second.outcome.events));
});
