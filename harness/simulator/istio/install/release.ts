/** The names that an installation's objects have. */
import type { IstioBehaviour } from '../behaviour.ts';

/** Names of a release's objects, and its version. */
export type ReleaseNames = IstioBehaviour['install']['names'] & { readonly version: string };

/** Returns the names that a release's charts use. */
export const releaseNames = (behaviour: IstioBehaviour, version: string): ReleaseNames => ({
  version,
  ...behaviour.install.names,
});

/** The account whose token is in remote secrets. */
export const READER_SERVICE_ACCOUNT = 'istio-reader-service-account';
