/** The defaults of Jobs and CronJobs (pkg/apis/batch/v1/defaults.go @v1.34). */
import { child, fill } from './fill.ts';
import { isObject, type JsonObject, type KubernetesObject, objectOf, objectsOf } from './json.ts';
import { defaultTemplate } from './pod-defaults.ts';

/** The largest count of Kubernetes' API: no limit. */
const NO_LIMIT = 2 ** 31 - 1;

/** Fills in a Job. */
export function defaultJob(job: KubernetesObject): void {
  const spec = child(job, 'spec');
  const isSingle = isAbsent(spec['completions']) && isAbsent(spec['parallelism']);
  if (isSingle) spec['completions'] = 1;
  fill(spec, {
    parallelism: 1,
    backoffLimit: isAbsent(spec['backoffLimitPerIndex']) ? 6 : NO_LIMIT,
    completionMode: 'NonIndexed',
    suspend: false,
    podReplacementPolicy: isObject(spec['podFailurePolicy']) ? 'Failed' : 'TerminatingOrFailed',
    manualSelector: false,
  });
  const labels = objectOf(objectOf(spec['template'])['metadata'])['labels'];
  // The same map, as in Go: what the template's gets by and by, the Job's has, too.
  if (isLabels(labels) && Object.keys(objectOf(job.metadata.labels)).length === 0)
    job.metadata.labels = labels;
  defaultFailurePolicy(spec);
  defaultTemplate(spec);
  child(job, 'status');
}

/** Fills in a CronJob; most of its template's defaults come with each Job. */
export function defaultCronJob(cronJob: KubernetesObject): void {
  const spec = child(cronJob, 'spec');
  if (!spec['concurrencyPolicy']) spec['concurrencyPolicy'] = 'Allow';
  fill(spec, { suspend: false, successfulJobsHistoryLimit: 3, failedJobsHistoryLimit: 1 });
  const template = child(spec, 'jobTemplate');
  child(template, 'metadata');
  const jobSpec = child(template, 'spec');
  defaultFailurePolicy(jobSpec);
  defaultTemplate(jobSpec);
  child(cronJob, 'status');
}

/** A pattern of a pod's condition that names no status means `True`. */
function defaultFailurePolicy(spec: JsonObject): void {
  for (const rule of objectsOf(objectOf(spec['podFailurePolicy'])['rules'])) {
    for (const pattern of objectsOf(rule['onPodConditions'])) {
      if (!pattern['status']) pattern['status'] = 'True';
    }
  }
}

const isLabels = (value: unknown): value is Record<string, string> =>
  isObject(value) && Object.values(value).every(label => typeof label === 'string');
const isAbsent = (value: unknown): boolean => value === undefined || value === null;
