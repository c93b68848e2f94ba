/**
 * The lines that progress consists of: one for each step and check, and one for each scenario at the end.
 * Pure.
 */
import { differenceWords, foundVersions, foundWords } from '../../report/found.ts';
import { claimText, explanationOf, headlineLines, headlineOf, type Part } from '../../report/headline.ts';
import type { ScenarioReport } from '../../report/report.ts';
import { duration, figures, messageBelow, stepName } from '../../report/words.ts';
import type { Problem, RunEvent, StepOutcome } from '../../run/events.ts';
import type { CheckOutcome } from '../../verify/check.ts';
import { CommandLines } from './command-lines.ts';
import type { LineStyle } from './screen.ts';
import { hung, NARROWEST, widthOf, wrapped, wrappedLines } from './text-width.ts';

type Started = Extract<RunEvent, { readonly type: 'run-started' }>;
type StepEnded = Extract<RunEvent, { readonly type: 'step-ended' }>;

/** Of a simulated world, times that are shorter tell nothing. */
const TELLING_MS = 1000;

/** What decides how the lines look. */
interface ProgressOptions {
  readonly style: LineStyle;
  /** Milliseconds of the wall's clock: people wait in real time. */
  readonly now: () => number;
  /** Commands with their output are told, too. */
  readonly isVerbose?: boolean;
}

/** Turns the events of one run into lines; knows the plan from `run-started`. */
export class ProgressLines {
  readonly #style: LineStyle;
  readonly #now: () => number;
  readonly #commands: CommandLines | undefined;
  #started: Started | undefined;
  #startedAtMs = 0;
  #endedSteps = 0;
  /** Steps whose repair was told. */
  readonly #told = new Set<string>();

  constructor({ style, now, isVerbose = false }: ProgressOptions) {
    this.#style = style;
    this.#now = now;
    this.#commands = isVerbose ? new CommandLines() : undefined;
  }

  /** Writes the lines of an event, broken at the terminal's width; none for most events. */
  of(event: RunEvent): readonly string[] {
    switch (event.type) {
      case 'run-started':
        this.#started = event;
        this.#startedAtMs = this.#now();
        this.#endedSteps = 0;
        this.#told.clear();
        return this.#heading(event).flatMap(line => this.#broken(line));
      case 'platform-started':
        return this.#found(event).flatMap(line => this.#broken(line));
      case 'step-ended':
        this.#endedSteps += 1;
        return this.#stepEnded(event);
      case 'check-ended':
        return this.#checkEnded(event);
      case 'not-simulated':
        return event.told.flatMap(sentence =>
          this.#broken(this.#style.colours.yellow(`  not simulated: ${sentence}`)),
        );
      case 'clean-up-ended':
        return event.failures.flatMap(failure =>
          this.#broken(`${this.#mark('failed')} clean-up: ${failure}`),
        );
      case 'run-ended':
        return this.#runEnded(event);
      default:
        return this.#commandLines(event);
    }
  }

