/** The pods that a Job makes (pkg/controller/job/job_controller.go @v1.34: manageJob). Pure. */
import type { KubernetesObject } from '../../../../base/kubernetes-client.ts';
import type { Container, Job, Pod } from '../../client/kinds.ts';
import { controllerReference } from '../claim.ts';
import { podFrom } from '../pod-control.ts';
import { COMPLETION_INDEX, failureAnnotations } from './indexes.ts';
import { TRACKING } from './pod-ends.ts';

const INDEX_VARIABLE = 'JOB_COMPLETION_INDEX';
/** Letters of a name before the five that are drawn. */
const MOST_PREFIX_LETTERS = 58;

/** Adds the variable with the index, unless the container has one of its name. */
function withIndexVariable(container: Container): Container {
  const { env = [] } = container;
  if (env.some(({ name }) => name === INDEX_VARIABLE)) return container;
  const fieldPath = `metadata.labels['${COMPLETION_INDEX}']`;
  return { ...container, env: [...env, { name: INDEX_VARIABLE, valueFrom: { fieldRef: { fieldPath } } }] };
}

/**
 * Makes a pod of a Job.
 * @param place - of an indexed Job: the index, and the failed pod that had it before
 */
export function jobPod(
  job: Job,
  place?: { readonly index: number; readonly replaces: Pod | undefined },
): KubernetesObject {
  const { namespace = '', name = '' } = job.metadata;
  const { template, backoffLimitPerIndex } = job.spec;
  const owner = controllerReference({ apiVersion: 'batch/v1', kind: 'Job', owner: job });
  const finalizers = [TRACKING];
  if (!place)
    return podFrom(
      { ...template, metadata: { ...template.metadata, finalizers } },
      namespace,
      `${name}-`,
      owner,
    );
  const { index, replaces } = place;
  const { labels, annotations, ...metadata } = template.metadata ?? {};
  const { containers, initContainers } = template.spec;
  const indexed = {
    metadata: {
      ...metadata,
      finalizers,
      labels: { ...labels, [COMPLETION_INDEX]: String(index) },
      annotations: {
        ...annotations,
        [COMPLETION_INDEX]: String(index),
        ...(backoffLimitPerIndex !== undefined && failureAnnotations(job, replaces)),
      },
    },
    spec: {
      ...template.spec,
      hostname: `${name}-${index}`,
      containers: containers.map(withIndexVariable),
      ...(initContainers && { initContainers: initContainers.map(withIndexVariable) }),
    },
  };
  const suffix = `-${index}-`;
  return podFrom(indexed, namespace, `${name.slice(0, MOST_PREFIX_LETTERS - suffix.length)}${suffix}`, owner);
}
