/** In which meshes a misconfiguration can be made, and what must come of it there. */
import { controlPlaneOf, isMultiNetwork, isRemote, type Topology } from '../model/topology.ts';
import type { Plan } from '../plan/step.ts';
import type { Edit, Expectation, Misconfiguration, When } from './schema.ts';

/** A misconfiguration in one mesh: what is done there, and what must come of it. */
export interface Trial {
  readonly id: string;
  readonly sentence: string;
  readonly repair: string;
  readonly isBlind: boolean;
  readonly isAlone: boolean;
  readonly edits: readonly Edit[];
  readonly expected: Expectation;
}

const holds = ({ edition, networks, remote }: When, topology: Topology, plan: Plan): boolean =>
  (edition === undefined || edition === plan.edition) &&
  (networks === undefined || (networks === 'several') === isMultiNetwork(topology)) &&
  (remote === undefined || remote === topology.clusters.some(isRemote));

/**
 * Finds what a misconfiguration is in a mesh. Texts may hold `{{client}}`; and for the first cluster
 * `{{network1}}` and `{{controlPlane1}}`, the cluster whose istiod serves it.
 * @returns undefined if it cannot be made there
 * @throws Error if it applies, and nothing is said of what must come of it
 */
export function trialOf(each: Misconfiguration, topology: Topology, plan: Plan): Trial | undefined {
  const { id, sentence, repair, blind = false, alone = false, applies = [{}], change, expect } = each;
  if (!applies.some(when => holds(when, topology, plan))) return undefined;
  const expected = expect.find(({ when = {} }) => holds(when, topology, plan));
  if (!expected) throw new Error(`${id} says nothing of ${topology.name}, edition ${plan.edition}.`);
  const edits = change.filter(({ when = {} }) => holds(when, topology, plan));
  return {
    id,
    sentence,
    repair,
    isBlind: blind,
    isAlone: alone,
    ...filledIn({ edits, expected }, topology, plan),
  };
}

/** Puts the mesh's own words into texts. */
function filledIn<T>(value: T, { clusters }: Topology, { client }: Plan): T {
  const words = new Map([
    ['client', client],
    ...clusters.flatMap((cluster, index) => [
      [`network${index + 1}`, cluster.network] as const,
      [`controlPlane${index + 1}`, controlPlaneOf(cluster)] as const,
    ]),
  ]);
  const fill = (text: string): string =>
    text.replace(/\{\{(\w+)\}\}/g, (whole, name: string) => words.get(name) ?? whole);
  const visit = (part: unknown): unknown => {
    if (typeof part === 'string') return fill(part);
    if (Array.isArray(part)) return part.map(visit);
    if (typeof part !== 'object' || part === null) return part;
    return Object.fromEntries(Object.entries(part).map(([key, each]) => [fill(key), visit(each)]));
  };
  return visit(value) as T; // the same shape, with other texts
}
