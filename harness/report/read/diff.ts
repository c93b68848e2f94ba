/** Compares two reports of the same scenarios. Pure. */
import type { Traffic } from '../../verify/traffic.ts';
import {
  type CheckReport,
  type ConformanceReport,
  EVIDENCE_LEVELS,
  type ScenarioReport,
  type StepReport,
} from '../report.ts';
import { duration } from '../words.ts';
import { evidenceDifference } from './evidence-difference.ts';
import { type Pair, pairsOf } from './pairs.ts';

/** The kinds of changes; those that make a report worse first. */
export const CHANGE_KINDS = {
  'new-failure': { sentence: 'passed before, and does not now', isWorse: true },
  lost: { sentence: 'passed before, and is not asked now', isWorse: true },
  'weaker-evidence': { sentence: 'rests on weaker evidence', isWorse: true },
  slower: { sentence: 'takes longer, beyond noise', isWorse: true },
  'still-failing': { sentence: 'did not pass before either', isWorse: false },
  mended: { sentence: 'did not pass before, and does now', isWorse: false },
  added: { sentence: 'was not asked before, and passes', isWorse: false },
  gone: { sentence: 'did not pass before, and is not asked now', isWorse: false },
  'stronger-evidence': { sentence: 'rests on stronger evidence', isWorse: false },
  'other-evidence': { sentence: 'ends as before, and what was seen differs', isWorse: false },
  faster: { sentence: 'takes less time, beyond noise', isWorse: false },
} as const satisfies Readonly<Record<string, { readonly sentence: string; readonly isWorse: boolean }>>;
export type ChangeKind = keyof typeof CHANGE_KINDS;

/** One change from the first report to the second. */
export interface Change {
  readonly kind: ChangeKind;
  readonly scenario: string;
  /** Where a scenario is there on several: `kind, edition current`. */
  readonly where: string;
  readonly part: 'scenario' | 'step' | 'check';
  /** Of the step or the check; absent of a scenario. */
  readonly id?: string;
  /** What was before and what is now, in words. */
  readonly before: string;
  readonly after: string;
}

/** What counts as noise of times. */
interface Noise {
  /** A time counts as another from so many times the former on; above 1. */
  readonly factor: number;
  /** And from so many milliseconds on. */
  readonly ms: number;
}

/** Virtual time is exact for a seed; real machines vary by a half, and by seconds. */
const NOISE: Readonly<Record<ScenarioReport['clock'], Noise>> = {
  virtual: { factor: 1.2, ms: 1_000 },
  wall: { factor: 1.5, ms: 5_000 },
};

/**
 * Lists what has changed from one report to another, in the order of the first: whole scenarios, then their
 * steps and checks.
 * @param noise - what counts as noise; by default NOISE of the scenario's clock
 */
export function diffReports(
  before: ConformanceReport,
  after: ConformanceReport,
  noise?: Partial<Noise>,
): readonly Change[] {
  return pairsOf(before.scenarios, after.scenarios).flatMap(pair => [...changesOf(pair, noise)]);
}

/** Says whether a change makes a report worse. */
export const isWorse = ({ kind }: Change): boolean => CHANGE_KINDS[kind].isWorse;

/** A change that its scenario is still missing from. */
type Found = Omit<Change, 'scenario' | 'where'>;

function* changesOf(pair: Pair, noise: Partial<Noise> | undefined): Generator<Change> {
  const { before, after, hasTheSamePlan } = pair;
  const known = after ?? before;
  if (!known) return;
  const place = { scenario: known.scenario, where: `${known.platform.name}, edition ${known.edition}` };
  const found = [
    ...outcomeChange('scenario', before && ofScenario(before), after && ofScenario(after)),
    ...(before && after ? changesWithin(before, after, { hasTheSamePlan, noise }) : []),
  ];
  for (const each of found) yield { ...each, ...place };
}

function* changesWithin(
  before: ScenarioReport,
  after: ScenarioReport,
  { hasTheSamePlan, noise }: Pick<Pair, 'hasTheSamePlan'> & { readonly noise: Partial<Noise> | undefined },
): Generator<Found> {
  yield* evidenceLevels(before, after);
  const isNoise = before.clock === after.clock ? { ...NOISE[after.clock], ...noise } : undefined;
  const [old, now] = [ofScenario(before), ofScenario(after)];
  yield* timeChange('scenario', old, now, isNoise);
  if (hasTheSamePlan) yield* partChanges('step', stepsOf(before), stepsOf(after), isNoise);
  const [checks, others] = [before, after].map(each => new Map(each.checks.map(one => [one.id, one])));
  yield* partChanges('check', outcomesOf(before), outcomesOf(after), isNoise);
  for (const [id, one] of checks ?? []) {
    const other = others?.get(id);
    if (other && other.outcome === one.outcome) yield* otherEvidence(one, other);
  }
}

