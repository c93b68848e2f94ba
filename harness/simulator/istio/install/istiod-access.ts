/** The service account of istiod and its roles. */
import type { KubernetesObject } from '../../../base/kubernetes-client.ts';
import type { IstioBehaviour } from '../behaviour.ts';
import { GATEWAY_CONTROLLER_RULES, istiodRules, roleRules } from './istiod-rules.ts';
import { clusterRoleWithBinding, roleWithBinding, serviceAccount } from './kubernetes-objects.ts';
import type { ReleaseNames } from './release.ts';

const ISTIOD_LABELS = { app: 'istiod', release: 'istio' };

/** Returns the account that istiod runs as, and roles for its own cluster. */
export function istiodAccess(behaviour: IstioBehaviour, names: ReleaseNames): KubernetesObject[] {
  const account = names.istiodServiceAccount;
  return [
    serviceAccount(account, ISTIOD_LABELS),
    ...clusterRoleWithBinding(names.istiodClusterRole, account, istiodRules(behaviour), ISTIOD_LABELS),
    ...(behaviour.install.managesGateways
      ? clusterRoleWithBinding(
          'istiod-gateway-controller-istio-system',
          account,
          GATEWAY_CONTROLLER_RULES,
          ISTIOD_LABELS,
        )
      : []),
    ...roleWithBinding(names.istiodRole, account, roleRules(behaviour), ISTIOD_LABELS),
  ];
}
