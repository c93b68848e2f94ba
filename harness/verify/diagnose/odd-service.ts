/** A Service that exists, and by which discovery finds no endpoint. */
import type { Diagnosis } from '../check.ts';
import { SERVICE } from '../workloads.ts';
import type { CallFacts, ClusterFacts } from './facts.ts';
import { inOrder, type StepIndex } from './steps.ts';

/** Finds what is odd about the Service of a cluster; its sentence is a clause. */
export function oddService(
  { spec, service }: Pick<ClusterFacts, 'spec' | 'service'>,
  { from }: Pick<CallFacts, 'from'>,
  steps: StepIndex,
): Diagnosis | undefined {
  if (!service) return undefined;
  const { name } = spec;
  if (service.selectsApp !== undefined && service.selectsApp !== SERVICE) {
    return {
      cause: 'service-selects-nothing',
      sentence:
        `the Service ${SERVICE} of ${name} selects app=${service.selectsApp}, which ` +
        'no pod of HelloWorld has.',
      steps: inOrder(steps.about('service', name)),
    };
  }
  if (service.selectsNone !== undefined) {
    return {
      cause: 'service-selects-nothing',
      sentence:
        `the Service ${SERVICE} of ${name} selects ${service.selectsNone}, which no ` +
        'pod of HelloWorld there has.',
      steps: inOrder(steps.about('service', name)),
    };
  }
  const own = from.service?.portNames ?? service.portNames;
  if (own.join() === service.portNames.join()) return undefined;
  return {
    cause: 'port-names-differ',
    sentence:
      `the Service ${SERVICE} has the ports ${service.portNames.join(', ')} in ` +
      `${name}, and ${own.join(', ')} in ${from.spec.name}; endpoints are found by the name.`,
    steps: inOrder(steps.about('service', name), steps.about('service', from.spec.name)),
  };
}
