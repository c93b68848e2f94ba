/** The component "Istio core": definitions, service accounts and roles that exist before istiod does. */
import type { KubernetesObject } from '../../../base/kubernetes-client.ts';
import type { IstioBehaviour } from '../behaviour.ts';
import { customResourceDefinitions } from './custom-resources.ts';
import { istiodAccess } from './istiod-access.ts';
import { readerObjects } from './reader-objects.ts';
import type { ReleaseNames } from './release.ts';
import type { InstallSettings } from './settings.ts';
import { validator } from './webhook-objects.ts';

/** manifests/charts/base/templates/defaultrevision-validatingwebhookconfiguration.yaml @1.30.3 */
const defaultValidator = (behaviour: IstioBehaviour, revision: string): KubernetesObject[] =>
  revision === '' ? [] : validator(behaviour, behaviour.install.validators[1], revision);

/** Returns the objects of the component "Istio core". */
export function coreObjects(
  behaviour: IstioBehaviour,
  names: ReleaseNames,
  settings: InstallSettings,
  isRemote: boolean,
): KubernetesObject[] {
  const { externalIstiod, imagePullSecrets } = settings.values.global;
  return [
    ...customResourceDefinitions(behaviour),
    ...readerObjects(behaviour, names, { isRemote, externalIstiod, imagePullSecrets }),
    ...defaultValidator(behaviour, settings.values.defaultRevision),
    ...(behaviour.install.istiodAccessIn === 'Istio core' ? istiodAccess(behaviour, names, settings) : []),
  ];
}
