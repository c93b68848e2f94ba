/** The names that an installation's objects have. */
import type { IstioBehaviour } from '../behaviour.ts';
import { revised } from '../revision.ts';

/** Names of a release's objects, and its version. */
export type ReleaseNames = IstioBehaviour['install']['names'] & { readonly version: string };

/**
 * Returns the names that a release's charts use. Accounts and roles are those of the revision where its own
 * chart brings them (templates/_helpers.tpl @1.30.3), and one for all where the chart `base` does (1.8).
 */
export function releaseNames(behaviour: IstioBehaviour, version: string, revision: string): ReleaseNames {
  const { names, istiodAccessIn } = behaviour.install;
  if (istiodAccessIn === 'Istio core') return { version, ...names };
  const own = (name: string) => revised(name, revision);
  return {
    version,
    hub: names.hub,
    istiodServiceAccount: own(names.istiodServiceAccount),
    istiodClusterRole: own(names.istiodClusterRole),
    istiodRole: own(names.istiodRole),
    readerClusterRole: own(names.readerClusterRole),
    gatewayControllerRole: own(names.gatewayControllerRole),
  };
}

/** The account whose token is in remote secrets. */
export const READER_SERVICE_ACCOUNT = 'istio-reader-service-account';
