/** The service account of istiod and its roles. */
import type { KubernetesObject } from '../../../base/kubernetes-client.ts';
import type { IstioBehaviour } from '../behaviour.ts';
import { GATEWAY_CONTROLLER_RULES, istiodRules, roleRules } from './istiod-rules.ts';
import {
  clusterRoleWithBinding,
  ISTIO_NAMESPACE,
  roleWithBinding,
  serviceAccount,
  withPullSecrets,
} from './kubernetes-objects.ts';
import type { ReleaseNames } from './release.ts';
import type { InstallSettings } from './settings.ts';

const ISTIOD_LABELS = { app: 'istiod', release: 'istio' };

/** Returns the account that istiod runs as, and roles for its own cluster. */
export function istiodAccess(
  behaviour: IstioBehaviour,
  names: ReleaseNames,
  settings: InstallSettings,
): KubernetesObject[] {
  const account = names.istiodServiceAccount;
  return [
    withPullSecrets(serviceAccount(account, ISTIOD_LABELS), settings.values.global.imagePullSecrets),
    ...clusterRoleWithBinding(names.istiodClusterRole, account, istiodRules(behaviour), ISTIOD_LABELS),
    ...(behaviour.install.managesGateways
      ? clusterRoleWithBinding(names.gatewayControllerRole, account, GATEWAY_CONTROLLER_RULES, ISTIOD_LABELS)
      : []),
    ...roleWithBinding(
      { name: names.istiodRole, namespace: ISTIO_NAMESPACE, labels: ISTIOD_LABELS },
      account,
      roleRules(behaviour),
    ),
  ];
}
