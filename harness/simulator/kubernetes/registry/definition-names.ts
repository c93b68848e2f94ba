/**
 * Which names a definition gets: those that no other of its group has (apiextensions-apiserver
 * pkg/controller/status/naming_controller.go @v1.34).
 */
import type { DefinitionCondition } from './definitions.ts';
import { equal, type JsonObject, type KubernetesObject, listOf, objectOf, stringOf } from './json.ts';

/** The names of a kind that the server has accepted, and what it says of those that were asked for. */
interface AcceptedNames {
  readonly names: JsonObject;
  readonly condition: DefinitionCondition;
}

const acceptedOf = (definition: KubernetesObject): JsonObject =>
  objectOf(objectOf(definition['status'])['acceptedNames']);
const specOf = (definition: KubernetesObject): JsonObject => objectOf(definition['spec']);

/** Decides on the names of a definition. @param all - all definitions, itself among them */
export function acceptNames(definition: KubernetesObject, all: readonly KubernetesObject[]): AcceptedNames {
  const wanted = objectOf(specOf(definition)['names']);
  const mine = acceptedOf(definition);
  const group = all.filter(other => specOf(other)['group'] === specOf(definition)['group']).map(acceptedOf);
  const resources = new Set(
    group.flatMap(names => [names['plural'], names['singular'], ...shortNames(names)]),
  );
  const kinds = new Set(group.flatMap(({ kind, listKind }) => [kind, listKind]));
  const names: JsonObject = { ...mine };
  let condition = NO_CONFLICTS;
  const refuse = (reason: string, taken: readonly string[]) => {
    const message = taken.map(name => `${JSON.stringify(name)} is already in use`).join(', ');
    condition = {
      type: 'NamesAccepted',
      status: 'False',
      reason,
      message: taken.length > 1 ? `[${message}]` : message,
    };
  };
  const ask = (key: string, used: ReadonlySet<unknown>, reason: string) => {
    const name = stringOf(wanted[key]) ?? '';
    if (name !== (mine[key] ?? '') && used.has(name)) refuse(reason, [name]);
    else names[key] = name;
  };
  ask('plural', resources, 'PluralConflict');
  ask('singular', resources, 'SingularConflict');
  const taken = shortNames(wanted).filter(name => !shortNames(mine).includes(name) && resources.has(name));
  if (taken.length > 0) refuse('ShortNamesConflict', taken);
  else names['shortNames'] = wanted['shortNames'];
  ask('kind', kinds, 'KindConflict');
  ask('listKind', kinds, 'ListKindConflict');
  names['categories'] = wanted['categories'];
  for (const key of ['shortNames', 'categories']) if (names[key] === undefined) delete names[key];
  return { names, condition };
}

const shortNames = (names: JsonObject): string[] => listOf(names['shortNames']).map(String);

const NO_CONFLICTS: DefinitionCondition = {
  type: 'NamesAccepted',
  status: 'True',
  reason: 'NoConflicts',
  message: 'no conflicts found',
};

/** Tells whether the names are those that were accepted before. */
export function hasItsNames(definition: KubernetesObject): boolean {
  return equal(objectOf(specOf(definition)['names']), acceptedOf(definition));
}
