/** Where mTLS is strict, HelloWorld lets nobody in but clients of the mesh. */
import type { ClusterName } from '../../../model/names.ts';
import { type ClusterSpec, controlPlaneOf, type Topology } from '../../../model/topology.ts';
import { isTrouble, type Trouble } from '../../calling.ts';
import type { Check, CheckContext, CheckFamily, CheckOutcome, Diagnosis } from '../../check.ts';
import { mending } from '../../diagnose/mending.ts';
import { inOrder, type StepIndex } from '../../diagnose/steps.ts';
import { type Caller, callDirectly, describeAnswer, isRefusal } from '../../direct-call.ts';
import { gatewayAddressesIn } from '../../gateway-addresses.ts';
import { answersOfAll, BROKEN_BEFORE, brokenBefore, describeAnswered, wrongIn } from '../../partial-mesh.ts';
import { modeOf, PEER_AUTHENTICATIONS } from '../../peer-authentication.ts';
import { listPods, type PodFact } from '../../pods.ts';
import { type Changes, withChanges } from '../../put-back.ts';
import type { Answer } from '../../sampling.ts';
import { pushMs, settle } from '../../settle.ts';
import { APPLICATION_PORT, NAMESPACE, SERVICE } from '../../workloads.ts';
import { unproved } from '../unproved.ts';
import { GATEWAY_PORT, SNI } from './gateway-counters.ts';
import { FOREIGN_CERTIFICATE, makeForNow, startStranger } from './stranger-pod.ts';

const POLICY = 'mesh-harness-strict';

/** How a stranger comes, and the arguments of curl for it. */
const WAYS = {
  'in plain text': undefined,
  'without a certificate': ['-k'],
  'with a certificate of another root': ['-k', ...FOREIGN_CERTIFICATE],
} as const;
type Way = keyof typeof WAYS;

/** A door that a stranger knocks at. */
interface Door {
  readonly from: ClusterName;
  readonly caller: Caller;
  /** `helloworld-v1-… of cluster1`, `the gateway of cluster2` */
  readonly whose: string;
  readonly host: string;
  readonly port: number;
  /** Arguments that name the Service to a gateway. */
  readonly more: readonly string[];
  /** Not of a gateway, which takes no plain text at any time. */
  readonly pod?: { readonly of: ClusterSpec; readonly labels: Pick<PodFact, 'app' | 'version'> };
}

const knock = async (context: CheckContext, door: Door, way: Way): Promise<Answer | Trouble> => {
  const tls = WAYS[way];
  const url = `${tls ? 'https' : 'http'}://${door.host}:${door.port}/hello`;
  return await callDirectly(context, door.caller, url, [...(tls ?? []), ...door.more]);
};

/** Finds what a stranger in a cluster can knock at: pods on its network, gateways of others. */
async function doorsFrom(context: CheckContext, spec: ClusterSpec, caller: Caller): Promise<readonly Door[]> {
  const { clusters, signal } = context;
  const doors = await Promise.all(
    [...clusters.values()].map(async ({ spec: target, client }): Promise<readonly Door[]> => {
      const common = { from: spec.name, caller };
      if (target.network === spec.network) {
        const pods = await listPods(client, NAMESPACE, signal);
        return pods.flatMap(({ app, version, isReady, name, address }) => {
          if (app !== SERVICE || !isReady || address === undefined) return [];
          const pod = { of: target, labels: { app, version } };
          const whose = `${name} of ${target.name}`;
          return [{ ...common, whose, host: address, port: APPLICATION_PORT, more: [], pod }];
        });
      }
      const addresses = (await gatewayAddressesIn(client, signal)) ?? [];
      return addresses.map(address => ({
        ...common,
        whose: `the gateway of ${target.name}`,
        host: SNI,
        port: GATEWAY_PORT,
        more: ['--resolve', `${SNI}:${GATEWAY_PORT}:${address}`],
      }));
    }),
  );
  return doors.flat();
}

async function makeStrict({ topology, clusters, signal }: CheckContext, changes: Changes): Promise<void> {
  for (const cluster of new Set(topology.clusters.map(controlPlaneOf))) {
    const client = clusters.get(cluster)?.client;
    if (!client) continue;
    const path = { ...PEER_AUTHENTICATIONS, namespace: NAMESPACE, name: POLICY };
    await makeForNow(client, { cluster, changes, signal }, path, {
      apiVersion: PEER_AUTHENTICATIONS.apiVersion,
      kind: 'PeerAuthentication',
      spec: { selector: { matchLabels: { app: SERVICE } }, mtls: { mode: 'STRICT' } },
    });
  }
}

