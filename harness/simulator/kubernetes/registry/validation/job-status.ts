/**
 * The status of a Job (pkg/apis/batch/validation/validation.go, pkg/registry/batch/job/strategy.go @v1.34).
 */
import { isDeepStrictEqual } from 'node:util';
import { duplicate, type FieldError, invalidValue, required } from '../field-errors.ts';
import { IndexProblem, parseIntervals } from '../index-intervals.ts';
import { type JsonObject, type KubernetesObject, objectOf, objectsOf } from '../json.ts';
import { nonNegativeFields } from './counts.ts';
import { isSet, numberOf, textOf } from './entries.ts';

/** A Job as the rules look at it. */
interface View {
  readonly spec: JsonObject;
  readonly status: JsonObject;
  is(condition: string, value?: string): boolean;
  readonly isFinished: boolean;
  readonly isIndexed: boolean;
}

function viewOf(job: KubernetesObject | undefined): View {
  const [spec, status] = [objectOf(job?.['spec']), objectOf(job?.['status'])];
  const is = (condition: string, value = 'True'): boolean =>
    objectsOf(status['conditions']).some(({ type, status: state }) => type === condition && state === value);
  return {
    spec,
    status,
    is,
    isFinished: is('Complete') || is('Failed'),
    isIndexed: spec['completionMode'] === 'Indexed',
  };
}

/** Whatever the status was, or what changed of it, this is wrong. */
type Rule = (job: View, old: View, path: string) => FieldError[];

const conditions = (path: string, text: string): FieldError => ({
  reason: 'FieldValueInvalid',
  message: `Invalid value: ${text}`,
  field: `${path}.conditions`,
});

const changed = (job: View, old: View, ...keys: readonly string[]): boolean =>
  keys.some(key => !isDeepStrictEqual(job.status[key] ?? 0, old.status[key] ?? 0));

const turned = (job: View, old: View, ...types: readonly string[]): boolean =>
  types.some(type => job.is(type) !== old.is(type));

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

const finishes = (job: View, old: View): boolean => job.isFinished !== old.isFinished;

function problemsOfUncounted({ status }: View, _old: View, path: string): FieldError[] {
  const pods = objectOf(status['uncountedTerminatedPods']);
  const seen = new Set<string>();
  return ['succeeded', 'failed'].flatMap(key =>
    listOf(pods[key]).flatMap((uid, index) => {
      const field = `${path}.uncountedTerminatedPods.${key}[${index}]`;
      if (uid === '') return [invalidValue(field, uid, 'must not be empty')];
      const isNew = !seen.has(String(uid));
      seen.add(String(uid));
      return isNew ? [] : [duplicate(field, String(uid))];
    }),
  );
}

/** Conditions that exclude or demand each other: looked at when one of them turns. */
function problemsOfEnds(job: View, old: View, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const isComplete = job.is('Complete');
  const exclude = (other: string, text: string): void => {
    if (turned(job, old, 'Complete', other) && isComplete && job.is(other))
      errors.push(conditions(path, text));
  };
  exclude('Failed', 'cannot set Complete=True and Failed=true conditions');
  exclude('FailureTarget', 'cannot set Complete=True and FailureTarget=true conditions');
  errors.push(...problemsOfCompletionTime(job, old, path));
  const hasFailed = job.is('Failed') && !job.is('FailureTarget');
  if (hasFailed && (turned(job, old, 'Failed') || changed(job, old, 'failedIndexes')))
    errors.push(
      conditions(path, 'cannot set Failed=True condition without the FailureTarget=true condition'),
    );
  if (turned(job, old, 'Complete', 'SuccessCriteriaMet') && isComplete && !job.is('SuccessCriteriaMet'))
    errors.push(
      conditions(path, 'cannot set Complete=True condition without the SuccessCriteriaMet=true condition'),
    );
  return errors;
}

