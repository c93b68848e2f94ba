/** What a run is to do: scenarios, or what the pages of a guide say. */
import { setImmediate } from 'node:timers/promises';
import { existsSync } from '../base/disk/disk.ts';
import { HarnessError } from '../base/errors.ts';
import type { Plan } from '../plan/step.ts';
import type { Scenario } from '../scenario/read-scenario.ts';
import type { RunFlags } from './commands/run.flags.ts';
import { namesOf, scenariosOf } from './scenarios.ts';

/** A mesh to run, with the plan of a guide if it is not ours. */
export interface RunWork extends Scenario {
  readonly plan?: Plan;
  /** What should be known of the plan, a sentence each. */
  readonly notes?: readonly string[];
}

interface RunPlace {
  readonly edition: string;
  readonly platform: string;
  readonly signal: AbortSignal;
}

/**
 * Reads what the command line names.
 * @throws HarnessError ERR_USAGE for both or neither, and for a guide that leaves nothing to verify; those of
 *   `scenariosOf` and `guideOf`; the signal's reason
 */
export async function worksOf(
  names: readonly string[],
  flags: RunFlags,
  { edition, platform, signal }: RunPlace,
): Promise<readonly RunWork[]> {
  const { guide } = flags;
  if (!guide) {
    if (names.length > 0) return await scenariosOf(names, signal);
    throw new HarnessError('ERR_USAGE', 'No scenario was named.', {
      hint: 'Name one (mesh-harness list tells them), "all", or the pages of a guide: --guide install.md',
    });
  }
  if (names.length > 0)
    throw new HarnessError('ERR_USAGE', 'A run is of scenarios or of a guide, not of both.');
  await refuseScenarios(guide);
  // A run of scenarios does without the reader of guides.
  const { guideOf } = await import('./guide-files.ts');
  const { topology, plan, notes, hasWorkloads } = guideOf(guide, flags, edition);
  // Nothing was heard while the pages were read: of two turns of the loop one looks for signals.
  for (let turn = 0; turn < 2; turn++) await setImmediate();
  signal.throwIfAborted();
  if (!hasWorkloads) throw new HarnessError('ERR_INVALID_GUIDE', notes.join(' '));
  const helm = plan.steps.find(({ commands }) => commands.some(({ tool }) => tool === 'helm'));
  if (helm && platform === 'simulator')
    throw new HarnessError('ERR_INVALID_GUIDE', `${helm.id}: not simulated by mesh-harness: helm`, {
      hint: 'Choose tabs without Helm, or run on kind or on clusters of yours (--platform existing).',
    });
  return [{ topology, verify: {}, plan, notes: [...changesOf(plan), ...notes] }];
}

/** @throws HarnessError ERR_USAGE if a word behind --guide is no file, but the name of a scenario */
async function refuseScenarios(guide: readonly string[]): Promise<void> {
  const known = new Set(await namesOf(['all']));
  const scenario = guide.find(file => known.has(file) && !existsSync(file));
  if (scenario !== undefined)
    throw new HarnessError('ERR_USAGE', `There is no page ${scenario}; it is the name of a scenario.`, {
      hint: 'A run is of scenarios or of a guide, not of both; --guide takes all words up to the next flag.',
    });
}

/** Says what the plan has that the pages have not, so that nobody takes it for theirs. */
function changesOf({ errata }: Plan): readonly string[] {
  const made = errata.filter(({ isLeft }) => !isLeft).map(({ id }) => id);
  const [added, moved] = ['elsewhere/', 'order/'].map(start =>
    made.filter(id => id.startsWith(start)).map(id => id.slice(start.length)),
  );
  const mended = made.length - (added?.length ?? 0) - (moved?.length ?? 0);
  const parts = [
    ...(added?.length ? [`added: ${added.join(', ')}`] : []),
    ...(moved?.length ? [`done earlier: ${moved.join(', ')}`] : []),
    ...(mended > 0 ? [`mended: ${mended} mistake${mended === 1 ? '' : 's'} (guide lint tells them)`] : []),
  ];
  return parts.length > 0 ? [`Other than the pages say: ${parts.join('; ')}. --as-printed leaves them.`] : [];
}
