import { PassThrough } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import picocolors from 'picocolors';
import stringWidth from 'string-width';
import t from 'tap';
import type { Clock } from '../../../harness/base/clock.ts';
import { createProgress } from '../../../harness/cli/terminal/create-progress.ts';
import { ProgressLines, verdictLine } from '../../../harness/cli/terminal/lines.ts';
import { createLiveProgress } from '../../../harness/cli/terminal/live.ts';
import { LivePicture } from '../../../harness/cli/terminal/live-picture.ts';
import { createPlainProgress } from '../../../harness/cli/terminal/plain.ts';
import { createScreen, type LineStyle, type Screen } from '../../../harness/cli/terminal/screen.ts';
import { fit } from '../../../harness/cli/terminal/text-width.ts';
import { buildReport } from '../../../harness/report/build.ts';
import { stepName } from '../../../harness/report/words.ts';
import { failedRun, passedRun } from '../../support/run-events.ts';
import { readSources } from '../../support/sources.ts';

const PLAIN = picocolors.createColors(false);
/** Of text that goes to no terminal. */
const STYLE: LineStyle = { colours: PLAIN, columns: undefined, typed: text => text };
const OPTIONS = { style: STYLE, now: () => 0 };
const CLOCK = { now: () => 0 } as unknown as Clock; // plain progress has no timers

function testScreen(width = 80): Screen & { readonly lines: string[]; readonly results: string[] } {
  const lines: string[] = [];
  const results: string[] = [];
  return {
    lines,
    results,
    result: text => void results.push(text),
    progress: text => void lines.push(...text.split('\n')),
    width,
    isTTY: false,
    resultColours: PLAIN,
    progressColours: PLAIN,
    resultStyle: STYLE,
    progressStyle: STYLE,
  };
}

/** A terminal as far as a renderer sees one. */
function testTerminal(columns: number) {
  const stream = Object.assign(new PassThrough(), { isTTY: true, columns, rows: 30 });
  const chunks: string[] = [];
  stream.on('data', chunk => chunks.push(String(chunk)));
  // What renderers use of a WriteStream is there.
  return { stream: stream as unknown as NodeJS.WriteStream, text: () => chunks.join('') };
}

t.test('plain progress has a line for each step and check', async t => {
  const screen = testScreen();
  const progress = createPlainProgress(screen, CLOCK);
  for (const event of passedRun()) progress.listener(event);
  t.equal(screen.lines[0], 'two-clusters on simulator, edition 1.8 (Istio 1.8.0), seed 1, in virtual time');
  t.ok(screen.lines.includes(' ✓ cluster2: Install Istio'));
  t.ok(screen.lines.some(line => line.startsWith(' ✓ Calls from cluster1 are answered')));
  t.same(screen.results, [], 'progress is no result');
});

t.test('plain progress tells why something failed, and where to look', async t => {
  const screen = testScreen();
  const progress = createPlainProgress(screen, CLOCK);
  for (const event of failedRun()) progress.listener(event);
  const text = screen.lines.join('\n');
  t.match(text, /left out: remote-secret\/cluster2-in-cluster1/);
  t.match(
    text,
    / ✗ cluster2: Install a gateway .* \(5 min 0 s of virtual time\)\n {5}Ingress gateways: timed out/,
  );
  t.match(text, / – Install a remote secret in cluster1 .* left out/);
  t.match(text, /Step: remote-secret\/cluster2-in-cluster1/);
  t.match(text, /✗ clean-up: cluster2: the API server did not stop/);
});

t.test(
  'a step that is not run has one line with its reason, and steps after an interruption have one together',
  async t => {
    const screen = testScreen();
    const progress = createPlainProgress(screen, CLOCK);
    const [started, ...rest] = passedRun();
    if (started?.type !== 'run-started') throw new Error('a run begins with its plan');
    const [first, second] = started.plan.steps;
    if (!first || !second) throw new Error('the plan has steps');
    const problem = { kind: 'mesh', message: `It needs ${first.id}, which has not been done.` } as const;
    progress.listener(started);
    progress.listener({
      atMs: 0,
      type: 'step-ended',
      step: second.id,
      outcome: 'skipped',
      durationMs: 0,
      commands: [],
      problem,
    });
    progress.listener({ atMs: 0, type: 'run-ended', verdict: 'unknown', interrupted: true, durationMs: 1 });
    t.same(screen.lines.slice(1), [
      ` – ${stepName(second)} not run: It needs ${first.id}, which has not been done.`,
      ` – ${started.plan.steps.length - 1} steps were not run`,
      'two-clusters took 0.0 s.',
    ]);
    screen.lines.length = 0;
    for (const event of [started, ...rest]) progress.listener(event);
    t.notMatch(screen.lines.join('\n'), /not run/, 'a whole run has none');
  },
);

