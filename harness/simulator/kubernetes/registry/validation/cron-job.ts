/** The rules of CronJobs (pkg/apis/batch/validation/validation.go @v1.34: validateCronJobSpec). */
import { CronProblem, parseCron } from '../cron-schedule.ts';
import { type FieldError, invalidValue, notSupported, required } from '../field-errors.ts';
import { isObject, type JsonObject, type KubernetesObject, objectOf, stringOf } from '../json.ts';
import { isTimeZone } from '../time-zone.ts';
import { nonNegative } from './counts.ts';
import { validateJobSpec } from './job.ts';
import { shownSelector } from './shown.ts';

/** A Job's name is at most 63 letters long; the controller adds eleven. */
const MOST_NAME_LETTERS = 52;
const POLICIES = ['Allow', 'Forbid', 'Replace'];

/** Finds what is wrong with a CronJob. */
export function validateCronJob(cronJob: KubernetesObject, old: KubernetesObject | undefined): FieldError[] {
  const spec = objectOf(cronJob['spec']);
  const before = old && objectOf(old['spec']);
  const errors = validateSchedule(spec, before);
  errors.push(...nonNegative(spec['startingDeadlineSeconds'], 'spec.startingDeadlineSeconds'));
  const zone = spec['timeZone'];
  if (typeof zone === 'string' && zone !== before?.['timeZone']) errors.push(...validateZone(zone));
  const policy = String(spec['concurrencyPolicy'] ?? '');
  if (!POLICIES.includes(policy)) errors.push(notSupported('spec.concurrencyPolicy', policy, POLICIES));
  errors.push(
    ...validateJobTemplate(objectOf(objectOf(spec['jobTemplate'])['spec']), 'spec.jobTemplate.spec'),
  );
  for (const field of ['successfulJobsHistoryLimit', 'failedJobsHistoryLimit'])
    errors.push(...nonNegative(spec[field], `spec.${field}`));
  const { name = '' } = cronJob.metadata;
  if (!old && name.length > MOST_NAME_LETTERS)
    errors.push(invalidValue('metadata.name', name, `must be no more than ${MOST_NAME_LETTERS} characters`));
  return errors;
}

function validateSchedule(spec: JsonObject, old: JsonObject | undefined): FieldError[] {
  const field = 'spec.schedule';
  const schedule = stringOf(spec['schedule']) ?? '';
  if (schedule === '') return [required(field)];
  const errors: FieldError[] = [];
  const problem = problemOf(schedule);
  if (problem !== undefined) errors.push(invalidValue(field, schedule, problem));
  if (!schedule.includes('TZ')) return errors;
  if (!stringOf(old?.['schedule'])?.includes('TZ')) {
    const text = 'cannot use TZ or CRON_TZ in schedule, use timeZone field instead';
    errors.push(invalidValue(field, schedule, text));
  } else if (spec['timeZone'] !== undefined) {
    const text = 'cannot use both timeZone field and TZ or CRON_TZ in schedule';
    errors.push(invalidValue(field, schedule, text));
  }
  return errors;
}

function problemOf(schedule: string): string | undefined {
  const zone = /^(?:CRON_)?TZ=(\S*) /.exec(schedule)?.[1];
  if (zone !== undefined && !isTimeZone(zone))
    return `provided bad location ${zone}: unknown time zone ${zone}`;
  try {
    parseCron(schedule);
    return undefined;
  } catch (error) {
    if (error instanceof CronProblem) return error.message;
    throw error;
  }
}

function validateZone(zone: string): FieldError[] {
  const field = 'spec.timeZone';
  if (zone === '') return [invalidValue(field, zone, 'timeZone must be nil or non-empty string')];
  const unknown = invalidValue(field, zone, `unknown time zone ${zone}`);
  const isPart = (part: string) =>
    /^(?!-)[A-Za-z._\-0-9+]{1,14}$/.test(part) && part !== '.' && part !== '..';
  if (!zone.split('/').every(isPart)) return [unknown];
  if (zone.toLowerCase() === 'local') {
    const text = 'timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones';
    const local = invalidValue(field, zone, text);
    return zone === 'Local' ? [local] : [local, unknown];
  }
  return isTimeZone(zone) ? [] : [unknown];
}

function validateJobTemplate(spec: JsonObject, path: string): FieldError[] {
  const errors = validateJobSpec(spec, path);
  const { selector, manualSelector } = spec;
  if (isObject(selector)) {
    const text = '`selector` will be auto-generated';
    errors.push(invalidValue(`${path}.selector`, selector, text, shownSelector(selector)));
  }
  if (manualSelector === true) {
    const message = 'Unsupported value: true: supported values: "nil", "false"';
    errors.push({ reason: 'FieldValueNotSupported', message, field: `${path}.manualSelector` });
  }
  return errors;
}
