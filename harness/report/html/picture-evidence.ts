/** The model of a scenario's picture, out of what was seen. Pure. */
import type { ScenarioReport } from '../report.ts';
import type { PictureModel } from './picture-model.ts';
import { clustersOf } from './picture-parts.ts';
import { straysOf, waysOf } from './picture-ways.ts';

/** Makes the model: each part and way has evidence, and all that was seen is in it. */
export function pictureModel(scenario: ScenarioReport): PictureModel {
  const clusters = clustersOf(scenario);
  const parts = new Set(clusters.flatMap(cluster => cluster.parts.map(({ id }) => id)));
  return { clusters, ways: waysOf(scenario, parts), strays: straysOf(scenario) };
}