t.test('of virtual time only what was waited for is told; on the clock of the wall all of it', async t => {
  const [started, ...rest] = passedRun();
  if (started?.type !== 'run-started') throw new Error('a run begins with its plan');
  const told = (clock: 'wall' | 'virtual', isLate = false) => {
    let now = 0;
    const lines = new ProgressLines({ ...OPTIONS, now: () => (now += 1500) });
    return [{ ...started, clock }, ...rest].flatMap(({ wallMs, ...event }) =>
      lines.of(isLate ? { ...event, wallMs: wallMs ?? 0 } : event),
    );
  };
  const virtual = told('virtual');
  const timed = virtual.filter(line => /\(.* s( of virtual time)?\)$/.test(line));
  const waits = started.plan.steps.filter(({ commands }) => commands.some(({ awaits }) => awaits));
  for (const line of timed)
    t.ok(
      waits.some(step => line.includes(stepName(step))),
      line,
    );
  t.equal(virtual.at(-1), 'two-clusters took 1.5 s.', 'the real time is told at the end');
  const late = told('virtual', true).at(-1);
  t.equal(late, 'two-clusters took 0.1 s.', 'of a run that is told of later, its own');
  const wall = told('wall')
    .slice(1, -1)
    .filter(line => line.startsWith(' ✓'));
  t.ok(wall.length > 5 && wall.every(line => / \(.* s\)$/.test(line)), wall.join('\n'));
});

t.test('--verbose tells commands and what they print, each line with its step', async t => {
  const lines = new ProgressLines({ ...OPTIONS, isVerbose: true });
  const [started] = passedRun();
  if (started) lines.of(started);
  const of = (step: string) => ({ atMs: 0, step });
  const result = { exitCode: 1, stdout: 'one\n\ntwo\n', stderr: '! no\n' };
  t.same(
    [
      lines.of({ ...of('a'), type: 'command-started', line: 'istioctl install -y' }),
      lines.of({ ...of('b'), type: 'command-started', line: 'kubectl get pods' }),
      lines.of({ ...of('a'), type: 'step-progress', message: 'one' }),
      lines.of({ ...of('b'), type: 'command-ended', command: { line: 'x', result } }),
      lines.of({ ...of('a'), type: 'command-ended', command: { line: 'y', result } }),
    ].map(each => each.map(line => line.trim())),
    [
      ['[a] $ istioctl install -y'],
      ['[b] $ kubectl get pods'],
      ['[a] one'],
      ['[b] one', '[b] two', '[b] ! no', '[b] (exit code 1)'],
      ['[a] two', '[a] ! no', '[a] (exit code 1)'],
    ],
    'what was told while it ran is not told again',
  );
  const silent = new ProgressLines(OPTIONS);
  t.same(silent.of({ ...of('a'), type: 'command-started', line: 'x' }), []);
});

t.test('on a terminal messages are wrapped between words, and stay below their line', async t => {
  const whole = new ProgressLines(OPTIONS);
  const narrow = new ProgressLines({ ...OPTIONS, style: { ...STYLE, columns: 40 } });
  const words = (lines: readonly string[]) => lines.join('\n').replace(/\s+/g, ' ');
  for (const event of failedRun()) {
    const lines = narrow.of(event);
    t.equal(words(lines), words(whole.of(event)), 'the same words');
    // Commands stand farther in, and are not wrapped.
    for (const line of lines.filter(each => /^ {5}\S/.test(each)))
      t.ok(stringWidth(line) <= 40 || !line.trim().includes(' '), line);
  }
  t.ok(
    failedRun().some(event => narrow.of(event).length > whole.of(event).length),
    'and there was something to wrap',
  );
});

t.test('what does not fit below a line of a step goes farther out', async t => {
  const narrow = new ProgressLines({ ...OPTIONS, style: { ...STYLE, columns: 40 } });
  const [fits, longer] = ['f'.repeat(37), 'l'.repeat(41)];
  const events = failedRun().map(event =>
    event.type === 'step-ended' && event.outcome === 'failed'
      ? { ...event, problem: { kind: 'environment' as const, message: `see ${fits} or ${longer} too` } }
      : event,
  );
  const lines = events.flatMap(event => narrow.of(event));
  const ofLines = (word: string) => lines.filter(line => line.includes(word));
  t.same(ofLines(fits), [`   ${fits}`], 'as far in as there is room');
  t.same(ofLines(longer), [longer]);
  t.ok(lines.includes('     see'), 'others stay below it');
});