/** An outcome of anything that is compared. */
interface Outcome {
  readonly id?: string;
  readonly isGood: boolean;
  readonly text: string;
  readonly durationMs: number;
}

const ofScenario = ({ verdict, interrupted, durationMs }: ScenarioReport): Outcome => ({
  durationMs,
  isGood: verdict === 'passed',
  text: interrupted ? 'interrupted' : verdict,
});
const ofStep = ({ id, outcome, problem, durationMs }: StepReport): Outcome => ({
  id,
  durationMs,
  isGood: outcome === 'done',
  text: problem ? `${outcome}: ${problem.message}` : outcome,
});
const ofCheck = ({ id, outcome, found, durationMs }: CheckReport): Outcome => ({
  id,
  durationMs,
  isGood: outcome === 'passed',
  text: `${outcome}: ${found}`,
});

function* outcomeChange(
  part: Found['part'],
  before: Outcome | undefined,
  after: Outcome | undefined,
): Generator<Found> {
  const id = after?.id ?? before?.id;
  const kind = kindOf(before, after);
  if (kind === undefined) return;
  const absent = part === 'scenario' ? 'not run' : 'not asked';
  const texts = { before: before?.text ?? absent, after: after?.text ?? absent };
  yield { kind, part, ...(id !== undefined && { id }), ...texts };
}

function kindOf(before: Outcome | undefined, after: Outcome | undefined): ChangeKind | undefined {
  if (!before) return after?.isGood ? 'added' : 'new-failure';
  if (!after) return before.isGood ? 'lost' : 'gone';
  if (before.isGood) return after.isGood ? undefined : 'new-failure';
  return after.isGood ? 'mended' : 'still-failing';
}

/** Steps that are left out as asked are neither good nor bad: they are not compared. */
const stepsOf = ({ steps }: ScenarioReport): readonly Outcome[] =>
  steps.filter(({ outcome }) => outcome !== 'omitted').map(ofStep);
const outcomesOf = ({ checks }: ScenarioReport): readonly Outcome[] => checks.map(ofCheck);

function* partChanges(
  part: Found['part'],
  before: readonly Outcome[],
  after: readonly Outcome[],
  noise: Noise | undefined,
): Generator<Found> {
  const [old, now] = [before, after].map(list => new Map(list.map(each => [each.id, each])));
  for (const id of new Set([...before, ...after].map(each => each.id))) {
    const [one, other] = [old?.get(id), now?.get(id)];
    yield* outcomeChange(part, one, other);
    if (one && other) yield* timeChange(part, one, other, noise);
  }
}

/** Of checks with the same outcome: what they rest on. */
function* otherEvidence(before: CheckReport, after: CheckReport): Generator<Found> {
  const found =
    evidenceDifference(before.evidence, after.evidence) ?? symptomDifference(before.traffic, after.traffic);
  if (!found) return;
  const at = found.place === '' ? '' : `${found.place}: `;
  yield {
    kind: 'other-evidence',
    part: 'check',
    id: after.id,
    before: `${at}${found.before}`,
    after: `${at}${found.after}`,
  };
}

const symptomDifference = (before: Traffic | undefined, after: Traffic | undefined) =>
  before && after && before.symptom !== after.symptom
    ? { place: 'symptom', before: before.symptom, after: after.symptom }
    : undefined;

function* evidenceLevels(before: ScenarioReport, after: ScenarioReport): Generator<Found> {
  const [one, other] = [before, after].map(({ evidence }) => EVIDENCE_LEVELS.indexOf(evidence));
  if (one === undefined || other === undefined || one === other) return;
  const kind = other < one ? 'weaker-evidence' : 'stronger-evidence';
  yield { kind, part: 'scenario', before: before.evidence, after: after.evidence };
}

/** Compares the times of what ended well before and now: what fails takes its time for other reasons. */
function* timeChange(
  part: Found['part'],
  before: Outcome,
  after: Outcome,
  noise: Noise | undefined,
): Generator<Found> {
  if (!noise || !before.isGood || !after.isGood) return;
  const [one, other] = [before.durationMs, after.durationMs];
  const isOther = (more: number, less: number) => more > less * noise.factor && more - less > noise.ms;
  const kind = isOther(other, one) ? 'slower' : isOther(one, other) ? 'faster' : undefined;
  const { id } = after;
  if (kind)
    yield { kind, part, ...(id !== undefined && { id }), before: duration(one), after: duration(other) };
}
