/** An east-west gateway is no way in for a client without a mesh certificate. */
import type { ClusterName, NetworkName } from '../../../model/names.ts';
import { type ClusterSpec, controlPlaneOf, isMultiNetwork, type Topology } from '../../../model/topology.ts';
import { execIn, isTrouble, pickClientPod } from '../../calling.ts';
import type { Check, CheckFamily, Diagnosis } from '../../check.ts';
import { isClosedByPeer } from '../../closed-by-peer.ts';
import type { Facts } from '../../diagnose/facts.ts';
import { gatherFacts } from '../../diagnose/gather-facts.ts';
import { inOrder, type StepIndex, type Topic } from '../../diagnose/steps.ts';
import { nothingExposes } from '../../diagnose/unexposed.ts';
import { PAST_PROXIES } from '../../past-proxies.ts';
import { NAMESPACE, SIDECAR } from '../../workloads.ts';
import { unproved } from '../unproved.ts';
import { GATEWAY_PORT, SNI } from './gateway-counters.ts';

/** A knock on a gateway's door, and what curl said. */
interface Attempt {
  readonly [key: string]: string | boolean;
  readonly cluster: ClusterName;
  readonly network: NetworkName;
  readonly as: string;
  readonly curl: string;
  readonly refused: boolean;
}

const isAdmitted = ({ curl }: Attempt): boolean => curl === 'answered';

/** How many ways each gateway is asked in. */
const WAYS = 2;

/** Asks one address twice. @param ask - runs a program in a sidecar's container */
async function attemptsAt(
  { name: cluster, network }: ClusterSpec,
  address: string,
  ask: (argv: readonly string[]) => ReturnType<typeof execIn>,
): Promise<readonly Attempt[]> {
  const named = `${SNI}:${GATEWAY_PORT}`;
  const attempts: Attempt[] = [];
  for (const [as, target] of [
    ['naming the Service', ['--resolve', `${named}:${address}`, `https://${named}/hello`]],
    ['by address', [`https://${address}:${GATEWAY_PORT}/hello`]],
  ] as const) {
    const outcome = await ask([
      'curl',
      '-sS',
      '-k',
      ...PAST_PROXIES,
      '-m',
      '15',
      '-o',
      '/dev/null',
      ...target,
    ]);
    const said = isTrouble(outcome) ? outcome.trouble : outcome.stderr.trim().split('\n')[0] || 'answered';
    const refused = !isTrouble(outcome) && isClosedByPeer(outcome.exitCode, outcome.stderr);
    attempts.push({ cluster, network, as, curl: said.slice(0, 200), refused });
  }
  return attempts;
}

/** Tells what curl said, each answer once, with its count and with who got it. */
function inGroups(attempts: readonly Attempt[]): readonly string[] {
  const groups = new Map<string, Attempt[]>();
  for (const attempt of attempts) {
    const said = attempt.curl.replace(
      /Failed to connect to \S+ port (\d+).*?: /,
      'Failed to connect to port $1: ',
    );
    groups.set(said, [...(groups.get(said) ?? []), attempt]);
  }
  return [...groups].map(([said, group]) => `${doorsOf(group)}: ${said} (${countOf(group.length)})`);
}

const countOf = (attempts: number): string => (attempts === 1 ? '1 attempt' : `${attempts} attempts`);

/** `the gateways of cluster1 and cluster2`; how one was asked, if it was not asked both ways. */
function doorsOf(group: readonly Attempt[]): string {
  const doors = [...new Set(group.map(({ cluster }) => cluster))].map(cluster => {
    const ways = [...new Set(group.filter(each => each.cluster === cluster).map(({ as }) => as))];
    return ways.length === WAYS ? cluster : `${cluster} (asked ${ways.join(' and ')})`;
  });
  return `the gateway${doors.length === 1 ? '' : 's'} of ${doors.join(' and ')}`;
}

