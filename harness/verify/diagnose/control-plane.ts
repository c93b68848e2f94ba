/**
 * CFG: the client's sidecar got no configuration, as its control plane is missing, unreachable or refuses it.
 */
import { type ClusterSpec, controlPlaneOf, isRemote } from '../../model/topology.ts';
import type { Diagnosis } from '../check.ts';
import { ISTIOD_PORT } from '../workloads.ts';
import type { Cause } from './causes.ts';
import { type ClusterFacts, type Facts, isGatewayDown } from './facts.ts';
import { closedDoor } from './istiod-door.ts';
import type { Pattern } from './pattern.ts';
import { inOrder, type StepIndex } from './steps.ts';
import { explainRoots } from './trust.ts';

/** Lists the steps that connect a cluster's pods to their control plane, the most likely cause first. */
export function controlPlaneSteps(of: { readonly spec: ClusterSpec }, steps: StepIndex): readonly string[] {
  const { name } = of.spec;
  const primary = controlPlaneOf(of.spec);
  if (!isRemote(of.spec)) return inOrder(steps.about('install', name), steps.about('certificates', name));
  return inOrder(
    steps.remoteSecret(name, primary),
    steps.about('expose-istiod', primary),
    steps.about('discovery-address', primary),
    steps.about('control-plane-annotation', name),
    steps.about('gateway-install', primary),
    steps.about('install', name),
    steps.about('certificates', name),
  );
}

/** Tells why a primary has no istiod that is ready. */
export const downCause = ({ hasInjector }: Pick<ClusterFacts, 'hasInjector'>): Cause =>
  hasInjector ? 'istiod-not-ready' : 'istio-not-installed';

/**
 * Tells why a gateway does not run: in 1.8 it gives the name of its cluster, which its istiod must know.
 * @param istiod - the cluster of the istiod that serves it
 */
export const gatewayDownCause = (istiod: Pick<ClusterFacts, 'spec' | 'clusterId'> | undefined): Cause =>
  istiod?.clusterId !== undefined && istiod.clusterId !== istiod.spec.name
    ? 'cluster-name-differs'
    : 'gateway-not-ready';

export const withoutConfiguration: Pattern = (facts, steps) => {
  if (facts.symptom !== 'CFG') return undefined;
  const { from } = facts;
  const { cause, sentence, steps: ids } = explainNotReady(from, facts, steps);
  return {
    cause,
    sentence: `The sidecar of the client in ${from.spec.name} has no configuration: ${sentence}.`,
    steps: ids,
  };
};

/** Explains that a container of the workload's own is not ready, though its sidecar is. */
function waitsForItself({ spec, pods }: ClusterFacts, steps: StepIndex): Diagnosis | undefined {
  const [first, ...rest] = pods.filter(pod => pod.hasSidecar && !pod.isReady);
  if (!first || ![first, ...rest].every(pod => pod.waitsForItself)) return undefined;
  return {
    cause: 'workload-not-ready',
    sentence:
      `the sidecar of ${first.name} is ready, and a container of its own is not (its ` +
      'readiness probe fails)',
    steps: inOrder(steps.about('workload', spec.name)),
  };
}

