/** The misconfigurations that the package has, in the guide's four meshes; and which of them `npm test` tries. */
import { attemptsOf, type PreparedAttempt } from '../../harness/matrix/attempts.ts';
import { readCorpus } from '../../harness/matrix/corpus.ts';
import { isOfTheSample } from '../../harness/matrix/try-trial.ts';
import { FOUR, topologyOf } from '../plan/scenarios.ts';

/** Of the chapter of steps left out: the tables of omissions run the same plans, and hold these too. */
export const idWithout = (step: string): string =>
  `without/${step.replace(/\/deploy-(sleep|curl)$/, '/deploy-client')}`;

/** Lists the attempts of an edition in the four meshes. */
export async function attemptsIn(edition: string): Promise<readonly PreparedAttempt[]> {
  const scenarios = new Map(
    await Promise.all(FOUR.map(async name => [name as string, await topologyOf(name)] as const)),
  );
  return attemptsOf({ chapters: await readCorpus(), scenarios, editions: [edition] });
}

/**
 * Chooses one mesh for each misconfiguration in each edition. Those of the sample share a mesh, the others take
 * turns. What the tables of omissions run is left to them.
 * @param attempts - those of all editions
 */
export function oneOfEach(attempts: readonly PreparedAttempt[]): readonly PreparedAttempt[] {
  const ids = new Set(attempts.map(({ id }) => id).filter(id => !id.startsWith('without/')));
  return [...ids].flatMap((id, index) => {
    const everywhere = attempts.filter(each => each.id === id);
    const editions = [...new Set(everywhere.map(({ edition }) => edition))];
    return editions.flatMap((edition, turn) => {
      const all = everywhere.filter(each => each.edition === edition);
      const shared = all.find(
        ({ scenario, trial }) => isOfTheSample(trial) && scenario === 'multi-primary-multi-network',
      );
      return shared ?? all[(index + turn) % all.length] ?? [];
    });
  });
}
