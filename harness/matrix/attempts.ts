/** Which misconfigurations are tried in which meshes, and what became of them. */
import type { Topology } from '../model/topology.ts';
import { EDITIONS, planTopology } from '../plan/plan.ts';
import type { Plan } from '../plan/step.ts';
import { type Trial, trialOf } from './applies.ts';
import type { Chapter } from './corpus.ts';
import type { Held } from './hold.ts';

/** A misconfiguration in a mesh. */
export interface PreparedAttempt {
  /** The scenario's name, or the path of its file. */
  readonly scenario: string;
  readonly edition: string;
  /** The misconfiguration's id. */
  readonly id: string;
  readonly topology: Topology;
  readonly plan: Plan;
  readonly trial: Trial;
  /** As of a mesh that misconfigurations are tried in. */
  readonly risk?: number;
}

/** An attempt with what became of it. */
export interface AttemptResult extends PreparedAttempt {
  readonly held: Held;
  /** Milliseconds of this machine's clock. */
  readonly wallMs: number;
}

/** What is to be tried. */
export interface Wanted {
  readonly chapters: readonly Chapter[];
  /** By the name or path that it was asked for by. */
  readonly scenarios: ReadonlyMap<string, Topology>;
  /** All editions by default. */
  readonly editions?: readonly string[];
  /** All misconfigurations by default. */
  readonly ids?: readonly string[];
}

/** Lists the attempts: by scenario, by edition, in the order of the chapters. */
export function attemptsOf({ chapters, scenarios, editions, ids }: Wanted): readonly PreparedAttempt[] {
  const names = editions ?? EDITIONS.map(({ name }) => name);
  return [...scenarios].flatMap(([scenario, topology]) =>
    names.flatMap(edition => {
      const plan = planTopology(topology, edition);
      return chapters.flatMap(({ cases }) =>
        cases.flatMap((each): readonly PreparedAttempt[] => {
          if (ids && !ids.includes(each.id)) return [];
          const trial = trialOf(each, topology, plan);
          return trial ? [{ scenario, edition, id: each.id, topology, plan, trial }] : [];
        }),
      );
    }),
  );
}
