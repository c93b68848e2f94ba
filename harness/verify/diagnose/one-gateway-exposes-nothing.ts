/**
 * SKEWED and ERRORS: a network has several gateways, and one of them lets no service through. Envoy tries
 * another when that one refuses, so that calls are answered from elsewhere, or fail now and then.
 */
import { controlPlaneOf } from '../../model/topology.ts';
import type { Pattern } from './pattern.ts';
import { inOrder } from './steps.ts';

export const oneGatewayExposesNothing: Pattern = ({ symptom, from, clusters }, steps) => {
  if (symptom !== 'SKEWED' && symptom !== 'ERRORS') return undefined;
  for (const { spec, gatewayAddresses = [] } of clusters.values()) {
    const owner = clusters.get(controlPlaneOf(spec));
    if (spec.network === from.spec.network || gatewayAddresses.length === 0) continue;
    if (!owner || owner.exposesServices) continue;
    return {
      cause: 'services-not-exposed',
      sentence:
        `The east-west gateway of ${spec.name}, one of those of ${spec.network}, refuses calls of services: ` +
        `nothing in ${owner.spec.name} exposes them.`,
      steps: inOrder(steps.about('expose-services', owner.spec.name)),
    };
  }
  return undefined;
};
