/** From a topology to the guide's steps. Pure: no files, no clock. */
import { didYouMean } from '../base/did-you-mean.ts';
import { HarnessError } from '../base/errors.ts';
import type { Command } from '../model/command.ts';
import type { Topology } from '../model/topology.ts';
import type { Edition } from './edition.ts';
import { edition18 } from './editions/1.8/edition.ts';
import { editionCurrent } from './editions/current/edition.ts';
import { topologicalOrder } from './graph.ts';
import type { Plan, Step } from './step.ts';

/** The editions of the guide, oldest first. */
export const EDITIONS: readonly Edition[] = [edition18, editionCurrent];

/** Milliseconds that a step may take beyond its commands. */
const STEP_SLACK_MS = 30_000;

/** @throws HarnessError ERR_UNKNOWN_EDITION */
export function editionOf(name: string): Edition {
  const edition = EDITIONS.find(candidate => candidate.name === name);
  if (edition) return edition;
  const meant = didYouMean(
    name,
    EDITIONS.map(each => each.name),
  );
  throw new HarnessError('ERR_UNKNOWN_EDITION', `There is no edition "${name}" of the guide.`, {
    hint: `${meant === undefined ? '' : `${meant} `}Known editions: ${EDITIONS.map(({ name, istioVersion }) => `${name} (Istio ${istioVersion})`).join(', ')}`,
  });
}

/** Returns the milliseconds for a step of these commands. */
export const deadlineOf = (commands: readonly Command[]): number =>
  commands.reduce((sum, command) => sum + command.timeoutMs, STEP_SLACK_MS);

/**
 * Makes the plan of a topology.
 * @param topology - any number of clusters and networks; the rules of `scenario/cross-check.ts` hold
 * @param edition - `1.8` or `current`
 * @throws HarnessError ERR_UNKNOWN_EDITION
 */
export function planTopology(topology: Topology, edition: string): Plan {
  const { name, istioVersion, client, errata, steps: draft } = editionOf(edition);
  const steps: readonly Step[] = topologicalOrder(draft(topology)).map(step => ({
    ...step,
    dependsOn: [...new Set(step.dependsOn)],
    deadlineMs: deadlineOf(step.commands),
  }));
  const used = new Set(steps.flatMap(step => step.errata));
  const unknown = [...used].filter(id => !errata.some(erratum => erratum.id === id));
  if (unknown.length > 0) throw new Error(`Edition ${name} has no erratum ${unknown.join(', ')}.`);
  return {
    edition: name,
    istioVersion,
    scenario: topology.name,
    client,
    steps,
    errata: errata.filter(erratum => used.has(erratum.id)),
  };
}