  /** Writes a command as it can be pasted, on a line of its own where it does not fit, and what it prints. */
  #commandLines(event: RunEvent): readonly string[] {
    const lines = this.#commands?.of(event) ?? [];
    const { columns = Infinity } = this.#style;
    return lines.flatMap(line => {
      if (event.type !== 'command-started') return this.#broken(`${INDENT}${this.#dim(line)}`);
      const parts = widthOf(INDENT + line) <= columns ? [line] : line.split(/ (?=\$ )(.*)/s).slice(0, 2);
      return parts.map(part => `${INDENT}${this.#dim(part)}`);
    });
  }

  #stepEnded({ step, outcome, durationMs, problem }: StepEnded): readonly string[] {
    const name = this.nameOf(step);
    const mark = this.#mark(outcome);
    if (outcome === 'omitted') return this.#broken(`${mark} ${name} ${this.#dim('left out')}`);
    if (outcome === 'skipped' && problem)
      return this.#broken(`${mark} ${name} ${this.#dim(`not run: ${problem.message}`)}`);
    const waits = this.#started?.plan.steps
      .find(({ id }) => id === step)
      ?.commands.some(({ awaits }) => awaits !== undefined);
    const time = this.#time(durationMs, outcome !== 'done' || waits === true);
    if (outcome === 'done') return this.#broken(`${mark} ${name}${time}`);
    if (!problem) return this.#broken(`${mark} ${name}${time} ${this.#dim(outcome)}`);
    return [
      ...this.#broken(`${mark} ${name}${time}`),
      ...this.#below(messageBelow(name, problem.message)),
      ...this.#because(problem),
    ];
  }

  /**
   * Writes how long something took: always on the clock of the wall; of virtual time what was waited for, as
   * seconds of a simulated world in which nothing happens are nobody's.
   */
  #time(ms: number, isWait: boolean): string {
    if (this.#started?.clock !== 'virtual') return ` ${this.#dim(`(${duration(ms)})`)}`;
    return isWait && ms >= TELLING_MS ? ` ${this.#dim(`(${duration(ms)} of virtual time)`)}` : '';
  }

  /** How long the run took; one that ran beside another is told of later. */
  #tookMs({ wallMs }: RunEvent): number {
    const from = this.#started?.wallMs;
    return from !== undefined && wallMs !== undefined ? wallMs - from : this.#now() - this.#startedAtMs;
  }

  #runEnded(event: Extract<RunEvent, { type: 'run-ended' }>): readonly string[] {
    const notRun = (this.#started?.plan.steps.length ?? 0) - this.#endedSteps;
    const left = notRun === 1 ? 'one step was' : `${notRun} steps were`;
    const name = this.#started?.topology.name ?? '';
    return [
      ...(event.interrupted && notRun > 0
        ? [`${this.#mark('skipped')} ${this.#dim(`${left} not run`)}`]
        : []),
      this.#dim(`${name} took ${duration(this.#tookMs(event))}.`),
    ].flatMap(line => this.#broken(line));
  }

  /** Names a step: `cluster2: install Istio`. */
  nameOf(id: string): string {
    const step = this.#started?.plan.steps.find(each => each.id === id);
    return step ? stepName(step) : id;
  }

  #heading({ topology, platform, plan, seed, clock, omitted, keepGoing }: Started): readonly string[] {
    const { bold, yellow } = this.#style.colours;
    const time = clock === 'virtual' ? ', in virtual time' : '';
    // Which one is on real clusters their programs tell, once they are up.
    const release = platform.capabilities.realProxies ? '' : ` (Istio ${plan.istioVersion})`;
    return [
      `${bold(topology.name)} ${this.#dim(`on ${platform.name}, edition ${plan.edition}${release}, seed ${seed}${time}`)}`,
      ...(omitted.length > 0 ? [yellow(`  left out: ${omitted.join(', ')}`)] : []),
      ...(keepGoing ? [yellow('  goes on after failures')] : []),
    ];
  }

  /** Says what the platform consists of, as its parts have told it. */
  #found(event: Extract<RunEvent, { type: 'platform-started' }>): readonly string[] {
    const { platform } = this.#started ?? {};
    if (!event.found || platform?.capabilities.realProxies !== true) return [];
    const words = this.#dim(`  with ${foundWords(foundVersions(event, []))}`);
    if (!event.found.isSimulated) return [words];
    return [words, this.#style.colours.yellow('  simulated, as the clusters say: no evidence about Istio')];
  }

  /** Writes the claim of a check that passed; of another one, what it found instead. */
  #checkEnded({ result, durationMs }: Extract<RunEvent, { type: 'check-ended' }>): readonly string[] {
    const { outcome, sentence, found, diagnosis } = result;
    const time = this.#time(durationMs, outcome !== 'passed');
    if (outcome === 'passed')
      return [
        ...this.#broken(`${this.#mark(outcome)} ${sentence}${time}`),
        ...this.#below(found).map(line => this.#dim(line)),
      ];
    const [first = '', ...more] = this.#below(`${found}${time}`);
    return [
      `${this.#mark(outcome)} ${first.trimStart()}`,
      ...more,
      ...this.#because({ diagnosis }),
      ...this.#below(claimText(result)).map(line => this.#dim(line)),
    ];
  }

  /** Explains a failure below its line; how a step is done is told once. */
  #because({ diagnosis, hint }: Pick<Problem, 'diagnosis' | 'hint'>): readonly string[] {
    if (!diagnosis) return this.#below(hint);
    const { sentence, steps } = diagnosis;
    const key = steps[0] ?? sentence;
    const isKnown = this.#told.has(key);
    this.#told.add(key);
    if (isKnown && steps[0] !== undefined)
      return [...this.#below(`Cause: ${sentence}`), ...this.#below(`Step: ${steps[0]}, as above`)];
    const parts = explanationOf(diagnosis, this.#started?.omitted);
    return parts.map(withoutFiles).flatMap(part => {
      const [first, ...typed] = headlineLines([part]);
      // What is to be pasted stays as it is.
      return [...this.#below(first), ...typed.map(line => `${INDENT}${line}`)];
    });
  }

  #mark(outcome: StepOutcome | CheckOutcome['outcome']): string {
    const { green, red, yellow } = this.#style.colours;
    if (outcome === 'done' || outcome === 'passed') return ` ${green('✓')}`;
    if (outcome === 'failed') return ` ${red('✗')}`;
    return outcome === 'unknown' ? ` ${yellow('?')}` : ` ${this.#dim('–')}`;
  }

  #below(message: string | undefined): string[] {
    return message === undefined || message === ''
      ? []
      : message
          .trimEnd()
          .split('\n')
          .flatMap(line => this.#wrapBelow(line));
  }

  #wrapBelow(text: string): readonly string[] {
    const { columns, typed } = this.#style;
    if (columns === undefined) return [`${INDENT}${typed(text)}`];
    const width = Math.max(NARROWEST, columns);
    return wrapped(typed(text), width - INDENT.length).map(line => hung(line, INDENT.length, width));
  }

  /** Breaks a line that is not below another. */
  #broken(line: string): readonly string[] {
    const { columns, typed } = this.#style;
    return wrappedLines(typed(line), columns).split('\n');
  }

  #dim(text: string): string {
    return this.#style.colours.dim(text);
  }
}

