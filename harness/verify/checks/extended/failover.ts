/** While one version of HelloWorld is away the others answer everywhere. */
import type { ApiClient } from '../../../base/api-client.ts';
import type { ClusterName } from '../../../model/names.ts';
import type { Topology } from '../../../model/topology.ts';
import type { Check, CheckContext, CheckFamily, CheckOutcome, Diagnosis } from '../../check.ts';
import { explainIstiodAway } from '../../diagnose/istiod-away.ts';
import { at } from '../../diagnose/object-fields.ts';
import { inOrder, type StepIndex } from '../../diagnose/steps.ts';
import { tryGather } from '../../diagnose/try-gather.ts';
import {
  answersOfAll,
  BROKEN_BEFORE,
  brokenBefore,
  describeAnswered,
  withHelloWorld,
  wrongIn,
} from '../../partial-mesh.ts';
import { type Changes, withChanges } from '../../put-back.ts';
import { NAMESPACE, SERVICE, versionsOf } from '../../workloads.ts';
import { unproved } from '../unproved.ts';

/** A Deployment that has pods of the version. */
interface Running {
  readonly cluster: ClusterName;
  readonly name: string;
  readonly replicas: number;
  readonly client: ApiClient;
}

async function deploymentsOf(
  { topology, clusters, signal }: CheckContext,
  version: string,
): Promise<readonly Running[]> {
  const homes = topology.clusters.filter(({ helloWorld }) => helloWorld.includes(version));
  const found = await Promise.all(
    homes.map(async ({ name: cluster }) => {
      const client = clusters.get(cluster)?.client;
      if (!client) return [];
      const path = { apiVersion: 'apps/v1', plural: 'deployments', namespace: NAMESPACE };
      const labelSelector = `app=${SERVICE},version=${version}`;
      const { items } = await client.list(path, { labelSelector }, signal);
      return items.map(deployment => ({
        cluster,
        name: deployment.metadata.name ?? '',
        replicas: Number(at(deployment, 'spec', 'replicas') ?? 1),
        client,
      }));
    }),
  );
  return found.flat().filter(({ replicas }) => replicas > 0);
}

async function scaleAway(
  { cluster, name, replicas, client }: Running,
  changes: Changes,
  signal: AbortSignal,
): Promise<void> {
  const path = { apiVersion: 'apps/v1', plural: 'deployments', namespace: NAMESPACE, name };
  changes.undoWith(
    `kubectl --context ${cluster} scale deployment ${name} -n ${NAMESPACE} --replicas=${replicas}`,
    undoSignal => client.patch(path, 'merge', { spec: { replicas } }, {}, undoSignal),
  );
  await client.patch(path, 'merge', { spec: { replicas: 0 } }, {}, signal);
}

async function failOver(
  context: CheckContext,
  version: string,
  steps: StepIndex,
  changes: Changes,
): Promise<CheckOutcome> {
  const { topology, signal, onProgress } = context;
  const running = await deploymentsOf(context, version);
  if (running.length === 0) {
    const sentence = `HelloWorld ${version} was not deployed, or is scaled to nothing already.`;
    const homes = topology.clusters.filter(({ helloWorld }) => helloWorld.includes(version));
    return unproved(`there is no Deployment of ${SERVICE} ${version} to scale`, {
      cause: 'workload-missing',
      sentence,
      steps: inOrder(homes.flatMap(({ name }) => steps.about('workload', name))),
    });
  }
  const broken = await brokenBefore(context);
  if (broken.length > 0) return unproved(broken.join('; '), BROKEN_BEFORE);
  for (const deployment of running) await scaleAway(deployment, changes, signal);
  onProgress(`${version} is scaled to nothing`);
  const without = await answersOfAll(
    context,
    withHelloWorld(topology, (_cluster, other) => other !== version),
  );
  await changes.putBack();
  onProgress(`${version} is put back`);
  const back = await answersOfAll(context, topology);
  const evidence = {
    scaled: running.map(({ cluster, name, replicas }) => `${name} in ${cluster} from ${replicas} to 0`),
    without: describeAnswered(without),
    putBack: describeAnswered(back),
  };
  const wrong = [...wrongIn(without, `without ${version}`), ...wrongIn(back, `with ${version} put back`)];
  return wrong.length === 0
    ? {
        outcome: 'passed',
        found: without.map(({ from, found }) => `without ${version} ${from} got ${found}`).join('; '),
        evidence,
      }
    : {
        outcome: 'failed',
        found: wrong.join('; '),
        evidence,
        diagnosis: await explainDeafness(context, version, steps),
      };
}

/** Says why clients did not follow a version that went and came. */
async function explainDeafness(context: CheckContext, version: string, steps: StepIndex): Promise<Diagnosis> {
  const { clusters } = context.topology;
  for (const spec of clusters.filter(({ client }) => client)) {
    const away = await tryGather(() => explainIstiodAway(context, spec, steps), context.signal);
    if (away && 'sentence' in away) return away;
  }
  return {
    cause: 'failover-fails',
    sentence:
      `Clients did not follow ${version} as it went and came: a proxy of theirs was not told of its ` +
      'endpoints in time, or calls nobody but them.',
    steps: inOrder(
      clusters.flatMap(({ name: of }) => clusters.flatMap(({ name: into }) => steps.remoteSecret(of, into))),
      steps.about('workload'),
    ),
  };
}

const sentenceOf = (version: string): string =>
  `While ${version} is scaled to nothing the other versions answer every client without an ` +
  'error; put back, it answers again.';

const checkOf = (version: string, steps: StepIndex): Check => ({
  id: `failover-${version}`,
  sentence: sentenceOf(version),
  level: 'extended',
  run: context => withChanges(context, changes => failOver(context, version, steps, changes)),
});

/** The promise of one mesh: a service lives as long as any cluster has it. */
export const failover: CheckFamily = {
  id: 'failover-VERSION',
  claim:
    'While the version is scaled to nothing the others answer every client without an error; ' +
    'put back, it answers again.',
  level: 'extended',
  guide: 'Verifying Cross-Cluster Traffic',
  appliesTo: 'each version of HelloWorld, if there are others',
  evidence: 'who answers each client without the version, and with it put back',
  changes: {
    what: 'scales Deployments of HelloWorld to nothing',
    putsBack: 'they are scaled back, and the mesh converges',
  },
  checksOf: (topology, steps) => versionsThatCanGo(topology).map(version => checkOf(version, steps)),
};

/** Versions that leave others behind. */
const versionsThatCanGo = (topology: Topology): readonly string[] => {
  const versions = versionsOf(topology);
  return versions.length > 1 && topology.clusters.some(({ client }) => client) ? versions : [];
};