/** Explains what was not refused: a network without a gateway, one that is open, one that nobody reaches. */
function whyNotRefused(facts: Facts, attempts: readonly Attempt[], steps: StepIndex): Diagnosis {
  const all = [...facts.clusters.values()].map(({ spec }) => spec);
  const namesOf = (clusters: readonly ClusterSpec[]) => clusters.map(({ name }) => name).join(' and ');
  const without = all.filter(spec => !attempts.some(({ network }) => network === spec.network));
  const ofEach = (topic: Topic, clusters: readonly ClusterSpec[]) =>
    clusters.flatMap(({ name }) => steps.about(topic, name));
  if (without.length > 0) {
    return {
      cause: 'gateway-missing',
      sentence:
        `There is no gateway with an address for ${namesOf(without)}, so that nobody can be ` +
        'refused there.',
      steps: inOrder(ofEach('gateway-install', without), ofEach('gateway-address', without)),
    };
  }
  const open = all.filter(({ name }) => attempts.some(each => each.cluster === name && isAdmitted(each)));
  if (open.length > 0) {
    return {
      cause: 'gateway-open',
      sentence: `The east-west gateway of ${namesOf(open)} lets clients in that have no mesh certificate.`,
      steps: inOrder(ofEach('expose-services', open), ofEach('gateway-install', open)),
    };
  }
  const closed = all.filter(spec => facts.clusters.get(controlPlaneOf(spec))?.exposesServices === false);
  if (closed.length > 0) {
    const gateways = `the gateway${closed.length === 1 ? '' : 's'} of ${namesOf(closed)}`;
    return {
      cause: 'services-not-exposed',
      sentence:
        `Nothing listens on ${gateways}, where strangers were to be refused: ` +
        `${nothingExposes(closed, 'services there')}.`,
      steps: inOrder(
        closed.flatMap(spec => steps.about('expose-services', controlPlaneOf(spec))),
        steps.about('gateway-install'),
      ),
    };
  }
  return {
    cause: 'gateway-refuses',
    sentence:
      'Connections to a gateway end, and not because TLS refuses them: strangers were to be refused so.',
    steps: inOrder(steps.about('expose-services'), steps.about('gateway-install')),
  };
}

/**
 * Makes the check of the guide's "Expose services": "services can only be accessed by services with a trusted
 * mTLS certificate and workload ID".
 *
 * curl asks without a certificate: once it names the Service as SNI, as a proxy would, so that the workload
 * behind the gateway has to refuse; once by address, so that the gateway itself has to. It runs in the
 * container of a sidecar, whose user is not redirected (1337): in the client's own container, the sidecar
 * would accept every connection, and a gateway that is not there would look like one that refuses.
 */
function strangersAt(topology: Topology, steps: StepIndex): Check {
  return {
    id: 'gateway-refuses-strangers',
    sentence: 'The east-west gateways let no TLS client in that has no mesh certificate.',
    level: 'extended',
    run: async context => {
      const facts = await gatherFacts(context);
      const asker = [...facts.clusters.values()].find(
        ({ pods }) => pickClientPod(pods, context.client)?.isReady,
      );
      const pod = asker && pickClientPod(asker.pods, context.client);
      const client = asker && context.clusters.get(asker.spec.name)?.client;
      if (!pod || !client) return unproved('There is no client pod to ask from.');
      const ask = (argv: readonly string[]) =>
        execIn(client, { namespace: NAMESPACE, pod: pod.name, container: SIDECAR }, argv, context, 60_000);
      const attempts: Attempt[] = [];
      for (const { spec, gatewayAddresses } of facts.clusters.values())
        for (const address of gatewayAddresses ?? [])
          attempts.push(...(await attemptsAt(spec, address, ask)));
      const silent = topology.networks
        .filter(({ name }) => !attempts.some(({ network }) => network === name))
        .map(({ name }) => `${name} has no gateway with an address`);
      const passed = silent.length === 0 && attempts.every(({ refused }) => refused);
      const found = [...inGroups(attempts), ...silent].join('; ');
      if (passed) return { outcome: 'passed', found, evidence: attempts };
      return {
        outcome: 'failed',
        found,
        evidence: attempts,
        ...(!attempts.some(isAdmitted) && { unproved: true }),
        diagnosis: whyNotRefused(facts, attempts, steps),
      };
    },
  };
}

/** The claim of "Expose services". */
export const gatewayRefusesStrangers: CheckFamily = {
  id: 'gateway-refuses-strangers',
  claim: 'The east-west gateways let no TLS client in that has no mesh certificate.',
  level: 'extended',
  guide: 'Configure cluster1 as a primary with services exposed',
  appliesTo: 'a mesh of several networks',
  evidence: 'what curl says of each attempt',
  checksOf: (topology, steps) => (isMultiNetwork(topology) ? [strangersAt(topology, steps)] : []),
};
