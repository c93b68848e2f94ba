/** Each version of HelloWorld lives where the topology says, and nowhere else. */
import type { Command } from '../../model/command.ts';
import type { ClusterName } from '../../model/names.ts';
import { placementFaults } from '../../model/placement.ts';
import type { Topology } from '../../model/topology.ts';
import type { Check, CheckContext, CheckFamily, Diagnosis } from '../check.ts';
import { gatherFacts } from '../diagnose/gather-facts.ts';
import { mending } from '../diagnose/mending.ts';
import { explainTwin } from '../diagnose/one-cluster-twice.ts';
import { inOrder, type StepIndex } from '../diagnose/steps.ts';
import { tryGather } from '../diagnose/try-gather.ts';
import { MOST_TOLD } from '../figures.ts';
import { listPods, type PodFact } from '../pods.ts';
import { NAMESPACE, SERVICE } from '../workloads.ts';

const UNPROVABLE = {
  cause: 'placement-proves-nothing',
  sentence:
    'With this placement an answer does not tell whether a call crossed between clusters: give each cluster a version of its own in the scenario.',
} as const;
/** A version in a cluster that it does not belong to. */
interface Stray {
  readonly cluster: ClusterName;
  readonly version: string;
}

const strayed = (strays: readonly Stray[]) => {
  const runs = strays.map(({ cluster, version }) => `${version} runs in ${cluster}`).join(' and ');
  return {
    cause: 'versions-misplaced',
    sentence:
      `HelloWorld ${runs} too, where an answer of it does not show that a call crossed. A step was typed ` +
      'with a selector that picks every version (-l app=helloworld), or somebody deployed it by hand.',
  } as const;
};
/** The Deployment has the name of the guide's sample. */
const removal = ({ cluster, version }: Stray): Command =>
  mending(cluster, '-n', NAMESPACE, 'delete', 'deployment', `${SERVICE}-${version}`);
const missingFrom = (clusters: readonly ClusterName[]) =>
  ({
    cause: 'workload-missing',
    sentence: `A version has no pod in ${clusters.join(' and ')}: it was not deployed, or no pod can be created there, of which the check of the workloads tells more.`,
  }) as const;

/** Lists the versions whose pods are in a cluster, sorted. */
const versionsIn = (pods: readonly PodFact[]) =>
  [
    ...new Set(
      pods.filter(({ app }) => app === SERVICE).map(({ version }) => version ?? 'without a version'),
    ),
  ].sort();

/** Looks whether a version is in two clusters because these are one. */
async function twinIn(context: CheckContext, steps: StepIndex): Promise<Diagnosis | undefined> {
  const facts = await tryGather(() => gatherFacts(context), context.signal);
  return 'reason' in facts ? undefined : explainTwin(facts, steps);
}

/** Writes `v1 in cluster1; v2 in cluster2`; of many clusters `v1 in 25 clusters; v2 in 25 clusters`. */
function describePlaces(places: readonly { readonly what: string; readonly where: string }[]): string {
  if (places.length <= MOST_TOLD) return places.map(({ what, where }) => `${what} in ${where}`).join('; ');
  const counts = new Map<string, number>();
  for (const { what } of places) counts.set(what, (counts.get(what) ?? 0) + 1);
  return [...counts].map(([what, count]) => `${what} in ${count} clusters`).join('; ');
}

/**
 * Makes the check that each cluster has its own version. The guide, "Verify the Installation": v1 is deployed
 * to cluster1 and v2 to cluster2. If a cluster has both, answers of v1 and v2 do not prove that a call
 * crossed between clusters.
 */
function placementOf(topology: Topology, steps: StepIndex): Check {
  return {
    id: 'versions-in-their-own-clusters',
    sentence: 'Each version of HelloWorld runs in the cluster that it belongs to, and in no other.',
    level: 'core',
    run: async context => {
      const { clusters, signal } = context;
      const seen = await Promise.all(
        topology.clusters.map(async spec => {
          const client = clusters.get(spec.name)?.client;
          return { spec, versions: client ? versionsIn(await listPods(client, NAMESPACE, signal)) : [] };
        }),
      );
      const wrong = placementFaults(topology.clusters).map(({ what }) => `the topology ${what}`);
      const suspects: ClusterName[] = [];
      const strays: Stray[] = [];
      for (const { spec, versions } of seen) {
        const expected = [...spec.helloWorld].sort();
        if (expected.join() === versions.join()) continue;
        suspects.push(spec.name);
        const more = versions.filter(version => !expected.includes(version));
        strays.push(...more.map(version => ({ cluster: spec.name, version })));
        wrong.push(
          `${spec.name} runs ${versions.join(' and ') || 'no version'} instead of ${expected.join(' and ') || 'none'}`,
        );
      }
      const evidence = seen.map(({ spec, versions }) => ({ cluster: spec.name, versions }));
      if (wrong.length === 0) {
        const places = seen
          .filter(({ versions }) => versions.length > 0)
          .map(({ spec, versions }) => ({ what: versions.join(', '), where: spec.name }));
        return { outcome: 'passed', found: describePlaces(places), evidence };
      }
      const stepsToSee = suspects.flatMap(name => [
        ...steps.about('workload', name),
        ...steps.about('service', name),
      ]);
      return {
        outcome: 'failed',
        found: wrong.join('; '),
        evidence,
        diagnosis: (await twinIn(context, steps)) ?? {
          ...(suspects.length === 0
            ? UNPROVABLE
            : strays.length > 0
              ? strayed(strays)
              : missingFrom(suspects)),
          steps: inOrder(stepsToSee),
          ...(strays.length > 0 && { undo: strays.map(removal) }),
        },
      };
    },
  };
}

/** The claim that v1 is deployed to one cluster and v2 to the other. */
export const versionsInTheirOwnClusters: CheckFamily = {
  id: 'versions-in-their-own-clusters',
  claim: 'Each version of HelloWorld runs in the cluster that it belongs to, and in no other.',
  level: 'core',
  guide: 'Verify the Installation',
  appliesTo: 'every mesh',
  evidence: 'the versions whose pods each cluster has',
  checksOf: (topology, steps) => [placementOf(topology, steps)],
};
