/**
 * Fills the rules of aggregated ClusterRoles, and keeps them up to date
 * (pkg/controller/clusterroleaggregation/clusterroleaggregation_controller.go @v1.34).
 */

import { type Controller, type ControllerContext, stopAll } from '../client/controller.ts';
import { WorkQueue } from '../client/work-queue.ts';
import { aggregatedRules, isAggregated } from '../registry/aggregation.ts';
import { equal } from '../registry/json.ts';

const ROLES = 'clusterroles.rbac.authorization.k8s.io';

/** Starts the controller of aggregated roles: any change of a role concerns all of them. */
export function startClusterRoleAggregation({ component, client }: ControllerContext): Controller {
  const { local } = client;
  const sync = (name: string) => {
    const role = local.get(ROLES, '', name);
    if (!role || !isAggregated(role)) return;
    const rules = aggregatedRules(role, local.list(ROLES));
    if (equal(role['rules'] ?? [], rules)) return;
    local.modify(ROLES, '', name, draft => {
      draft['rules'] = rules;
    });
  };
  const queue = new WorkQueue(component, sync, ROLES, 0);
  let isListing = true;
  const addAll = () => {
    for (const role of local.list(ROLES)) {
      if (isAggregated(role)) queue.add(role.metadata.name ?? '');
    }
  };
  const stops = [
    () => queue.stop(),
    local.watch(ROLES, {}, () => {
      if (!isListing) addAll();
    }),
  ];
  isListing = false;
  addAll();
  return { stop: () => stopAll(stops) };
}
