/** The columns of Jobs and CronJobs. */
import { type KubernetesObject, listOf, objectOf, objectsOf, stringOf } from '../../registry/json.ts';
import { age, humanDuration } from './age.ts';
import {
  AGE,
  type Column,
  containerColumns,
  formatSelector,
  integer,
  NAME,
  NONE,
  number,
  replicas,
  SELECTOR,
  spec,
  status,
  TEMPLATE_COLUMNS,
  text,
  UNSET,
  wide,
} from './column.ts';

/** The first of these conditions that is true is the status of a Job; a Job on its way out comes between. */
const ENDS = ['Complete', 'Failed'];
const TURNS = ['Suspended', 'FailureTarget', 'SuccessCriteriaMet'];

function jobStatus(job: KubernetesObject): string {
  const conditions = objectsOf(status(job)['conditions']);
  const isTrue = (wanted: string) =>
    conditions.some(({ type, status: value }) => type === wanted && value === 'True');
  return (
    ENDS.find(isTrue) ??
    (job.metadata.deletionTimestamp === undefined ? (TURNS.find(isTrue) ?? 'Running') : 'Terminating')
  );
}

function completions(job: KubernetesObject): string {
  const { completions: wanted, parallelism } = spec(job);
  const succeeded = replicas(job, 'succeeded');
  if (typeof wanted === 'number') return `${succeeded}/${wanted}`;
  return number(parallelism) > 1 ? `${succeeded}/1 of ${number(parallelism)}` : `${succeeded}/1`;
}

function jobDuration(job: KubernetesObject, now: number): string {
  const { startTime, completionTime } = status(job);
  if (typeof startTime !== 'string') return '';
  const end = typeof completionTime === 'string' ? Date.parse(completionTime) : now;
  return humanDuration(end - Date.parse(startTime));
}

/** printJob. */
export const JOB: readonly Column[] = [
  NAME,
  text('Status', jobStatus),
  text('Completions', completions),
  text('Duration', jobDuration),
  AGE,
  ...TEMPLATE_COLUMNS,
  SELECTOR,
];

const jobSpecOf = (cronJob: KubernetesObject) => objectOf(objectOf(spec(cronJob)['jobTemplate'])['spec']);

/** printCronJob. */
export const CRON_JOB: readonly Column[] = [
  NAME,
  text('Schedule', cronJob => spec(cronJob)['schedule']),
  text('Timezone', cronJob => stringOf(spec(cronJob)['timeZone']) ?? NONE),
  {
    name: 'Suspend',
    type: 'boolean',
    cell: cronJob => {
      const { suspend } = spec(cronJob);
      return typeof suspend === 'boolean' ? (suspend ? 'True' : 'False') : UNSET;
    },
  },
  integer('Active', cronJob => listOf(status(cronJob)['active']).length),
  text('Last Schedule', (cronJob, now) => {
    const { lastScheduleTime } = status(cronJob);
    return lastScheduleTime === undefined ? NONE : age(lastScheduleTime, now);
  }),
  AGE,
  ...containerColumns(cronJob => objectOf(objectOf(jobSpecOf(cronJob)['template'])['spec'])),
  wide('Selector', cronJob => formatSelector(jobSpecOf(cronJob)['selector'])),
];
