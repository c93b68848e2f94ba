/** Runs misconfigurations on the simulator, and holds what is seen against what must come of them. */
import type { Topology } from '../model/topology.ts';
import type { Plan } from '../plan/step.ts';
import type { ConformanceReport } from '../report/report.ts';
import type { SessionOptions } from '../session/options.ts';
import { run } from '../session/run.ts';
import { checksFor } from '../verify/catalog.ts';
import { expectedShares } from '../verify/groups.ts';
import { smallestSample } from '../verify/sample-size.ts';
import type { Trial } from './applies.ts';
import { changePlan, omittedBy } from './change-plan.ts';
import { type Held, hold } from './hold.ts';
import { type Found, lookAt } from './look.ts';
import { misledPlatform } from './misled-platform.ts';
import { type Again, isOfVerification, runInOneWorld } from './one-world.ts';
import { impatient } from './patience.ts';
import type { Edit } from './schema.ts';

/** A seed gives the same run: this says how few calls are sent, not how often a row is wrong. */
const USUAL_RISK = 1e-4;
const SEED = '1';

/** A mesh that misconfigurations are tried in. */
export interface Mesh {
  readonly topology: Topology;
  readonly plan: Plan;
  /** Of a wrong verdict, each way, which says how many calls are sent; 1e-4 by default. */
  readonly risk?: number;
}

/** The options of a trial's run: it goes on after failures, as someone who pastes on would. */
function optionsOf(
  { topology, plan, risk = USUAL_RISK }: Mesh,
  edits: readonly Edit[],
  showsLate = false,
): Again {
  const requests = smallestSample(expectedShares(topology), risk);
  const changed = changePlan(plan, edits);
  const checks = checksFor(topology, changed, { extended: false });
  return {
    topology,
    plan: changed,
    checks: showsLate ? checks : impatient(checks),
    omit: omittedBy(edits),
    seed: SEED,
    keepGoing: true,
    risk,
    ...(requests !== undefined && { requests }),
  };
}

/**
 * Tells whether all that is done wrong lies in the namespace of the sample: then many can be tried in one
 * world, one after the other.
 */
export const isOfTheSample = ({ edits, isAlone }: Pick<Trial, 'edits' | 'isAlone'>): boolean =>
  !isAlone &&
  edits.every(edit => {
    if ('world' in edit || 'firewall' in edit || 'contexts' in edit || 'between' in edit) return false;
    const lines = 'inTheEnd' in edit ? edit.inTheEnd : 'run' in edit ? edit.run : [];
    return lines.every(line => line.includes(' -n sample')) && stepsOf(edit).every(isOfVerification);
  });

/** The steps that an edit speaks of. */
function stepsOf(edit: Edit): readonly string[] {
  const names: Readonly<Record<string, unknown>> = edit;
  const keys = [
    'omit',
    'rewrite',
    'dropArguments',
    'addArguments',
    'of',
    'instead',
    'before',
    'after',
    'late',
    'early',
  ];
  return keys.flatMap(key => (typeof names[key] === 'string' ? [names[key]] : []));
}

/** A trial with the options of its run, and a place for what is found in its clusters. */
function watched(mesh: Mesh, trial: Trial, signal: AbortSignal | undefined) {
  let found: Found | undefined;
  const options = {
    ...optionsOf(mesh, trial.edits, trial.expected.showsLate),
    ...(signal && { signal }),
    beforeCleanUp: async (started: Parameters<NonNullable<SessionOptions['beforeCleanUp']>>[0]) => {
      found = await lookAt(started, trial.expected);
    },
  };
  return { options, held: (report: ConformanceReport) => hold(sceneOf(report), trial.expected, found) };
}

/**
 * Tries one misconfiguration in a world of its own.
 * @throws Error if the world was not cleaned up; the signal's reason
 */
export async function tryTrial(mesh: Mesh, trial: Trial, signal?: AbortSignal): Promise<Held> {
  const { options, held } = watched(mesh, trial, signal);
  const report = await run({ ...options, platform: misledPlatform(trial.edits, SEED) });
  signal?.throwIfAborted();
  return held(report);
}

/**
 * Tries misconfigurations of the sample one after the other, in one world that was installed once.
 * @throws Error if the mesh is not sound to begin with, or was not cleaned up; the signal's reason
 */
export async function tryInOneWorld(
  mesh: Mesh,
  trials: readonly Trial[],
  signal?: AbortSignal,
): Promise<readonly Held[]> {
  const all = trials.map(trial => watched(mesh, trial, signal));
  const [sound, ...reports] = await runInOneWorld(
    { ...optionsOf(mesh, []), ...(signal && { signal }) },
    all.map(({ options }) => options),
  );
  signal?.throwIfAborted();
  if (sound.verdict !== 'passed') throw new Error(`The mesh is not sound: ${sceneOf(sound).reason?.message}`);
  return all.flatMap(({ held }, index) => {
    const report = reports[index];
    return report ? [held(report)] : [];
  });
}

function sceneOf({ scenarios: [seen] }: ConformanceReport) {
  if (!seen) throw new Error('The report has no scenario.');
  if (seen.cleanUpFailures.length > 0) throw new Error(seen.cleanUpFailures.join('\n'));
  return seen;
}
