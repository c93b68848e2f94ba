/** Sentences about a scenario that several formats share. */

import type { Topology } from '../model/topology.ts';
import { MOST_TOLD, onceIn, rangeOf } from '../verify/figures.ts';
import { symptomWords } from '../verify/missing.ts';
import type { Share, Traffic } from '../verify/traffic.ts';
import { differenceSentence, foundWords } from './found.ts';
import type { CheckReport, ConformanceReport, ScenarioReport, StepReport } from './report.ts';

/** Writes a duration: `0.8 s`, `2 min 5 s`. */
export function duration(ms: number): string {
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

export const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

/** Says in a sentence what the run is evidence of. */
export function evidenceSentence(scenario: ScenarioReport): string {
  const { evidence, platform, conclusion, istioVersion, found } = scenario;
  if (evidence === 'none') {
    return `No evidence of anything: no cluster was up on the platform "${platform.name}".`;
  }
  if (evidence === 'simulated') {
    return `Simulated on the platform "${platform.name}": evidence about the plan and the model of Istio ${istioVersion}, not about Istio itself.`;
  }
  if (evidence === 'real-control-plane') {
    const halves = controlPlaneSentence(platform.controlPlane?.version ?? 'unknown', istioVersion);
    return `${halves} Evidence about what istiod computes and serves, not about Envoy.`;
  }
  const claim = conclusion === undefined ? 'The run came to no verdict.' : `The mesh is ${conclusion}.`;
  const words = found ? foundWords(found) : '';
  const what = words === '' ? '' : `: ${words}`;
  const where = `Real clusters and proxies on the platform "${platform.name}"${what}.`;
  return [where, differenceSentence(scenario), claim].filter(part => part !== undefined).join(' ');
}

/**
 * Says which halves of a mesh are real: `Control plane: real (1.30.3), data plane: simulated.`
 * @param version - as the program tells it
 * @param expected - the release of the edition, which is named too if the program's is another
 */
export function controlPlaneSentence(version: string, expected: string): string {
  const told = version === 'unknown' ? 'of unknown version' : version;
  const both = version === expected ? told : `${told}, where the edition has ${expected}`;
  return `Control plane: real (${both}), data plane: simulated.`;
}

/** Names a step as progress does: `cluster2: install Istio`. */
export const stepName = ({ cluster, title }: Pick<StepReport, 'cluster' | 'title'>): string =>
  cluster === undefined || title.includes(cluster) ? title : `${cluster}: ${title}`;

/** Returns what a step's problem says below the step's name, with which its message begins. */
export function messageBelow(name: string, message: string): string {
  const prefix = `${name}: `;
  return message.startsWith(prefix) ? message.slice(prefix.length) : message;
}

/** Lists the traffic of every check that sent calls. */
export const trafficOf = ({ checks }: Pick<ScenarioReport, 'checks'>): readonly Traffic[] =>
  checks.flatMap(({ traffic }) => (traffic ? [traffic] : []));

/**
 * Says which clusters of a sample are judged together, and why: `cluster1 (70) and cluster3 (130) are judged
 * together: …`; mostly nothing.
 */
export function togetherSentences({
  shares,
}: Pick<NonNullable<Traffic['sample']>, 'shares'>): readonly string[] {
  return shares.flatMap(({ together }) =>
    together
      ? [
          `${together.counts.map(({ cluster, count }) => `${cluster} (${count})`).join(' and ')} are judged together: ${together.because}.`,
        ]
      : [],
  );
}

/** Says what the fixed sample can detect, with its error rates. */
export function riskSentence({ risks, requests, remote, evenness }: NonNullable<Traffic['sample']>): string {
  const often = (risk: number) => (risk > 0 ? `${onceIn(risk)} samples` : 'never');
  if (evenness)
    return (
      `With ${requests} calls a healthy mesh is refused ${often(risks.healthyRefused)}, a cluster or ` +
      'network that does not answer never passes, and an error rate of 5 % shows no error ' +
      `${often(risks.errorRateMissed)}; how evenly they answer is judged over all clients together; ` +
      `remote share ${percent(remote.share)}.`
    );
  return `With ${requests} calls a healthy mesh is refused ${often(risks.healthyRefused)}, a starved share passes ${often(risks.faultyAccepted)}, and an error rate of 5 % shows no error ${often(risks.errorRateMissed)}; remote share ${percent(remote.share)}.`;
}

/** Writes the count of a share: `148`, or `(70+130)` of clusters that are judged together. */
const shareFigure = ({ count, together }: Share): string =>
  together ? `(${together.counts.map(each => each.count).join('+')})` : String(count);

/**
 * Writes the figures of a scenario: `cluster1 148+152/300  cluster2 151+149/300`, counts in the order of the
 * clusters that answer, and what calls show that is not in order: `cluster1 10/10 (only local answers, …)`.
 * Of more than eight clients those that are in order are told together: `48 clients 17 to 20 of 912 by each
 * of 50`.
 */
export function figures(scenario: ScenarioReport): string {
  const all = trafficOf(scenario);
  if (all.length <= MOST_TOLD) return all.map(traffic => figuresFrom(scenario, traffic)).join('  ');
  const inOrder = all.filter(({ symptom, sample }) => symptom === 'BOTH' && sample?.errors.length === 0);
  const others = all.filter(traffic => !inOrder.includes(traffic));
  const more = others.length - MOST_TOLD;
  return [
    ...(inOrder.length > 0 ? [`${clients(inOrder.length)} ${sumOf(inOrder)}`] : []),
    ...others.slice(0, MOST_TOLD).map(traffic => figuresFrom(scenario, traffic)),
    ...(more > 0 ? [`and ${more} more that are not in order`] : []),
  ].join('  ');
}

function figuresFrom(scenario: ScenarioReport, traffic: Traffic): string {
  const { from, sample, symptom, convergence } = traffic;
  const words = symptom === 'BOTH' ? '' : ` (${symptomWords(scenario.topology, traffic)})`;
  if (sample) return `${from} ${sharesText(sample)}${words}`;
  const { lastBatch } = convergence;
  const answered = lastBatch ? lastBatch.instances.reduce((sum, { count }) => sum + count, 0) : 0;
  return `${from} ${answered}/${lastBatch?.requests ?? 0}${words}`;
}

const sharesText = ({ shares, requests }: NonNullable<Traffic['sample']>): string =>
  shares.length > MOST_TOLD
    ? `${rangeOf(shares.map(({ count }) => count))} of ${requests} by each of ${shares.length}`
    : `${shares.map(shareFigure).join('+')}/${requests}`;

const clients = (count: number): string => (count === 1 ? '1 client' : `${count} clients`);

/** Writes the figures of several clients as those of each. */
function sumOf(all: readonly Traffic[]): string {
  const samples = all.flatMap(({ sample }) => (sample ? [sample] : []));
  const shares = samples.flatMap(sample => sample.shares.map(({ count }) => count));
  const sizes = samples.map(sample => sample.shares.length);
  const calls = samples.map(({ requests }) => requests);
  return `${rangeOf(shares)} of ${rangeOf(calls)} by each of ${rangeOf(sizes)}`;
}

/** Returns traffic with its symptom in words, for people who read it as data. */
export function inWords(topology: Topology, traffic: Traffic): Record<string, unknown> {
  const { symptom: _, ...rest } = traffic;
  return { ...rest, symptom: symptomWords(topology, traffic) };
}

/** What every format says of a scenario that was not begun. */
export const neverBegun = ({ interrupted }: Pick<ConformanceReport, 'interrupted'>): string =>
  interrupted
    ? 'never begun: the run was interrupted before'
    : 'never begun: the part of the run that has it is missing';

/** Lists the checks that did not pass. */
export const openChecks = ({ checks }: ScenarioReport): readonly CheckReport[] =>
  checks.filter(({ outcome }) => outcome !== 'passed');
/** Lists the steps that ended otherwise than done. */
export const openSteps = ({ steps }: ScenarioReport): readonly StepReport[] =>
  steps.filter(({ outcome }) => outcome !== 'done');