/** Of a message below its line. */
const INDENT = '     ';

/**
 * Writes the line of a scenario at the end: `multi-primary  passed  cluster1 148+152/300  cluster2
 * 151+149/300`; of one that did not pass also why, below it. Lines are broken at the terminal's width, but for
 * what is to be pasted.
 * @param nameWidth - width of the longest name, so that the columns of several lines stand below each other
 */
export function verdictLine(
  scenario: ScenarioReport,
  { colours: { green, red, yellow }, columns, typed }: LineStyle,
  nameWidth = scenario.scenario.length,
): string {
  const paint = { passed: green, failed: red, unknown: yellow }[scenario.verdict];
  const word = scenario.interrupted ? 'interrupted' : scenario.verdict;
  const parts = [
    scenario.scenario.padEnd(nameWidth),
    paint(word),
    figures(scenario),
    scenario.evidence === 'none' ? 'no cluster was up' : scenario.evidence,
    differenceWords(scenario),
    ...(scenario.omitted.length > 0 ? [`left out: ${scenario.omitted.join(' ')}`] : []),
    ...(scenario.keepGoing && scenario.omitted.length === 0 ? ['went on after failures'] : []),
  ];
  const broken = (line: string) => wrappedLines(typed(line), columns);
  const line = broken(parts.filter(part => part !== '').join('  '));
  if (!scenario.reason || scenario.verdict === 'passed') return line;
  const why = headlineOf(scenario.reason, scenario.omitted)
    .map(withoutFiles)
    .flatMap(part => {
      const [text = '', ...commands] = headlineLines([part]);
      return [...broken(`  ${text}`).split('\n'), ...commands.map(each => `  ${each}`)];
    });
  return [line, ...why].join('\n');
}

/** On a terminal the text of a file is too long: the part says where it stands. */
const withoutFiles = ({ files: _, ...part }: Part): Part => part;
