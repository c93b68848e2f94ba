/**
 * What `istioctl analyze` says of Istio's resources in a cluster that is led by the istiod of another one.
 * Unlike Istio, which has no such message: its own begin with IST.
 */
import type { KubernetesObject } from '../../../base/kubernetes-client.ts';
import { LED_BY, ledElsewhereTold } from '../../../simulator/istio/istiod/model/led-elsewhere.ts';
import { namesOf } from '../../../simulator/istio/registry/names.ts';
import { nameOf } from '../../../simulator/istio/registry/object-told.ts';
import type { Message } from './analyzers.ts';

/** Lists the objects of a resource; none where there is no such resource. */
type List = (apiVersion: string, plural: string) => Promise<readonly KubernetesObject[]>;

/** Finds resources that nobody reads. @param within - whether an object is looked at */
export async function ledElsewhereFindings(
  list: List,
  within: (object: KubernetesObject) => boolean,
  istioVersion: string,
): Promise<readonly Message[]> {
  const facts = new Map<string, readonly KubernetesObject[]>();
  for (const [key, place] of Object.entries(LED_BY)) facts.set(key, await list(...place));
  const { kinds } = namesOf(istioVersion.startsWith('1.8.') ? '1.8' : 'current');
  const found: Message[] = [];
  for (const [kind, { group, plural, versions }] of Object.entries(kinds)) {
    const apiVersion = `${group}/${versions.split(' ')[0]}`;
    for (const item of (await list(apiVersion, plural)).filter(within)) {
      const object = { ...item, apiVersion, kind };
      for (const sentence of ledElsewhereTold(object, key => facts.get(key) ?? [])) {
        const about = nameOf(object);
        found.push({ level: 'Warning', code: 'MESH0003', about, text: sentence.replace(about, 'It') });
      }
    }
  }
  return found;
}
