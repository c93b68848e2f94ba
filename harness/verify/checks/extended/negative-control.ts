/** Without remote secrets each control plane's clusters see only themselves. */
import type { ApiClient } from '../../../base/api-client.ts';
import type { KubernetesObject } from '../../../base/kubernetes-client.ts';
import type { ClusterName } from '../../../model/names.ts';
import { type ClusterSpec, controlPlaneOf, primariesOf, type Topology } from '../../../model/topology.ts';
import type { Check, CheckContext, CheckFamily, CheckOutcome, Diagnosis } from '../../check.ts';
import { clusterNameIn } from '../../diagnose/gather-facts.ts';
import { inOrder, type StepIndex } from '../../diagnose/steps.ts';
import { explainStrangeSlices } from '../../diagnose/strange-slices.ts';
import { tryGather } from '../../diagnose/try-gather.ts';
import {
  answersOf,
  BROKEN_BEFORE,
  brokenBefore,
  describeAnswered,
  withHelloWorld,
  wrongIn,
} from '../../partial-mesh.ts';
import { type Changes, withChanges } from '../../put-back.ts';
import { ISTIO_NAMESPACE } from '../../workloads.ts';
import { unproved } from '../unproved.ts';

/** The label by which istiod finds remote secrets. */
const LABEL = 'istio/multiCluster';

/** A secret that joins a cluster of another control plane. */
interface Joint {
  readonly into: ClusterName;
  readonly of: string;
  readonly name: string;
  readonly client: ApiClient;
}

const planesOf = ({ clusters }: Topology): ReadonlySet<ClusterName> => new Set(clusters.map(controlPlaneOf));

/**
 * Finds the secrets that join clusters of different control planes. Those for a primary's own remotes stay:
 * without them it could not even verify the proxies of the remotes.
 */
async function jointsOf({ topology, clusters, signal }: CheckContext): Promise<readonly Joint[]> {
  const found = await Promise.all(
    primariesOf(topology).map(async ({ name: into }) => {
      const client = clusters.get(into)?.client;
      if (!client) return [];
      const path = { apiVersion: 'v1', plural: 'secrets', namespace: ISTIO_NAMESPACE };
      const { items } = await client.list(path, { labelSelector: `${LABEL}=true` }, signal);
      return items.flatMap((secret: KubernetesObject) => {
        const of = clusterNameIn(secret);
        const spec = topology.clusters.find(({ name }) => name === of);
        const isOwn = spec !== undefined && controlPlaneOf(spec) === into;
        return isOwn ? [] : [{ into, of, name: secret.metadata.name ?? '', client }];
      });
    }),
  );
  return found.flat();
}

/**
 * Takes a secret away from istiod, by its label: the secret itself, with its token, stays where it is
 * whatever happens.
 */
async function takeAway({ into, name, client }: Joint, changes: Changes, signal: AbortSignal): Promise<void> {
  const path = { apiVersion: 'v1', plural: 'secrets', namespace: ISTIO_NAMESPACE, name };
  const label = (value: 'true' | null) => ({ metadata: { labels: { [LABEL]: value } } });
  changes.undoWith(
    `kubectl --context ${into} label secret ${name} -n ${ISTIO_NAMESPACE} ${LABEL}=true`,
    undoSignal => client.patch(path, 'merge', label('true'), {}, undoSignal),
  );
  await client.patch(path, 'merge', label(null), {}, signal);
}

/** The HelloWorld that the clients of a cluster may be answered by alone: that of its control plane. */
const alone = (topology: Topology, source: ClusterSpec): Topology =>
  withHelloWorld(topology, cluster => controlPlaneOf(cluster) === controlPlaneOf(source));

