/** All that is told of an object which somebody writes: nothing of it that is not simulated is silent. */
import type { KubernetesObject } from '../../../../base/kubernetes-client.ts';
import type { Edition } from '../../registry/names.ts';
import { objectTold } from '../../registry/object-told.ts';
import { notSimulatedIn } from './not-simulated.ts';

const ISTIO_GROUP = /^(?:networking|security|telemetry|extensions)\.istio\.io\//;
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
