/** `mesh-harness diagnose [SCENARIO]`: walks the chain of a mesh that is there, and only reads. */
import { systemClock } from '../../base/clock.ts';
import { EXIT, HarnessError } from '../../base/errors.ts';
import { KubernetesClient } from '../../base/kubernetes-client.ts';
import { allPrintable } from '../../base/printable.ts';
import { withBearer } from '../../model/kubeconfig.ts';
import { type ClusterName, clusterName } from '../../model/names.ts';
import type { Topology } from '../../model/topology.ts';
import { planTopology } from '../../plan/plan.ts';
import type { Plan } from '../../plan/step.ts';
import { editionFor } from '../../platform/versions.ts';
import type { AskedCluster } from '../../verify/diagnose/links/probes.ts';
import { type Walked, walkChain } from '../../verify/diagnose/links/walk.ts';
import { type ChainSubject, formatChainJson, remedyOf } from '../chain-report.ts';
import type { Environment } from '../environment.ts';
import { harmlessJsonIn } from '../github.ts';
import { scenarioOf } from '../scenarios.ts';
import { surveyTarget } from '../survey-target.ts';
import { findTarget, type Target } from '../target.ts';
import { boxLines, chainSentence, linkLine } from '../terminal/chain-lines.ts';
import { createScreen, type Screen } from '../terminal/screen.ts';
import type { DiagnoseFlags } from './diagnose.flags.ts';

/** What the mesh is meant to be. */
interface Meant {
  readonly topology: Topology;
  readonly plan: Plan;
  readonly taken: readonly string[];
  /** Cluster of the topology → as the user calls it. */
  readonly names: ReadonlyMap<ClusterName, ClusterName>;
}

/** Walks the chain. @returns 0 if nothing is broken, 1 if something is, 3 if that cannot be told */
export async function diagnoseCommand(
  scenario: string | undefined,
  flags: DiagnoseFlags,
  environment: Environment,
): Promise<number> {
  const { env, stdout, signal } = environment;
  const asked = scenario === undefined ? undefined : (await scenarioOf(scenario, signal)).topology;
  const target = findTarget(flags, asked, environment);
  const meant = await meaningOf(asked ?? (await startedFor(target, signal)), flags, target, signal);
  const clusters = askedClusters(meant, target);
  try {
    const { topology, plan, taken } = meant;
    const walked = await walkChain({ topology, plan, clusters, clock: systemClock, signal });
    const contexts = new Map([...clusters].map(([name, { context }]) => [name, context]));
    const subject: ChainSubject = { scenario: topology.name, plan, contexts, taken };
    if (flags.output === 'json') stdout.write(harmlessJsonIn(env, formatChainJson(walked, subject)));
    else tell(walked, subject, createScreen(environment));
    return EXIT[walked.verdict];
  } finally {
    for (const { client } of clusters.values()) client.close();
  }
}

/** Loads the scenario of what is up by its name; of a file that is elsewhere the clusters tell. */
async function startedFor(
  { scenario: name, clusters }: Target,
  signal: AbortSignal,
): Promise<Topology | undefined> {
  if (name === undefined) return undefined;
  try {
    const { topology } = await scenarioOf(name, signal);
    const names = clusters.map(({ cluster }) => cluster);
    return topology.clusters.every(each => names.includes(each.name)) ? topology : undefined;
  } catch (error) {
    if (error instanceof HarnessError && error.code === 'ERR_UNKNOWN_SCENARIO') return undefined;
    throw error;
  }
}

/**
 * Finds out what the mesh is meant to be. Clusters are asked only for what nobody has said.
 * @throws HarnessError ERR_KUBERNETES_API if they do not tell; ERR_UNKNOWN_EDITION
 */
async function meaningOf(
  topology: Topology | undefined,
  flags: DiagnoseFlags,
  target: Target,
  signal: AbortSignal,
): Promise<Meant> {
  const edition = flags.edition ?? target.edition;
  const asIs = new Map(topology?.clusters.map(({ name }) => [name, name]));
  if (topology && edition !== undefined)
    return { topology, plan: planTopology(topology, edition), taken: [], names: asIs };
  const survey = await surveyTarget(target, signal);
  const meant = topology ?? asGuideNames(survey.topology);
  const { istioVersion = '', client } = survey;
  const plan = planTopology(meant, edition ?? (istioVersion === '' ? 'current' : editionFor(istioVersion)));
  return {
    topology: meant,
    plan: client === undefined ? plan : { ...plan, client },
    taken: topology ? [] : survey.sentences,
    names: topology
      ? asIs
      : new Map(survey.clusters.map(({ name, given }) => [lowerCased(name), clusterName(given)])),
  };
}

const lowerCased = (name: ClusterName): ClusterName => clusterName(name.toLowerCase());

/** Names clusters as they can be named: no Secret, and so no remote secret, has upper case in its name. */
const asGuideNames = (topology: Topology): Topology => ({
  ...topology,
  clusters: topology.clusters.map(({ name, role, ...spec }) => ({
    ...spec,
    name: lowerCased(name),
    role: role.kind === 'remote' ? { ...role, controlPlane: lowerCased(role.controlPlane) } : role,
  })),
});

function askedClusters({ topology, names }: Meant, target: Target): ReadonlyMap<ClusterName, AskedCluster> {
  return new Map(
    topology.clusters.flatMap(spec => {
      const found = target.clusters.find(({ cluster }) => cluster === (names.get(spec.name) ?? spec.name));
      if (!found) return [];
      const { context, kubeconfig } = found;
      const as = (token: string) => new KubernetesClient(withBearer(kubeconfig, token));
      return [[spec.name, { spec, context, client: new KubernetesClient(kubeconfig), as }] as const];
    }),
  );
}

function tell(walked: Walked, subject: ChainSubject, screen: Screen): void {
  const { links, first } = walked;
  const { resultColours: colours } = screen;
  screen.result(`${subject.scenario}, edition ${subject.plan.edition} of the guide`);
  for (const sentence of subject.taken) screen.result(`  ${sentence}`);
  const width = Math.max(...links.map(({ id }) => id.length));
  for (const link of allPrintable(links)) screen.result(linkLine(link, colours, width), 'painted');
  screen.result('');
  screen.result(chainSentence(walked));
  if (!first) return;
  const remedy = allPrintable(remedyOf(first.finding, subject));
  for (const line of boxLines(remedy, screen.resultStyle)) screen.result(line, 'whole');
}