t.test('a scenario ends in one line with its figures, and then the cause', async t => {
  const [passed, failed] = buildReport([...passedRun(), ...failedRun()]).scenarios;
  if (!passed || !failed) throw new Error('two scenarios were built');
  t.equal(
    verdictLine(passed, STYLE),
    'two-clusters  passed  cluster1 148+152/300  cluster2 149+151/300  simulated',
  );
  t.equal(
    verdictLine(failed, STYLE, 14),
    [
      'two-clusters    failed  cluster1 10/10 (only local answers, no remote endpoint is known)  simulated  left out: remote-secret/cluster2-in-cluster1',
      'Cause: The proxies of cluster1 have no endpoint in cluster2: the istiod of cluster1 has no remote secret for cluster2.',
      'Step: remote-secret/cluster2-in-cluster1, which was left out as asked; in the guide: "Enable <Endpoint> Discovery", lines 316 to 323',
      'Repair: the files as in the guide, "Enable <Endpoint> Discovery", lines 316 to 323, then',
      '  istioctl x create-remote-secret |',
      '      kubectl apply -f - # `now`',
      '  kubectl get "all" & wait',
      'Look also at: cluster1/install-istio',
      'Seen: Step cluster2/install-gateway failed.',
    ].join('\n  '),
  );
  const reason = {
    kind: 'environment',
    message: 'engine: no docker on PATH',
    hint: 'Install Docker.',
  } as const;
  t.match(
    verdictLine({ ...failed, verdict: 'unknown', reason }, STYLE),
    /^two-clusters {2}unknown .*\n {2}engine: no docker on PATH\n {2}Install Docker\.$/,
    'and where it is the machine, with what to do',
  );
});

t.test('texts are cut by what people see of them', async t => {
  t.equal(fit('short', 10), 'short');
  t.equal(fit('abcdefghij', 5), 'abcd…');
  for (const text of [
    'ああああああ',
    '👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦',
    'e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301',
  ]) {
    t.ok(stringWidth(fit(text, 5)) <= 5, text);
  }
});

t.test('the live picture has clusters side by side, and fits any terminal', async t => {
  const picture = new LivePicture();
  const name = (id: string) => id;
  const [started] = passedRun();
  if (!started) throw new Error('a run has events');
  picture.apply(started, name, 0);
  for (const step of ['cluster1/install-istio', 'cluster2/install-istio', 'make-certificates']) {
    picture.apply({ atMs: 0, type: 'step-started', step }, name, 1000);
  }
  picture.apply(
    {
      atMs: 0,
      type: 'step-progress',
      step: 'cluster2/install-istio',
      message: 'Waiting for Deployment/istio-system/istiod',
    },
    name,
    1000,
  );
  const wide = picture.draw(100, 3500);
  t.equal(wide[0], ' make-certificates 2.5 s');
  t.match(wide[1], /^ cluster1\/install-istio 2\.5 s +cluster2\/install-istio 2\.5 s$/);
  for (const width of [1, 2, 10, 20, 40, 61, 80, 200]) {
    for (const line of picture.draw(width, 3500))
      t.ok(stringWidth(line) < Math.max(2, width), `${width}: ${line}`);
  }
  const long = (id: string) => `${id}: wait until the workloads of every cluster are running`;
  picture.apply({ atMs: 0, type: 'step-started', step: 'wait' }, long, 1000);
  for (const line of picture.draw(40, 3500)) {
    if (!line.includes('wait')) continue;
    t.match(line, /^ wait: wait until the workloads… 2\.5 s$/, 'cut behind a word, and its timer is there');
  }
  picture.apply(
    { atMs: 0, type: 'run-ended', verdict: 'passed', interrupted: false, durationMs: 1 },
    name,
    4000,
  );
  t.same(picture.draw(100, 4000), []);
});

t.test(
  'of very much at once the live picture has what goes on longest, and how much more there is',
  async t => {
    const picture = new LivePicture();
    const [started] = passedRun();
    if (!started) throw new Error('a run has events');
    const name = (id: string) => id;
    picture.apply(started, name, 0);
    const start = (step: string, nowMs: number) =>
      picture.apply({ atMs: 0, type: 'step-started', step }, name, nowMs);
    for (let index = 1; index <= 16; index++) start(`step-${index}`, index * 1000);
    const full = picture.draw(80, 20_000);
    t.equal(full.length, 16);
    t.equal(full.at(-1), ' step-16 4.0 s');
    start('step-17', 17_000);
    picture.apply({ atMs: 0, type: 'step-progress', step: 'step-1', message: 'waiting' }, name, 18_000);
    const cut = picture.draw(80, 20_000);
    t.same(cut.slice(0, 3), [' step-1 19.0 s', '   waiting', ' step-2 18.0 s']);
    t.same([cut.length, cut.at(-1)], [16, ' … and 3 more']);
  },
);

