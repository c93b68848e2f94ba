/**
 * Says in the status of ValidatingAdmissionPolicies which generation was looked at
 * (pkg/controller/validatingadmissionpolicystatus/controller.go @v1.34).
 */
import { type Controller, type ControllerContext, stopAll } from '../client/controller.ts';
import { WorkQueue } from '../client/work-queue.ts';
import { objectOf } from '../registry/json.ts';

const POLICIES = 'validatingadmissionpolicies.admissionregistration.k8s.io';

/** Starts the controller. Unlike Kubernetes, it does not hold expressions against the types of kinds. */
export function startPolicyStatusController({ component, client }: ControllerContext): Controller {
  const { local } = client;
  const sync = (name: string) => {
    const policy = local.get(POLICIES, '', name);
    if (!policy) return;
    const { generation } = policy.metadata;
    const { observedGeneration, typeChecking } = objectOf(policy['status']);
    if (observedGeneration === generation && typeChecking !== undefined) return;
    local.modifyStatus(POLICIES, '', name, draft => {
      draft['status'] = { ...objectOf(draft['status']), observedGeneration: generation, typeChecking: {} };
    });
  };
  const queue = new WorkQueue(component, sync, POLICIES);
  const stops = [
    () => queue.stop(),
    local.watch(POLICIES, {}, ({ object }) => queue.add(object.metadata.name ?? '')),
  ];
  for (const policy of local.list(POLICIES)) queue.add(policy.metadata.name ?? '');
  return { stop: () => stopAll(stops) };
}