/** A stranger's attempt. */
interface Attempt {
  readonly door: Door;
  readonly way: Way;
  readonly answer: Answer | Trouble;
}

const isAnswered = ({ answer }: Attempt): boolean => !isTrouble(answer) && answer.kind === 'answer';
const isRefused = (answer: Answer | Trouble): boolean => !isTrouble(answer) && isRefusal(answer);

async function knockAtAll(context: CheckContext, doors: readonly Door[]): Promise<readonly Attempt[]> {
  return await Promise.all(
    doors.flatMap(door =>
      (Object.keys(WAYS) as Way[]) // its own literal
        .map(async way => ({ door, way, answer: await knock(context, door, way) })),
    ),
  );
}

/** Starts a stranger in each cluster with a client, and finds its doors. */
async function arrive(
  context: CheckContext,
  changes: Changes,
): Promise<{ readonly doors: readonly Door[]; readonly wrong: readonly string[] }> {
  const { topology, clusters } = context;
  const arrived = await Promise.all(
    topology.clusters
      .filter(({ client }) => client)
      .map(async (spec): Promise<readonly Door[] | Trouble> => {
        const client = clusters.get(spec.name)?.client;
        if (!client) return { trouble: `there is no cluster ${spec.name}` };
        const caller = await startStranger(context, spec.name, client, changes);
        return isTrouble(caller) ? caller : await doorsFrom(context, spec, caller);
      }),
  );
  const doors = arrived.flatMap(each => (isTrouble(each) ? [] : each));
  const nobody = doors.some(({ pod }) => pod) ? [] : [`there is no pod of ${SERVICE} to knock at`];
  return { doors, wrong: [...arrived.flatMap(each => (isTrouble(each) ? each.trouble : [])), ...nobody] };
}

/**
 * Knocks at the pods in plain text while they may still take it: a door that leads nowhere would refuse
 * everybody.
 */
async function closedBefore(context: CheckContext, doors: readonly Door[]): Promise<readonly string[]> {
  const knocked = await Promise.all(
    doors.map(async door => {
      if (!door.pod) return [];
      const { mode } = await modeOf(context, door.pod.of, door.pod.labels, APPLICATION_PORT);
      if (mode === 'STRICT') return []; // then the members' answers have to do
      const answer = await knock(context, door, 'in plain text');
      return !isTrouble(answer) && answer.kind === 'answer'
        ? []
        : [`from ${door.from}, ${door.whose} is not reached at all: ${describeAnswer(answer)}`];
    }),
  );
  return knocked.flat();
}

const describeAttempt = ({ door: { from, whose }, way, answer }: Attempt): string =>
  `${way} from ${from} to ${whose}: ${describeAnswer(answer)}`;

/** Tells what was not refused, once for the strangers of all clusters who got the same. */
function describeAdmitted(admitted: readonly Attempt[]): readonly string[] {
  const groups = new Map<string, { readonly attempt: Attempt; readonly from: ClusterName[] }>();
  for (const attempt of admitted) {
    const key = JSON.stringify([attempt.door.whose, attempt.way, describeAnswer(attempt.answer)]);
    const group = groups.get(key) ?? { attempt, from: [] };
    group.from.push(attempt.door.from);
    groups.set(key, group);
  }
  return [...groups.values()].map(({ attempt: { door, way, answer }, from }) => {
    const got = isAnswered({ door, way, answer }) ? 'answered' : describeAnswer(answer);
    return `${door.whose} does not refuse strangers ${way}: ${got} (from ${from.join(' and ')})`;
  });
}