function problemsOfCompletionTime(job: View, old: View, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const field = `${path}.completionTime`;
  const { completionTime: end, startTime: start } = job.status;
  const isComplete = job.is('Complete');
  const matters = turned(job, old, 'Complete') || changed(job, old, 'completionTime');
  if (matters && isSet(end) && !isComplete)
    errors.push(
      invalidValue(field, end, 'cannot set completionTime when there is no Complete=True condition'),
    );
  if (matters && !isSet(end) && isComplete)
    errors.push(required(field, 'completionTime is required for Complete jobs'));
  const isEarly = isSet(start) && isSet(end) && Date.parse(textOf(end)) < Date.parse(textOf(start));
  if (isEarly && changed(job, old, 'startTime', 'completionTime'))
    errors.push(invalidValue(field, end, 'must be equal to or after `startTime`'));
  return errors;
}

/** A finished Job has begun, and no pod of it is left. */
function problemsOfFinished(job: View, old: View, path: string): FieldError[] {
  if (!job.isFinished) return [];
  const { spec, status } = job;
  const errors: FieldError[] = [];
  const matters = (key: string): boolean => finishes(job, old) || changed(job, old, key);
  if (matters('active') && numberOf(status['active']) > 0)
    errors.push(invalidValue(`${path}.active`, status['active'], 'active>0 is invalid for finished job'));
  const hasNothingToDo = spec['suspend'] === true && spec['completions'] === 0;
  if (matters('startTime') && !hasNothingToDo && !isSet(status['startTime']))
    errors.push(required(`${path}.startTime`, 'startTime is required for finished job'));
  const { succeeded, failed } = objectOf(status['uncountedTerminatedPods']);
  if (matters('uncountedTerminatedPods') && listOf(succeeded).length + listOf(failed).length > 0) {
    const shown = { Succeeded: succeeded ?? null, Failed: failed ?? null };
    errors.push(invalidValue(`${path}.uncountedTerminatedPods`, shown, 'must be empty for finished job'));
  }
  return errors;
}

/** Says why a text is no set of indexes. */
function problemOfIndexes(text: string, end: number): string | undefined {
  try {
    parseIntervals(text, end);
    return undefined;
  } catch (error) {
    if (error instanceof IndexProblem) return error.message;
    throw error;
  }
}

function problemsOfIndexes(job: View, old: View, path: string): FieldError[] {
  const { spec, status } = job;
  const errors: FieldError[] = [];
  const [newCompleted, newFailed] = ['completedIndexes', 'failedIndexes'].map(key => changed(job, old, key));
  const at = (key: string, text: string): void =>
    void errors.push(invalidValue(`${path}.${key}`, textOf(status[key]), text));
  const parse = (key: string): void => {
    const problem = problemOfIndexes(textOf(status[key]), numberOf(spec['completions']));
    if (problem !== undefined) at(key, `error parsing ${key}: ${problem}`);
  };
  const hasFailed = isSet(status['failedIndexes']);
  const hasLimit = isSet(spec['backoffLimitPerIndex']);
  if (newCompleted && isSet(spec['completions'])) parse('completedIndexes');
  if (newFailed && isSet(spec['completions']) && hasLimit && hasFailed) parse('failedIndexes');
  if (newCompleted && textOf(status['completedIndexes']) !== '' && !job.isIndexed)
    at('completedIndexes', 'cannot set non-empty completedIndexes when non-indexed completion mode');
  if (newFailed && !hasLimit && hasFailed)
    at('failedIndexes', 'cannot set non-null failedIndexes when backoffLimitPerIndex is null');
  if ((newCompleted || newFailed) && isSet(spec['completions']) && hasFailed) {
    const index = firstShared(status, numberOf(spec['completions']));
    if (index !== undefined)
      at('failedIndexes', `failedIndexes and completedIndexes overlap at index: ${index}`);
  }
  return errors;
}

/** Finds the first index that both failed and completed; parts that are no indexes are left out. */
function firstShared(status: JsonObject, end: number): number | undefined {
  const [completed = [], failed = []] = ['completedIndexes', 'failedIndexes'].map(key =>
    textOf(status[key])
      .split(',')
      .flatMap(part => (problemOfIndexes(part, end) === undefined ? parseIntervals(part, end) : [])),
  );
  for (const [first, last] of completed) {
    const shared = failed.find(([low, high]) => first <= high && low <= last);
    if (shared) return Math.max(first, shared[0]);
  }
  return undefined;
}

