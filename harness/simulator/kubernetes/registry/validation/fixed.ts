/** Fields that keep their first value, of kinds of which little else is checked: data. */

import { type FieldError, forbiddenValue } from '../field-errors.ts';
import { equal, type KubernetesObject, valueAt } from '../json.ts';
import { unchanged } from './metadata.ts';

interface FixedField {
  readonly path: readonly string[];
  /** The answer to a change; undefined: the sentence for all immutable fields, with the new value. */
  readonly forbidden?: string;
  /** The value that the real server's defaults put in; ours leave it absent. */
  readonly byDefault?: unknown;
  /** Only a value that is there is kept: a first one may come later. */
  readonly onceSet?: true;
}

const NODE = (field: string) => `node updates may not change ${field} except from "" to valid`;
const CLASS = (field: string) => `updates to ${field} are forbidden.`;

/** By resource key; kubernetes pkg/apis/<group>/validation/validation.go @v1.32, Validate<Kind>Update. */
export const FIXED_FIELDS: Readonly<Record<string, readonly FixedField[]>> = {
  nodes: [
    { path: ['spec', 'podCIDRs'], forbidden: NODE('podCIDR'), onceSet: true },
    { path: ['spec', 'providerID'], forbidden: NODE('providerID'), onceSet: true },
  ],
  'controllerrevisions.apps': [{ path: ['data'] }],
  'ingressclasses.networking.k8s.io': [{ path: ['spec', 'controller'] }],
  'priorityclasses.scheduling.k8s.io': [
    { path: ['value'], forbidden: 'may not be changed in an update.', byDefault: 0 },
    { path: ['preemptionPolicy'], byDefault: 'PreemptLowerPriority' },
  ],
  'volumeattributesclasses.storage.k8s.io': [
    { path: ['driverName'], forbidden: CLASS('driverName') },
    { path: ['parameters'], forbidden: CLASS('parameters') },
  ],
  'storageclasses.storage.k8s.io': [
    { path: ['parameters'], forbidden: CLASS('parameters') },
    { path: ['provisioner'], forbidden: CLASS('provisioner') },
    { path: ['reclaimPolicy'], forbidden: CLASS('reclaimPolicy'), byDefault: 'Delete' },
    { path: ['volumeBindingMode'], byDefault: 'Immediate' },
  ],
};

/**
 * Checks the fields that an update must not change.
 * @returns a problem for each that has changed
 */
export function validateFixed(
  fields: readonly FixedField[],
  object: KubernetesObject,
  old: KubernetesObject | undefined,
): FieldError[] {
  if (!old) return [];
  return fields.flatMap(({ path, forbidden, byDefault, onceSet }) => {
    const before = valueAt(old, ...path) ?? byDefault;
    const after = valueAt(object, ...path) ?? byDefault;
    if (equal(before, after) || (onceSet && before === undefined)) return [];
    return forbidden === undefined
      ? unchanged(object, old, path)
      : [forbiddenValue(path.join('.'), forbidden)];
  });
}
