/** ERRORS: every cluster answers, but some calls fail. */
import { controlPlaneOf } from '../../model/topology.ts';
import { gatewaysOf } from './facts.ts';
import type { Pattern } from './pattern.ts';
import { inOrder } from './steps.ts';

export const someErrors: Pattern = ({ symptom, from, clusters }, steps) => {
  if (symptom !== 'ERRORS') return undefined;
  const all = [...clusters.values()];
  // istio/istio pilot/pkg/xds/ep_filters.go @1.8.0: endpoints of a network without a gateway are given to
  // other gateways too.
  const lacking = all.filter(({ spec }) => (gatewaysOf(spec.network, { clusters }) ?? []).length === 0);
  const networks = new Set(all.map(({ spec }) => spec.network));
  const culprit =
    networks.size > 1
      ? (lacking.find(({ spec }) => spec.network !== from.spec.network) ?? lacking[0])
      : undefined;
  if (culprit) {
    const { network } = culprit.spec;
    const ofNetwork = (topic: 'gateway-install' | 'gateway-address') =>
      all.filter(({ spec }) => spec.network === network).flatMap(({ spec }) => steps.about(topic, spec.name));
    return {
      cause: gatewaysOf(network, { clusters }) === undefined ? 'gateway-missing' : 'gateway-without-address',
      sentence: `Some calls from ${from.spec.name} fail: the network ${network} has no gateway with an address, so that other gateways are given the addresses of its pods, which they cannot reach.`,
      steps: inOrder(ofNetwork('gateway-install'), ofNetwork('gateway-address')),
    };
  }
  const mislabelled = all.find(
    ({ spec, gatewayNetwork }) => (gatewayNetwork ?? spec.network) !== spec.network,
  );
  if (mislabelled) {
    const { name, network } = mislabelled.spec;
    return {
      cause: 'gateway-of-another-network',
      sentence: `Some calls from ${from.spec.name} fail: the east-west gateway of ${name} shows ${mislabelled.gatewayNetwork}, though it is on ${network}.`,
      steps: inOrder(steps.about('gateway-install', name)),
    };
  }
  return {
    cause: 'calls-fail',
    sentence: `Every cluster answers ${from.spec.name}, but some calls fail.`,
    steps: inOrder(steps.about('gateway-install'), steps.about('install', controlPlaneOf(from.spec))),
  };
};
