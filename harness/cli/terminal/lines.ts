/**
 * The lines that progress consists of: one for each step and check, and one for each scenario at the end.
 * Pure.
 */
import { claimText, explanationOf, headlineLines, headlineOf, type Part } from '../../report/headline.ts';
import type { ScenarioReport } from '../../report/report.ts';
import { duration, figures, messageBelow, stepName } from '../../report/words.ts';
import type { Problem, RunEvent, StepOutcome } from '../../run/events.ts';
import type { CheckOutcome } from '../../verify/check.ts';
import type { Colours } from './screen.ts';

type Started = Extract<RunEvent, { readonly type: 'run-started' }>;

/** Turns the events of one run into lines; knows the plan from `run-started`. */
export class ProgressLines {
  readonly #colours: Colours;
  readonly #wrap: (text: string) => readonly string[];
  #started: Started | undefined;
  #endedSteps = 0;
  /** Steps whose repair was told. */
  readonly #told = new Set<string>();

  /** @param wrap - breaks a message that stands below its line; by default it stays one line, for grep */
  constructor(colours: Colours, wrap: (text: string) => readonly string[] = text => [text]) {
    this.#colours = colours;
    this.#wrap = wrap;
  }

  /** Writes the lines of an event; none for most events. */
  of(event: RunEvent): readonly string[] {
    switch (event.type) {
      case 'run-started':
        this.#started = event;
        this.#endedSteps = 0;
        this.#told.clear();
        return this.#heading(event);
      case 'step-ended': {
        this.#endedSteps += 1;
        const head = `${this.#mark(event.outcome)} ${this.nameOf(event.step)} ${this.#dim(`(${duration(event.durationMs)})`)}`;
        const { problem } = event;
        if (event.outcome === 'done') return [head];
        if (event.outcome === 'omitted') return [`${head} ${this.#dim('left out')}`];
        if (!problem) return [`${head} ${this.#dim(event.outcome)}`];
        if (event.outcome === 'skipped')
          return [
            `${this.#mark('skipped')} ${this.nameOf(event.step)} ${this.#dim(`not run: ${problem.message}`)}`,
          ];
        return [
          head,
          ...this.#below(messageBelow(this.nameOf(event.step), problem.message)),
          ...this.#because(problem),
        ];
      }
      case 'check-ended':
        return this.#checkEnded(event);
      case 'clean-up-ended':
        return event.failures.flatMap(failure => [`${this.#mark('failed')} clean-up: ${failure}`]);
      case 'run-ended': {
        const notRun = (this.#started?.plan.steps.length ?? 0) - this.#endedSteps;
        if (!event.interrupted || notRun === 0) return [];
        return [
          `${this.#mark('skipped')} ${this.#dim(`${notRun === 1 ? 'one step was' : `${notRun} steps were`} not run`)}`,
        ];
      }
      default:
        return [];
    }
  }

  /** Names a step: `cluster2: install Istio`. */
  nameOf(id: string): string {
    const step = this.#started?.plan.steps.find(each => each.id === id);
    return step ? stepName(step) : id;
  }

  #heading({ topology, platform, plan, seed, clock, omitted, keepGoing }: Started): readonly string[] {
    const { bold, yellow } = this.#colours;
    const time = clock === 'virtual' ? ', in virtual time' : '';
    return [
      `${bold(topology.name)} ${this.#dim(`on ${platform.name}, edition ${plan.edition} (Istio ${plan.istioVersion}), seed ${seed}${time}`)}`,
      ...(omitted.length > 0 ? [yellow(`  left out: ${omitted.join(', ')}`)] : []),
      ...(keepGoing ? [yellow('  goes on after failures')] : []),
    ];
  }

  /** Writes the claim of a check that passed; of another one, what it found instead. */
  #checkEnded({ result, durationMs }: Extract<RunEvent, { type: 'check-ended' }>): readonly string[] {
    const { outcome, sentence, found, diagnosis } = result;
    const time = `(${duration(durationMs)})`;
    if (outcome === 'passed')
      return [
        `${this.#mark(outcome)} ${sentence} ${this.#dim(time)}`,
        ...this.#below(found).map(line => this.#dim(line)),
      ];
    const [first = '', ...more] = this.#below(`${found} ${time}`);
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
    const { green, red, yellow } = this.#colours;
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
          .flatMap(line => this.#wrap(line))
          .map(line => `${INDENT}${line}`);
  }

  #dim(text: string): string {
    return this.#colours.dim(text);
  }
}

/** Of a message below its line. */
export const INDENT = '     ';

/**
 * Writes the line of a scenario at the end: `multi-primary  passed  cluster1 148+152/300  cluster2
 * 151+149/300`.
 * @param nameWidth - width of the longest name, so that the columns of several lines stand below each other
 */
export function verdictLine(
  scenario: ScenarioReport,
  colours: Colours,
  nameWidth = scenario.scenario.length,
): string {
  const { green, red, yellow } = colours;
  const paint = { passed: green, failed: red, unknown: yellow }[scenario.verdict];
  const word = scenario.interrupted ? 'interrupted' : scenario.verdict;
  const parts = [
    scenario.scenario.padEnd(nameWidth),
    paint(word),
    figures(scenario),
    scenario.evidence,
    ...(scenario.omitted.length > 0 ? [`left out: ${scenario.omitted.join(' ')}`] : []),
    ...(scenario.keepGoing && scenario.omitted.length === 0 ? ['went on after failures'] : []),
  ];
  const line = parts.filter(part => part !== '').join('  ');
  if (!scenario.reason || scenario.verdict === 'passed') return line;
  const why = headlineOf(scenario.reason, scenario.omitted).map(withoutFiles);
  return [line, ...headlineLines(why)].join('\n  ');
}

/** On a terminal the text of a file is too long: the part says where it stands. */
const withoutFiles = ({ files: _, ...part }: Part): Part => part;
