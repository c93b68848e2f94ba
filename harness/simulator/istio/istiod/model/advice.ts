/** All that is told of an object which somebody writes: nothing of it that is not simulated is silent. */
import type { KubernetesObject } from '../../../../base/kubernetes-client.ts';
import type { Edition } from '../../registry/names.ts';
import { objectTold } from '../../registry/object-told.ts';
import { ISTIO_GROUP } from './led-elsewhere.ts';
import { notSimulatedIn } from './not-simulated.ts';

const DOMAIN = 'cluster.local';

/**
 * Tells of an object what is not simulated, a sentence each. What a controller has made is told of its owner.
 * @param object - as it was sent or is stored
 */
export function adviceOn(edition: Edition, object: KubernetesObject): readonly string[] {
  if (object.metadata.ownerReferences?.some(({ controller }) => controller === true)) return [];
  const own = ISTIO_GROUP.test(object.apiVersion ?? '') ? notSimulatedIn(object, DOMAIN, edition) : [];
  return [...own, ...objectTold(edition, object)];
}

/**
 * Tells the same where a real istiod heeds what is written: of what it makes of that, simulated proxies leave
 * out what they do not execute.
 */
export const adviceBesideReal = (edition: Edition, object: KubernetesObject): readonly string[] =>
  adviceOn(edition, object).map(sentence =>
    sentence
      .replace(/ and ha(?:s|ve) no effect$|: calls by it fail \(503\)$/, '')
      .replace(/ is left out, since not all of it is simulated$/, ' is not simulated whole')
      .replace(
        /^.* (?:is|are) not simulated(?: by mesh-harness| whole)?$/,
        '$&; the real istiod heeds it, and simulated proxies leave out what they do not execute',
      ),
  );