t.test('live progress leaves the plain lines behind, and gives the terminal back', async t => {
  const terminal = testTerminal(100);
  const pending = new Set<() => void>();
  let now = 0;
  const clock: Clock = {
    kind: 'wall',
    now: () => now,
    setTimeout: callback => {
      pending.add(callback);
      return {};
    },
    clearTimeout: () => pending.clear(),
  };
  const screen = createScreen({ stdout: terminal.stream, stderr: terminal.stream, env: { NO_COLOR: '1' } });
  const progress = createLiveProgress(screen, terminal.stream, clock);
  for (const event of passedRun()) {
    now += 100;
    progress.listener(event);
    for (const callback of [...pending]) {
      pending.delete(callback);
      callback();
    }
  }
  t.equal(pending.size, 0, 'no timer is left');
  progress.stop();
  const text = stripVTControlCharacters(terminal.text());
  t.match(text, / ✓ cluster2: Install Istio/);
  t.notMatch(text.split('\n').at(-1) ?? '', /cluster/, 'nothing is left of the picture');
});

t.test('colours and live progress follow the terminal and the environment', async t => {
  const { stream } = testTerminal(80);
  const pipe = new PassThrough() as unknown as NodeJS.WriteStream; // no terminal
  t.equal(createScreen({ stdout: stream, stderr: stream, env: {} }).isTTY, true);
  t.equal(createScreen({ stdout: stream, stderr: stream, env: { CI: 'true' } }).isTTY, false);
  t.equal(createScreen({ stdout: stream, stderr: stream, env: { TERM: 'dumb' } }).isTTY, false);
  const piped = createScreen({ stdout: pipe, stderr: pipe, env: {} });
  t.equal(piped.isTTY, false);
  t.equal(piped.width, 80);
  t.equal(piped.resultColours.isColorSupported, false);
  t.equal(
    createScreen({ stdout: pipe, stderr: pipe, env: { FORCE_COLOR: '1' } }).resultColours.isColorSupported,
    true,
  );
  t.equal(
    createScreen({ stdout: stream, stderr: stream, env: { NO_COLOR: '1' } }).progressColours.isColorSupported,
    false,
  );
  const progress = await createProgress(piped, {
    kind: 'wall',
    now: () => 0,
    setTimeout: () => ({}),
    clearTimeout: () => {},
  });
  t.doesNotThrow(() => progress.stop());
});

t.test('a check that fails says first what was found, and its claim last', async t => {
  const lines = new ProgressLines(OPTIONS);
  const told = failedRun().flatMap(event => {
    const ofEvent = lines.of(event);
    return event.type === 'check-ended' && event.result.outcome === 'failed' ? [ofEvent] : [];
  });
  t.ok(told.length > 0);
  for (const ofCheck of told) {
    t.match(
      ofCheck.at(0),
      /^ ✗ Calls from cluster1: the mesh did not converge .* \(2 min 1 s of virtual time\)$/,
    );
    t.match(ofCheck.at(-1), /^ {5}Refuted: "Calls from cluster\d are answered .*"$/);
  }
});

t.test('what servers say changes no terminal', async t => {
  const { stream, text } = testTerminal(120);
  const screen = createScreen({ stdout: stream, stderr: stream, env: { FORCE_COLOR: '1', CI: '1' } });
  screen.result('a\x1b[31mb');
  screen.progress('c\x07');
  const progress = await createProgress(screen, CLOCK);
  for (const event of failedRun()) {
    const isEnd = event.type === 'step-ended' && event.problem;
    const problem = isEnd && { ...isEnd, message: `gone\x1b[2J${isEnd.message}` };
    progress.listener(problem ? { ...event, problem } : event);
  }
  t.match(text(), 'a\\x1b[31mb\nc\\x07\n');
  t.match(text(), 'gone\\x1b[2J');
  t.match(text(), '\x1b[', 'our own colours are there');
  t.notMatch(text(), '\x1b[2J');
});

t.test('commands write text through the screen, and data through a format that escapes', async t => {
  const direct = readSources('harness/cli').flatMap(({ file, text }) =>
    /\b(stdout|stderr)\.write\(/.test(text) ? [file.replace('harness/cli/', '')] : [],
  );
  t.same(direct, [
    'commands/certs.ts', // paths, one a line, for programs
    'commands/completion.ts', // for a shell
    'commands/diagnose.ts', // JSON
    'commands/env.ts', // for eval
    'commands/guide-lint.ts', // JSON, SARIF, workflow commands, and what belongs to the package
    'commands/images.ts', // JSON
    'commands/istioctl.ts', // as istioctl writes
    'commands/list.ts', // what belongs to the package
    'commands/matrix.ts', // JSON
    'commands/plan.ts', // made printable there
    'commands/report-diff.ts', // JSON and Markdown
    'commands/report-render.ts', // formats of reports
    'commands/report-schema.ts', // JSON
    'commands/up.ts', // for eval
    'commands/version.ts', // what belongs to the package
    'defects.ts',
    'failure.ts',
    'github.ts', // workflow commands
    'main.ts',
    'result-output.ts', // TAP, and events as JSON
    'up/detached.ts', // the log of another process of ours
  ]);
});