/** Explains in a clause why sidecars in a cluster do not become ready, and names the steps to look at. */
export function explainNotReady(
  of: ClusterFacts,
  facts: Pick<Facts, 'clusters' | 'roots'>,
  steps: StepIndex,
): Diagnosis {
  const { name } = of.spec;
  const say = (cause: Cause, sentence: string, ...first: (readonly string[])[]): Diagnosis => ({
    cause,
    sentence,
    steps: inOrder(...first, controlPlaneSteps(of, steps)),
  });
  const waiting = waitsForItself(of, steps);
  if (waiting) return waiting;
  if (!isRemote(of.spec)) {
    if (of.readyIstiods === 0) return say(downCause(of), `no istiod is ready in ${name}`);
    return say('proxies-not-served', `the istiod of ${name} does not serve it`);
  }
  if ('items' in of.objects.webhooks && !of.hasInjector) {
    return say(
      'istio-not-installed',
      `nothing of Istio is installed in ${name}`,
      steps.about('install', name),
    );
  }
  const primary = facts.clusters.get(controlPlaneOf(of.spec));
  if (!primary) return say('proxies-not-served', 'its control plane is not part of the mesh');
  const from = primary.spec.name;
  if (primary.readyIstiods === 0) {
    return say(
      downCause(primary),
      `its control plane is in ${from}, where no istiod is ready`,
      steps.about('install', from),
    );
  }
  if (!primary.remoteSecrets.includes(name)) {
    return say(
      'remote-secret-missing',
      `the istiod of ${from} has no remote secret for ${name}, and cannot verify the tokens of its proxies`,
    );
  }
  const closed = explainClosedDoor(name, primary, steps);
  if (closed) return say(closed.cause, closed.sentence, closed.steps);
  if (facts.roots > 1) {
    const why = explainRoots(facts, steps);
    // All else that they need is there, as was seen above.
    return {
      ...why,
      sentence: `proxies there trust another root than ${from}, whose istiod they refuse. ${why.sentence}`,
    };
  }
  const complaint = explainComplaint(name, primary);
  if (complaint)
    return say(
      complaint.cause,
      complaint.sentence,
      complaint.isOfInstall ? steps.about('install', name) : [],
    );
  return say(
    'proxies-not-served',
    `it does not reach the istiod of ${from}, or is refused by it`,
    steps.about('discovery-address', from),
    steps.about('install', name),
  );
}

/** Explains in a clause why the gateway of a control plane does not let its remotes in. */
function explainClosedDoor(remote: string, primary: ClusterFacts, steps: StepIndex): Diagnosis | undefined {
  const from = primary.spec.name;
  const say = (cause: Cause, sentence: string, ...first: (readonly string[])[]): Diagnosis => ({
    cause,
    sentence,
    steps: inOrder(...first),
  });
  if (!primary.gatewayAddresses?.length) {
    return say(
      primary.gatewayAddresses ? 'gateway-without-address' : 'gateway-missing',
      `the east-west gateway of ${from} has no address, where ${remote} is to find istiod`,
      steps.about('gateway-install', from),
      steps.about('gateway-address', from),
    );
  }
  if (isGatewayDown(primary)) {
    return say(
      gatewayDownCause(primary),
      `the east-west gateway of ${from}, where ${remote} is to find istiod, does not run`,
      steps.about('gateway-install', from),
    );
  }
  if ((primary.gatewayNetwork ?? primary.spec.network) !== primary.spec.network) {
    return say(
      'gateway-of-another-network',
      `the east-west gateway of ${from}, where ${remote} is to find istiod, shows ` +
        `${primary.gatewayNetwork}, though it is on ${primary.spec.network}`,
      steps.about('gateway-install', from),
    );
  }
  const closed = closedDoor(primary, [ISTIOD_PORT], steps);
  return closed && say('istiod-not-exposed', closed.sentence, closed.steps);
}

/** Explains in a clause what an istiod that is reached complains of. */
function explainComplaint(remote: string, { spec, complaints, remoteSecrets }: ClusterFacts) {
  // One that it has a secret for, it knows by name, and cannot use.
  if (complaints.unknownNames.some(name => !remoteSecrets.includes(name))) {
    return {
      cause: 'cluster-name-differs',
      sentence: `the istiod of ${spec.name} knows no cluster of the name that the proxies of ${remote} give`,
      isOfInstall: true,
    } as const;
  }
  if (!complaints.unreadCluster) return undefined;
  return {
    cause: 'remote-secret-unusable',
    sentence: `the istiod of ${spec.name} has a remote secret for ${remote}, and cannot read its API server`,
    isOfInstall: false,
  } as const;
}
