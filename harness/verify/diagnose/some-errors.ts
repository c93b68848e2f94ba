/** ERRORS: every cluster answers, but some calls fail. */
import { controlPlaneOf } from '../../model/topology.ts';
import type { Pattern } from './pattern.ts';
import { inOrder } from './steps.ts';

export const someErrors: Pattern = ({ symptom, from, clusters }, steps) => {
  if (symptom !== 'ERRORS') return undefined;
  // istio/istio pilot/pkg/xds/ep_filters.go @1.8.0: endpoints of a network without a gateway are given to other gateways too.
  const withoutGateway = [...clusters.values()].find(
    ({ spec, gatewayAddresses }) => spec.network !== from.spec.network && (gatewayAddresses ?? []).length === 0,
  );
  const own = [...clusters.values()].find(
    ({ spec, gatewayAddresses }) => spec.network === from.spec.network && (gatewayAddresses ?? []).length === 0,
  );
  const networks = new Set([...clusters.values()].map(({ spec }) => spec.network));
  const culprit = networks.size > 1 ? (withoutGateway ?? own) : undefined;
  if (culprit) {
    const { name, network } = culprit.spec;
    return {
      sentence: `Some calls from ${from.spec.name} fail: the network ${network} has no gateway with an address, so that other gateways are given the addresses of its pods, which they can not reach.`,
      steps: inOrder(steps.about('gateway-install', name), steps.about('gateway-address', name)),
    };
  }
  return {
    sentence: `Every cluster answers ${from.spec.name}, but some calls fail.`,
    steps: inOrder(steps.about('gateway-install'), steps.about('install', controlPlaneOf(from.spec))),
  };
};
