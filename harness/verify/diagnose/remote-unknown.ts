/** R: the client's control plane does not know the endpoints of another cluster. */
import { controlPlaneOf } from '../../model/topology.ts';
import type { Diagnosis } from '../check.ts';
import { NAMESPACE, SERVICE } from '../workloads.ts';
import { explainNotReady } from './control-plane.ts';
import type { CallFacts, ClusterFacts } from './facts.ts';
import { oddService } from './odd-service.ts';
import type { Pattern } from './pattern.ts';
import { callsInPlainText } from './plain-text.ts';
import { explainRefusal, missingGateway, refusalIn } from './refused-pods.ts';
import { explainMissingSidecar } from './sidecar-missing.ts';
import { inOrder, type StepIndex } from './steps.ts';

export const remoteUnknown: Pattern = (facts, steps) => {
  const { symptom, from, missing, clusters } = facts;
  if (symptom !== 'R') return undefined;
  const remotes = missing
    .map(name => clusters.get(name))
    .filter(remote => remote !== undefined && remote !== from);
  // Of several that are judged together one may be in order: the first that lacks something speaks.
  for (const remote of remotes) {
    const why = remote && whatItLacks(remote, facts, steps);
    if (why) return why;
  }
  const [remote] = remotes;
  return remote && whyNotServed(remote, facts, steps);
};

const unknownIn = (remote: ClusterFacts, { from }: CallFacts) =>
  `The proxies of ${from.spec.name} have no endpoint in ${remote.spec.name}`;

/** Finds what is missing in the remote cluster, or for it. */
function whatItLacks(remote: ClusterFacts, facts: CallFacts, steps: StepIndex): Diagnosis | undefined {
  const { name } = remote.spec;
  const unknown = unknownIn(remote, facts);
  if (!remote.namespaceExists) {
    return {
      cause: 'sample-namespace-missing',
      sentence: `${unknown}: the namespace ${NAMESPACE} does not exist in ${name}.`,
      steps: inOrder(steps.about('sample-namespace', name)),
    };
  }
  if (!remote.serviceExists) {
    return {
      cause: 'service-missing',
      sentence: `${unknown}: the Service ${SERVICE} does not exist in ${name}, and only a Service has endpoints.`,
      steps: inOrder(steps.about('service', name)),
    };
  }
  const odd = oddService(remote, facts, steps);
  if (odd) return { ...odd, sentence: `${unknown}: ${odd.sentence}` };
  return whatItsReaderLacks(remote, facts, steps) ?? whatItsPodsLack(remote, facts, steps);
}

/** Finds what keeps the client's istiod from reading the remote cluster, or from telling what it reads. */
function whatItsReaderLacks(remote: ClusterFacts, facts: CallFacts, steps: StepIndex): Diagnosis | undefined {
  const { from, clusters } = facts;
  const { name } = remote.spec;
  const unknown = unknownIn(remote, facts);
  const primary = clusters.get(controlPlaneOf(from.spec));
  if (primary && primary !== remote && !primary.remoteSecrets.includes(name)) {
    return {
      cause: 'remote-secret-missing',
      sentence: `${unknown}: the istiod of ${primary.spec.name} has no remote secret for ${name}.`,
      steps: inOrder(steps.remoteSecret(name, primary.spec.name)),
    };
  }
  if (primary && primary !== remote && primary.clusterId === name) {
    return {
      cause: 'cluster-name-differs',
      sentence:
        `${unknown}: ${primary.spec.name} is installed under the name ${name}, so that its istiod takes ` +
        'the remote secret of that name for one of its own cluster.',
      steps: inOrder(steps.about('install', primary.spec.name), steps.about('install', name)),
    };
  }
  const plain = callsInPlainText(remote, facts);
  if (plain !== undefined && remote.spec.network !== from.spec.network) {
    return {
      cause: 'plain-text',
      sentence: `${unknown}: ${plain}, which leaves out what is behind gateways.`,
      steps: [],
    };
  }
  return undefined;
}

/** Finds what keeps the pods of the remote cluster from being endpoints. */
function whatItsPodsLack(remote: ClusterFacts, facts: CallFacts, steps: StepIndex): Diagnosis | undefined {
  const { from } = facts;
  const { name } = remote.spec;
  const unknown = unknownIn(remote, facts);
  const pods = remote.pods.filter(({ app }) => app === SERVICE);
  if (pods.length === 0) {
    const refusal = refusalIn(remote);
    if (refusal !== undefined) {
      const why = explainRefusal(refusal, remote, facts, steps);
      return { ...why, sentence: `${unknown}: ${why.sentence}.` };
    }
    return {
      cause: 'workload-missing',
      sentence: `${unknown}: no pod of HelloWorld exists in ${name}.`,
      steps: inOrder(steps.about('workload', name)),
    };
  }
  if (pods.every(({ hasSidecar }) => !hasSidecar) && remote.spec.network !== from.spec.network) {
    const { cause, sentence, steps: ids } = explainMissingSidecar(remote, steps);
    return {
      cause,
      sentence: `${unknown}: endpoints without a sidecar are left out of other networks. ${sentence}`,
      steps: ids,
    };
  }
  if (pods.every(({ readyContainers, containers }) => readyContainers < containers)) {
    const why = explainNotReady(remote, facts, steps);
    return {
      cause: why.cause,
      sentence: `${unknown}: no pod of HelloWorld is ready there: ${why.sentence}.`,
      steps: why.steps,
    };
  }
  return undefined;
}

/** Explains why the client does not know endpoints although nothing is missing. */
function whyNotServed(remote: ClusterFacts, facts: CallFacts, steps: StepIndex): Diagnosis {
  const { from, clusters } = facts;
  const { name } = remote.spec;
  const unknown = unknownIn(remote, facts);
  const primary = clusters.get(controlPlaneOf(from.spec));
  if (primary === remote) {
    return {
      cause: missingGateway(remote) ?? 'discovery-address-empty',
      sentence: `${unknown}: they are not served by the istiod of ${name}, whose address was not known when ${from.spec.name} was installed.`,
      steps: inOrder(
        steps.about('discovery-address', name),
        steps.about('gateway-install', name),
        steps.about('gateway-address', name),
        steps.about('install', from.spec.name),
      ),
    };
  }
  return {
    cause: 'remote-secret-unusable',
    sentence: `${unknown}, though there is a remote secret for it: the istiod of ${primary?.spec.name ?? 'its control plane'} cannot read the API server of ${name}, or the proxies of ${from.spec.name} are served by another control plane.`,
    steps: inOrder(
      steps.remoteSecret(name, primary?.spec.name ?? ''),
      steps.about('install', from.spec.name),
    ),
  };
}
