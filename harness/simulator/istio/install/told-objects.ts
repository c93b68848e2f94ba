/** What of an installation's objects is not simulated: the same that API servers tell of when they come. */
import type { KubernetesObject } from '../../../base/kubernetes-client.ts';
import type { Edition } from '../registry/names.ts';
import { objectTold } from '../registry/object-told.ts';

/**
 * Lists a sentence for each setting, variable and mark.
 * @param said - sentences about settings that need no second one
 */
export function toldOf(
  edition: Edition,
  objects: readonly KubernetesObject[],
  said: readonly string[],
): readonly string[] {
  const settings = said.flatMap(sentence => /^(meshConfig\.\S+) is /.exec(sentence)?.[1] ?? []);
  const isSaid = (sentence: string) => settings.some(setting => sentence.includes(` ${setting} `));
  return [...new Set(objects.flatMap(object => objectTold(edition, object)))].filter(each => !isSaid(each));
}
