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
  const path = at === '' ? name : `${at}.${name}`;
  const [start, root] = DOCUMENTS.find(([each]) => each === '' || path.startsWith(`${each}.`)) ?? ['', ''];
  const fields = path.slice(start === '' ? 0 : start.length + 1).split('.');
  return EDITIONS.some(edition => hasField(typeOf(edition, root), fields));
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