async function control(context: CheckContext, steps: StepIndex, changes: Changes): Promise<CheckOutcome> {
  const { topology, signal, onProgress } = context;
  const sources = sourcesOf(topology);
  const joints = await jointsOf(context);
  const unjoined = [...planesOf(topology)].filter(plane => !joints.some(({ into }) => into === plane));
  if (unjoined.length > 0)
    return unproved(
      `${unjoined.join(' and ')} ${unjoined.length === 1 ? 'has' : 'have'} no remote secret ` +
        'of another control plane to take away',
      explainUnjoined(topology, unjoined, steps),
    );
  const broken = await brokenBefore(context);
  if (broken.length > 0) return unproved(broken.join('; '), BROKEN_BEFORE);
  for (const joint of joints) await takeAway(joint, changes, signal);
  onProgress(`${joints.length} remote secrets are taken away`);
  const apart = await Promise.all(sources.map(source => answersOf(context, alone(topology, source), source)));
  await changes.putBack();
  onProgress('they are put back');
  const joined = await Promise.all(sources.map(source => answersOf(context, topology, source)));
  const evidence = {
    secrets: joints.map(({ into, of }) => `${of} in ${into}`),
    without: describeAnswered(apart),
    putBack: describeAnswered(joined),
  };
  const wrong = [
    ...wrongIn(apart, 'without remote secrets'),
    ...wrongIn(joined, 'with the remote secrets put back'),
  ];
  return wrong.length === 0
    ? {
        outcome: 'passed',
        found: apart.map(({ from, found }) => `without remote secrets ${from} got ${found}`).join('; '),
        evidence,
      }
    : {
        outcome: 'failed',
        found: wrong.join('; '),
        evidence,
        diagnosis: await explainOtherJoint(context, joints, steps),
      };
}

/** Says that control planes were joined with no other. */
function explainUnjoined(
  { clusters }: Topology,
  planes: readonly ClusterName[],
  steps: StepIndex,
): Diagnosis {
  return {
    cause: 'remote-secret-missing',
    sentence:
      `Nothing gives the istiod of ${planes.join(' and ')} access to the clusters of another ` +
      'control plane.',
    steps: inOrder(planes.flatMap(into => clusters.flatMap(({ name: of }) => steps.remoteSecret(of, into)))),
  };
}

/** Says why a cluster sees others without remote secrets, or does not see them with these put back. */
async function explainOtherJoint(
  context: CheckContext,
  joints: readonly Joint[],
  steps: StepIndex,
): Promise<Diagnosis> {
  const byHand = await tryGather(() => explainStrangeSlices(context, steps), context.signal);
  if (byHand && 'sentence' in byHand) return byHand;
  return {
    cause: 'joined-otherwise',
    sentence:
      'The clusters are not joined by their remote secrets alone, or istiod does not follow these as they ' +
      'go and come.',
    steps: inOrder(
      joints.flatMap(({ into, of }) => steps.remoteSecret(of, into)),
      steps.about('install'),
    ),
  };
}

/**
 * Clients that have HelloWorld under their own control plane: the others would have nobody to be answered by.
 */
const sourcesOf = (topology: Topology): readonly ClusterSpec[] =>
  topology.clusters.filter(
    source =>
      source.client && alone(topology, source).clusters.some(({ helloWorld }) => helloWorld.length > 0),
  );

/**
 * Makes the check that it is the remote secrets which join the clusters: without them each sees only itself,
 * and with them all again. A mesh that answers without them proves nothing by its answers.
 */
const controlOf = (steps: StepIndex): Check => ({
  id: 'negative-control',
  sentence: 'Without remote secrets each control plane’s clusters see only themselves; put back, all again.',
  level: 'extended',
  run: context => withChanges(context, changes => control(context, steps, changes)),
});

/** The claim of "Enable Endpoint Discovery": before it, clusters know nothing of each other. */
export const negativeControl: CheckFamily = {
  id: 'negative-control',
  claim: 'Without remote secrets each control plane’s clusters see only themselves; put back, all again.',
  level: 'extended',
  guide: 'Enable Endpoint Discovery',
  appliesTo: 'a mesh of several primaries',
  evidence: 'who answers each client without the secrets, and with them put back',
  changes: {
    what: 'takes a label off the remote secrets',
    putsBack: 'the label is put back, and the mesh converges',
  },
  checksOf: (topology, steps) =>
    planesOf(topology).size > 1 && sourcesOf(topology).length > 0 ? [controlOf(steps)] : [],
};
