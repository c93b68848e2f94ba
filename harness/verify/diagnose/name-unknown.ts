/**
 * DNS: the Service does not exist in the client's cluster, so that its name server does not know the name.
 */
import { NAMESPACE, SERVICE } from '../workloads.ts';
import type { Pattern } from './pattern.ts';
import { inOrder } from './steps.ts';

export const nameUnknown: Pattern = ({ symptom, from }, steps) => {
  if (symptom !== 'DNS') return undefined;
  const { name } = from.spec;
  const why = from.serviceExists
    ? `though the Service ${SERVICE} exists there: the cluster's name server does not answer`
    : `since the Service ${SERVICE} does not exist in the namespace ${NAMESPACE} there; a cluster's name server knows its own Services only`;
  return {
    cause: from.serviceExists ? 'name-server-silent' : 'service-missing',
    sentence: `The name ${SERVICE}.${NAMESPACE} is unknown in ${name}, ${why}.`,
    steps: inOrder(steps.about('service', name), steps.about('sample-namespace', name)),
  };
};