function problemsOfCounts(job: View, old: View, path: string): FieldError[] {
  const { status } = job;
  const errors: FieldError[] = [];
  const terminating = numberOf(status['terminating']);
  const matters = finishes(job, old) || changed(job, old, 'terminating');
  if (matters && terminating > 0 && job.isFinished)
    errors.push(
      invalidValue(`${path}.terminating`, terminating, 'terminating>0 is invalid for finished job'),
    );
  const ready = numberOf(status['ready']);
  const isMore = isSet(status['ready']) && ready > numberOf(status['active']);
  if (isMore && changed(job, old, 'ready', 'active'))
    errors.push(invalidValue(`${path}.ready`, ready, 'cannot set more ready pods than active'));
  return errors;
}

function problemsOfSuccess(job: View, _old: View, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const isMet = job.is('SuccessCriteriaMet');
  for (const [type, shown] of [
    ['Failed', 'Failed=true'],
    ['FailureTarget', 'FailureTarget=true'],
  ] as const) {
    if (isMet && job.is(type))
      errors.push(conditions(path, `cannot set SuccessCriteriaMet=True and ${shown} conditions`));
  }
  if (isSet(job.spec['successPolicy']) && !isMet && job.is('Complete')) {
    const text = 'cannot set Complete=True for Job with SuccessPolicy unless SuccessCriteriaMet=True';
    errors.push(conditions(path, text));
  }
  return errors;
}

/** What has been reached stays. */
function problemsOfChange(job: View, old: View, path: string): FieldError[] {
  const errors = ['Failed', 'Complete', 'FailureTarget']
    .filter(type => old.is(type) && !job.is(type))
    .map(type => conditions(path, `cannot disable the terminal ${type}=True condition`));
  const { spec } = job;
  const decreased = (key: string): void => {
    const [now, before] = [job, old].map(({ status }) => numberOf(status[key]));
    if ((now ?? 0) < (before ?? 0))
      errors.push(invalidValue(`${path}.${key}`, now, `cannot decrease the ${key} counter`));
  };
  decreased('failed');
  if (!job.isIndexed || spec['completions'] !== spec['parallelism']) decreased('succeeded');
  const [end, oldEnd] = [job, old].map(({ status }) => status['completionTime']);
  if (isSet(end) && isSet(oldEnd) && end !== oldEnd)
    errors.push(invalidValue(`${path}.completionTime`, end, 'field is immutable'));
  errors.push(...problemsOfRestart(job, old, path));
  if (old.is('SuccessCriteriaMet') && !job.is('SuccessCriteriaMet'))
    errors.push(conditions(path, 'cannot disable the SuccessCriteriaMet=True condition'));
  if (old.is('Complete') && !old.is('SuccessCriteriaMet') && job.is('SuccessCriteriaMet')) {
    const text = 'cannot set SuccessCriteriaMet=True for Job already has Complete=true conditions';
    errors.push(conditions(path, text));
  }
  return errors;
}

function problemsOfRestart(job: View, old: View, path: string): FieldError[] {
  const isResuming = old.is('Suspended') && job.is('Suspended', 'False');
  const wasSet = isSet(old.status['startTime']);
  if (!wasSet || isResuming || !changed(job, old, 'startTime') || job.spec['suspend'] === true) return [];
  return [required(`${path}.startTime`, 'startTime cannot be removed for unsuspended job')];
}

const COUNTS = ['active', 'succeeded', 'failed', 'ready', 'terminating'];

const RULES: readonly Rule[] = [
  ({ status }, _old, path) => nonNegativeFields(status, path, COUNTS),
  problemsOfUncounted,
  problemsOfEnds,
  problemsOfFinished,
  problemsOfIndexes,
  problemsOfCounts,
  problemsOfSuccess,
  problemsOfChange,
];

/** Finds what is wrong with the status of a Job. @param before - the Job so far */
export function validateJobStatus(job: KubernetesObject, before: KubernetesObject | undefined): FieldError[] {
  const [now, old] = [viewOf(job), viewOf(before)];
  return RULES.flatMap(rule => rule(now, old, 'status'));
}
