/** The component "Istio core": definitions, service accounts and roles that exist before istiod does. */
import type { KubernetesObject } from '../../../base/kubernetes-client.ts';
import type { IstioBehaviour } from '../behaviour.ts';
import { customResourceDefinitions } from './custom-resources.ts';
import { istiodAccess } from './istiod-access.ts';
import { readerObjects } from './reader-objects.ts';
import type { ReleaseNames } from './release.ts';

/** Returns the objects of the component "Istio core". */
export function coreObjects(
  behaviour: IstioBehaviour,
  names: ReleaseNames,
  reader: { readonly isRemote: boolean; readonly externalIstiod: boolean },
): KubernetesObject[] {
  return [
    ...customResourceDefinitions(behaviour),
    ...readerObjects(behaviour, names, reader),
    ...(behaviour.install.istiodAccessIn === 'Istio core' ? istiodAccess(behaviour, names) : []),
  ];
}
