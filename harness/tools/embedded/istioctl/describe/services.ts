/** `istioctl x describe`: what a proxy has for the Services of its pod. describe.go @1.30.3 */
import { askProxy } from '../proxy-pod.ts';
import type { Call } from '../verb.ts';
import { foundRules, viewOf } from './found-rules.ts';
import type { Labels, Pod, Service } from './objects.ts';
import { serviceLines } from './pod-text.ts';
import { policiesOf } from './proxy-rules.ts';
import { virtualServiceLines } from './route-text.ts';
import { destinationRuleLines } from './rule-text.ts';

/** Between parts of the description. */
export const LINE = '--------------------';

/** What is described: a pod of some Services, or the pods of one. */
export interface Described {
  /** The one whose proxy is asked. */
  readonly pod: Pod;
  readonly services: readonly Service[];
  /** Labels of all pods in question. */
  readonly pods: readonly Labels[];
  /** The namespace whose names are shown without it. */
  readonly at: string;
  /** Nothing is said of a pod without a sidecar. */
  readonly ignoresUnmeshed: boolean;
}

/**
 * Describes each Service with its rules.
 * @throws ToolExit if the pod's sidecar does not answer, or there is none
 */
export async function* servicesLines(call: Call, described: Described): AsyncGenerator<string> {
  const { pod, services, pods, at, ignoresUnmeshed } = described;
  const { name = '', namespace = '' } = pod.metadata;
  let dump: unknown;
  try {
    dump = await askProxy(call, { name, namespace }, 'config_dump');
  } catch (error) {
    if (ignoresUnmeshed) return;
    throw error;
  }
  const policies = policiesOf(dump);
  for (const [row, service] of services.entries()) {
    if (row > 0) yield LINE;
    yield* serviceLines(service, pod, at);
    const { ports = [] } = service.spec;
    const isOne = ports.length <= 1;
    const view = { indent: isOne ? '' : '   ', at };
    for (const { port } of ports) {
      if (!isOne) yield `${port}:`;
      const found = await foundRules(call, dump, { service, port, pods });
      if (found.destinationRule) yield* destinationRuleLines(found.destinationRule, pods, view);
      yield* found.warnings;
      if (found.virtualService)
        yield* virtualServiceLines(found.virtualService, viewOf(service, found, view));
      if (policies.length > 0) yield `${isOne ? '' : `${port} `}RBAC policies: ${policies.join(', ')}`;
    }
  }
}
