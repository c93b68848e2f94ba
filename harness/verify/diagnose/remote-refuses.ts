/** X: remote endpoints are known, and refuse the connection or fail the handshake. */
import { controlPlaneOf } from '../../model/topology.ts';
import type { Diagnosis } from '../check.ts';
import { gatewayDownCause } from './control-plane.ts';
import { type CallFacts, type ClusterFacts, isGatewayDown } from './facts.ts';
import type { Pattern } from './pattern.ts';
import { callsInPlainText, takesPlainTextOnly } from './plain-text.ts';
import { inOrder, type StepIndex } from './steps.ts';
import { explainRoots } from './trust.ts';
import { nothingExposes } from './unexposed.ts';

export const remoteRefuses: Pattern = (facts, steps) => {
  const { symptom, from, missing, clusters } = facts;
  if (symptom !== 'X') return undefined;
  const { name: client } = from.spec;
  const remote = clusters.get(missing.find(name => name !== client) ?? client);
  if (!remote) return undefined;
  const { name } = remote.spec;
  return (
    whyNotTrusted(remote, facts, steps) ??
    whyNobodyListens(remote, steps) ??
    whyGatewayRefuses(remote, facts, steps) ?? {
      cause: 'endpoints-refuse',
      sentence: `The endpoints of ${name} are known in ${client}, and refuse the connection or its certificate.`,
      steps: inOrder(
        steps.about('certificates'),
        steps.about('install', name),
        steps.about('workload', name),
      ),
    }
  );
};

/** Explains why neither side accepts how the other speaks. */
function whyNotTrusted(remote: ClusterFacts, facts: CallFacts, steps: StepIndex): Diagnosis | undefined {
  const { from, clusters, roots } = facts;
  const [{ name: client }, { name }] = [from.spec, remote.spec];
  if (roots > 1 && remote.root !== from.root) {
    const why = explainRoots({ clusters }, steps);
    return {
      cause: why.cause,
      sentence:
        `The workloads of ${client} and ${name} trust different roots, and refuse each other's ` +
        `certificates. ${why.sentence}.`,
      steps: why.steps,
    };
  }
  const plain = callsInPlainText(remote, facts) ?? takesPlainTextOnly(remote, facts);
  if (plain !== undefined) {
    const sentence = `The endpoints of ${name} refuse calls of ${client}: ${plain}.`;
    return { cause: 'plain-text', sentence, steps: [] };
  }
  const domainOf = ({ spec }: ClusterFacts) =>
    clusters.get(controlPlaneOf(spec))?.trustDomain ?? 'cluster.local';
  if (domainOf(remote) !== domainOf(from)) {
    const domains = [from, remote].map(each => `${domainOf(each)} in ${each.spec.name}`);
    return {
      cause: 'trust-domains-differ',
      sentence:
        `The trust domains differ (${domains.join(', ')}), so that neither accepts ` +
        `the other's identity.`,
      steps: inOrder(steps.about('install', name), steps.about('install', client)),
    };
  }
  return undefined;
}

/** Explains that the Service leads to a port where HelloWorld does not listen. */
function whyNobodyListens({ spec, service }: ClusterFacts, steps: StepIndex): Diagnosis | undefined {
  if (service?.strangePort === undefined) return undefined;
  return {
    cause: 'endpoints-refuse',
    sentence:
      `The Service of HelloWorld in ${spec.name} leads to port ` +
      `${service.strangePort}, which no container of its pods says it has: endpoints are known, and refuse.`,
    steps: inOrder(steps.about('service', spec.name)),
  };
}

/** Explains why the gateway that a call goes through refuses it. */
function whyGatewayRefuses(
  remote: ClusterFacts,
  { from, clusters, endpoints }: CallFacts,
  steps: StepIndex,
): Diagnosis | undefined {
  const { name: client, network } = from.spec;
  const { name } = remote.spec;
  const throughGateway = endpoints?.find(({ owner }) => owner?.kind === 'gateway');
  if (!throughGateway?.owner) return undefined;
  const gateway = throughGateway.owner.cluster;
  const spec = clusters.get(gateway)?.spec ?? from.spec;
  const configuredBy = clusters.get(controlPlaneOf(spec));
  if (remote.spec.network === network) {
    return {
      cause: 'network-wrong',
      sentence:
        `The proxies of ${client} call ${name} through the gateway of ${gateway}, ` +
        `though both are on ${network}: one of the two is installed with another network.`,
      steps: inOrder(steps.about('install', name), steps.about('install', client)),
    };
  }
  const door = clusters.get(gateway);
  if (door && (isGatewayDown(door) || door.gateways === 0)) {
    return {
      cause: gatewayDownCause(configuredBy),
      sentence: `The east-west gateway of ${gateway} does not run.`,
      steps: inOrder(steps.about('gateway-install', gateway)),
    };
  }
  if (configuredBy && !configuredBy.exposesServices) {
    return {
      cause: 'services-not-exposed',
      sentence:
        `The east-west gateway of ${gateway} refuses calls of services: ` +
        `${nothingExposes([spec], 'them')}.`,
      steps: inOrder(steps.about('expose-services', configuredBy.spec.name)),
    };
  }
  return {
    cause: 'gateway-refuses',
    sentence: `The east-west gateway of ${gateway} refuses or drops the connections of ${client}.`,
    steps: inOrder(
      steps.about('expose-services', controlPlaneOf(spec)),
      steps.about('gateway-install', gateway),
      steps.about('certificates'),
    ),
  };
}
