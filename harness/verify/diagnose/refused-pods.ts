/**
 * Why an API server creates no pods: its injection webhook cannot be called, and what it says of that tells
 * where to look.
 */
import { controlPlaneOf, isRemote } from '../../model/topology.ts';
import type { Diagnosis } from '../check.ts';
import { ISTIOD_PORT, WEBHOOK_PORT } from '../workloads.ts';
import { controlPlaneSteps, downCause, gatewayDownCause } from './control-plane.ts';
import { type ClusterFacts, type Facts, isGatewayDown } from './facts.ts';
import { closedDoor } from './istiod-door.ts';
import { inOrder, type StepIndex } from './steps.ts';

/** What a refusal points to; the refusal itself is the sentence. */
interface Explained extends Pick<Diagnosis, 'cause' | 'steps'> {
  /** What is behind it, in a clause, where that is known so exactly. */
  readonly because?: string;
}

/**
 * Returns what the API server of a cluster said when it last refused to create a pod; undefined if it refused
 * none, or has since accepted one.
 */
export const refusalIn = ({ warnings }: Pick<ClusterFacts, 'warnings'>): string | undefined =>
  warnings.find(warning => warning.startsWith('FailedCreate'))?.replace(/^FailedCreate: /, '');

/** Explains a refusal in a clause, the API server's words last; and names the cause and the steps. */
export function explainRefusal(
  refusal: string,
  of: ClusterFacts,
  facts: Pick<Facts, 'clusters'>,
  steps: StepIndex,
): Diagnosis {
  const { name } = of.spec;
  const { because, ...explained } = causeBehind(refusal, of, facts, steps);
  const refuses = `the API server of ${name} refuses to create pods: ${refusal}`;
  if (because !== undefined) return { ...explained, sentence: `${because}, and ${refuses}` };
  const sentence =
    explained.cause === 'remote-secret-missing'
      ? `the istiod of ${controlPlaneOf(of.spec)} has no remote secret for ${name}, so that the webhook there has no certificate, and no pod is created: ${refusal}`
      : refuses;
  return { ...explained, sentence };
}

/**
 * Finds the cause, and the steps to look at, the most likely first.
 * @param refusal - the API server's words (docs/reference/istio.md I10 has the catalogue)
 */
export function causeBehind(
  refusal: string,
  of: ClusterFacts,
  { clusters }: Pick<Facts, 'clusters'>,
  steps: StepIndex,
): Explained {
  const { name } = of.spec;
  // The webhook of a primary is its own istiod's.
  if (!isRemote(of.spec))
    return {
      cause: of.readyIstiods === 0 ? downCause(of) : 'istiod-unreachable',
      steps: controlPlaneSteps(of, steps),
    };
  if (of.istiods > 0 && of.readyIstiods === 0)
    return {
      cause: 'istiod-not-ready',
      steps: inOrder(steps.about('certificates', name), controlPlaneSteps(of, steps)),
    };
  const primary = clusters.get(controlPlaneOf(of.spec));
  if (refusal.includes('x509:')) return untrusted(of, primary, steps);
  const from = controlPlaneOf(of.spec);
  // The Service istiod of a remote is made of the address that it was installed with.
  if (refusal.endsWith('not found')) {
    return {
      cause: missingGateway(primary) ?? 'discovery-address-empty',
      steps: inOrder(
        primary?.gatewayAddresses ? [] : steps.about('gateway-install', from),
        steps.about('discovery-address', from),
        steps.about('gateway-install', from),
        steps.about('install', name),
      ),
    };
  }
  return notReached(of, primary, steps);
}

/** Tells why the webhook of a remote does not get through to its istiod. */
function notReached(of: ClusterFacts, primary: ClusterFacts | undefined, steps: StepIndex): Explained {
  const from = controlPlaneOf(of.spec);
  const isDown = primary?.readyIstiods === 0;
  const closed = primary && closedDoor(primary, [ISTIOD_PORT, WEBHOOK_PORT], steps);
  const cause = isDown
    ? downCause(primary)
    : (wrongGateway(primary) ?? (closed ? 'istiod-not-exposed' : 'istiod-unreachable'));
  return {
    cause,
    steps: inOrder(
      isDown ? steps.about('install', from) : [],
      closed?.steps ?? [],
      steps.about('expose-istiod', from),
      steps.about('gateway-install', from),
      steps.about('discovery-address', from),
      steps.about('install', from),
      steps.about('install', of.spec.name),
    ),
    ...(closed && cause === 'istiod-not-exposed' && { because: closed.sentence }),
  };
}

/** Tells what keeps the gateway from finding an istiod that runs. */
function wrongGateway(primary: ClusterFacts | undefined): Diagnosis['cause'] | undefined {
  if (!primary) return undefined;
  if (isGatewayDown(primary)) return gatewayDownCause(primary);
  if ((primary.gatewayNetwork ?? primary.spec.network) !== primary.spec.network)
    return 'gateway-of-another-network';
  // Its gateway, on the network that it should be on, does not find an istiod on another.
  return (primary.networkLabel ?? primary.spec.network) === primary.spec.network
    ? undefined
    : 'network-wrong';
}

/** Tells whether the gateway lacks that would have the address. */
export function missingGateway(primary: ClusterFacts | undefined): Diagnosis['cause'] | undefined {
  if (!primary) return undefined;
  if (!primary.gatewayAddresses) return 'gateway-missing';
  return primary.gatewayAddresses.length === 0 ? 'gateway-without-address' : undefined;
}

/**
 * No one has given the webhook its CA bundle: the primary's istiod may not, or does not know that it is to.
 */
function untrusted(of: ClusterFacts, primary: ClusterFacts | undefined, steps: StepIndex): Explained {
  const { name } = of.spec;
  const from = controlPlaneOf(of.spec);
  const annotation = steps.about('control-plane-annotation', name);
  const secret = steps.remoteSecret(name, from);
  const named = (of.controlPlaneClusters ?? '').split(',').map(each => each.trim());
  const namesNone = !named.includes(from) && !named.includes('*');
  const hasSecret = primary?.remoteSecrets.includes(name) ?? false;
  const isUnread = primary?.complaints.unreadCluster ?? false;
  return {
    cause: namesNone
      ? 'control-plane-not-set'
      : !hasSecret
        ? 'remote-secret-missing'
        : isUnread
          ? 'remote-secret-unusable'
          : primary && primary.clusterId !== undefined && primary.clusterId !== from
            ? 'cluster-name-differs'
            : 'webhook-untrusted',
    steps: inOrder(
      namesNone ? annotation : secret,
      annotation,
      secret,
      steps.about('istio-namespace', name),
      steps.about('install', from),
      steps.about('install', name),
    ),
  };
}