/** Says why strangers were let in, while the policy of the check still stands. */
async function explain(
  context: CheckContext,
  steps: StepIndex,
  admitted: readonly Attempt[],
): Promise<Diagnosis> {
  for (const { door } of admitted) {
    if (!door.pod) continue;
    const { of, labels } = door.pod;
    const { mode, policy } = await modeOf(context, of, labels, APPLICATION_PORT);
    if (mode === 'STRICT' || !policy) continue;
    const { namespace, name } = policy;
    return {
      cause: 'policy-older',
      sentence:
        `The PeerAuthentication ${namespace}/${name} is older than that of the check, and so ` +
        `prevails: it takes plain text (${mode}).`,
      steps: inOrder(steps.about('workload', of.name)),
      undo: [mending(controlPlaneOf(of), '-n', namespace, 'delete', 'peerauthentication', name)],
    };
  }
  const isPlain = admitted.every(({ way }) => way === 'in plain text');
  return {
    cause: 'strangers-let-in',
    sentence: isPlain
      ? 'A sidecar of HelloWorld takes plain text though it must not: it is missing, or was not told.'
      : 'HelloWorld takes clients without a certificate of the mesh: its sidecar is missing, or trusts ' +
        'another root.',
    steps: inOrder(
      isPlain ? [] : steps.about('certificates'),
      steps.about('injection'),
      steps.about('workload'),
    ),
  };
}

async function judge(context: CheckContext, steps: StepIndex, changes: Changes): Promise<CheckOutcome> {
  const broken = await brokenBefore(context);
  if (broken.length > 0) return unproved(broken.join('; '), BROKEN_BEFORE);
  const { doors, wrong } = await arrive(context, changes);
  const closed = wrong.length > 0 ? wrong : await closedBefore(context, doors);
  if (closed.length > 0)
    return unproved(closed.join('; '), {
      cause: 'workload-not-ready',
      sentence: 'Strangers do not run, or reach no pod: nobody could be refused.',
      steps: inOrder(steps.about('workload'), steps.about('client')),
    });
  await makeStrict(context, changes);
  context.onProgress('HelloWorld is made strict');
  const attempts = await settle(
    context,
    () => knockAtAll(context, doors),
    seen => seen.every(({ answer }) => isRefused(answer)),
    { timeoutMs: pushMs(context) },
  );
  const members = await answersOfAll(context, context.topology);
  const admitted = attempts.filter(({ answer }) => !isRefused(answer));
  const unserved = wrongIn(members, 'while mTLS is strict');
  const all = [...describeAdmitted(admitted), ...unserved];
  const evidence = { strangers: attempts.map(describeAttempt), members: describeAnswered(members) };
  if (all.length > 0)
    return {
      outcome: 'failed',
      found: all.join('; '),
      evidence,
      ...(unserved.length === 0 && !admitted.some(isAnswered) && { unproved: true }),
      diagnosis: await explain(context, steps, admitted),
    };
  const found =
    `${attempts.length} attempts of strangers were refused: ${Object.keys(WAYS).join(', ')}; ` +
    'the mesh’s own clients were answered meanwhile';
  return { outcome: 'passed', found, evidence };
}

/**
 * Makes the check that a client needs a certificate of the mesh's root. For the time of the check HelloWorld
 * takes mTLS only, as it would else answer anybody in plain text, and a pod without a sidecar stands beside
 * each client: it comes in plain text, without a certificate, and with one of a root that no one trusts.
 */
const refusalOf = (steps: StepIndex): Check => ({
  id: 'foreign-clients-refused',
  sentence: SENTENCE,
  level: 'extended',
  run: context => withChanges(context, changes => judge(context, steps, changes)),
});

const SENTENCE =
  'Where mTLS is strict, HelloWorld refuses plain text, clients without a certificate and ' +
  'certificates of another root, and answers the mesh.';

/** The claim of "Configure Trust", seen from outside: who is not of the common root is no member. */
export const foreignClientsRefused: CheckFamily = {
  id: 'foreign-clients-refused',
  claim: SENTENCE,
  level: 'extended',
  guide: 'Configure Trust',
  appliesTo: 'a mesh with HelloWorld and a client in one cluster or on one network',
  evidence: 'what curl says of each attempt, and who answers the clients of the mesh meanwhile',
  changes: {
    what: 'makes HelloWorld’s mTLS strict, and starts a pod without a sidecar beside each client',
    putsBack: 'the PeerAuthentication, the pods and their secrets are deleted',
  },
  checksOf: (topology, steps) => (isApplicable(topology) ? [refusalOf(steps)] : []),
};

const isApplicable = ({ clusters }: Topology): boolean =>
  clusters.some(
    ({ client, network }) =>
      client && clusters.some(other => other.network === network && other.helloWorld.length > 0),
  );
