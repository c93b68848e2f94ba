/** The names that an installation's objects have. */
import type { InstallBehaviour, IstioBehaviour } from '../releases.ts';

export type ReleaseNames = InstallBehaviour['names'] & { readonly version: string };

export const releaseNames = (behaviour: IstioBehaviour, version: string): ReleaseNames => ({
  version,
  ...behaviour.install.names,
});

export const READER_SERVICE_ACCOUNT = 'istio-reader-service-account';
