/** Reads the mesh of the clusters that a command looks at. */
import { surveyContexts } from '../session/survey-contexts.ts';
import type { Survey } from '../verify/survey/survey.ts';
import { nameOfLike } from './scenarios.ts';
import type { Target } from './target.ts';

/**
 * Surveys the clusters of a target; writes nothing. A mesh like one of the guide's scenarios has its name.
 * @throws as surveyContexts
 */
export async function surveyTarget({ clusters }: Target, signal: AbortSignal): Promise<Survey> {
  const survey = await surveyContexts(clusters, signal);
  const { topology } = survey;
  return { ...survey, topology: { ...topology, name: (await nameOfLike(topology)) ?? topology.name } };
}
