/** What a run is to do: scenarios, or what the pages of a guide say. */
import { HarnessError } from '../base/errors.ts';
import type { Plan } from '../plan/step.ts';
import type { Scenario } from '../scenario/read-scenario.ts';
import type { RunFlags } from './commands/run.flags.ts';
import { scenariosOf } from './scenarios.ts';

/** A mesh to run, with the plan of a guide if it is not ours. */
interface RunWork extends Scenario {
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
 *   `scenariosOf` and `guideOf`
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
  // A run of scenarios does without the reader of guides.
  const { guideOf } = await import('./guide-files.ts');
  const { topology, plan, notes, hasWorkloads } = guideOf(guide, flags, edition);
  if (!hasWorkloads) throw new HarnessError('ERR_INVALID_GUIDE', notes.join(' '));
  const helm = plan.steps.find(({ commands }) => commands.some(({ tool }) => tool === 'helm'));
  if (helm && platform === 'simulator')
    throw new HarnessError('ERR_INVALID_GUIDE', `${helm.id}: not simulated by mesh-harness: helm`, {
      hint: 'Choose tabs without Helm, or run on kind or on clusters of yours (--platform existing).',
    });
  return [{ topology, verify: {}, plan, notes }];
}
