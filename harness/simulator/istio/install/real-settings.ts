/** Which settings Istio has: those that the simulated charts do not know are no mistake of the user's. */
import { type Edition, typeOf } from '../registry/names.ts';
import type { FieldType } from '../registry/type-text.ts';

/** Where a document of its own begins, by the way to it; the longest counts. */
const DOCUMENTS: readonly (readonly [path: string, root: string])[] = [
  ['values.meshConfig', 'MeshConfig'],
  ['meshConfig', 'MeshConfig'],
  ['values', 'values'],
  ['unvalidatedValues', 'values'],
  ['', 'IstioOperator'],
];
const EDITIONS: readonly Edition[] = ['1.8', 'current'];

/**
 * Tells whether Istio has a setting, in either edition.
 * @param at - where it stands: `components.ingressGateways.0.k8s`; empty for the top of the spec
 */
export function isRealSetting(at: string, name: string): boolean {
  const { root, fields } = placeOf(at === '' ? name : `${at}.${name}`);
  return EDITIONS.some(edition => hasField(typeOf(edition, root), fields));
}

/** Tells whether Istio has a value of a setting, in either edition. @param path - from the spec on */
export function isRealValue(path: string, value: unknown): boolean {
  const { root, fields } = placeOf(path);
  return EDITIONS.some(edition => {
    const type = fieldAt(typeOf(edition, root), fields);
    return type?.kind === 'scalar' && type.values.some(each => each === value);
  });
}

/** The document that a setting is of, and the fields that lead to it. */
function placeOf(path: string): { readonly root: string; readonly fields: readonly string[] } {
  const [start, root] = DOCUMENTS.find(([each]) => each === '' || path.startsWith(`${each}.`)) ?? ['', ''];
  return { root, fields: path.slice(start === '' ? 0 : start.length + 1).split('.') };
}

function fieldAt(type: FieldType | undefined, [name, ...rest]: readonly string[]): FieldType | undefined {
  if (type === undefined || name === undefined) return type;
  if (type.kind === 'list') return fieldAt(type.of, /^\d+$/.test(name) ? rest : [name, ...rest]);
  if (type.kind === 'map') return fieldAt(type.of, rest);
  return type.kind === 'object' ? fieldAt(type.fields.get(name), rest) : undefined;
}

/** Below what may be anything, whatever there is, is real. */
function hasField(type: FieldType | undefined, [name, ...rest]: readonly string[]): boolean {
  if (type === undefined) return false;
  if (name === undefined) return true;
  switch (type.kind) {
    case 'list':
      return hasField(type.of, /^\d+$/.test(name) ? rest : [name, ...rest]);
    case 'map':
      return hasField(type.of, rest);
    case 'object':
      return hasField(type.fields.get(name), rest);
    case 'scalar':
      return type.letter === 'o';
  }
}

/** Profiles that are simulated: manifests/profiles @1.8.0 and @1.30.3. */
export const PROFILES = ['default', 'demo', 'empty', 'minimal', 'preview', 'remote', 'stable'] as const;

/** Profiles that Istio has besides. */
export const REAL_PROFILES: readonly string[] = ['ambient', 'external', 'openshift', 'openshift-ambient'];
