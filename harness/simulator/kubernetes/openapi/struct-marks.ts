/** What types as a whole say of themselves: that they are replaced in one piece, or are unions. */
import { isAtomic } from '../registry/schema/messages.ts';
import type { Schema } from './schema.ts';

/**
 * Types with `+union`: the field that tells, and the names of the others (its values, with a small letter).
 */
const UNIONS: Readonly<Record<string, readonly [discriminator: string, fields: string]>> = {
  'core/v1.AppArmorProfile': ['type', 'LocalhostProfile'],
  'core/v1.SeccompProfile': ['type', 'LocalhostProfile'],
  'flowcontrol/v1.LimitResponse': ['type', 'Queuing'],
  'flowcontrol/v1.PriorityLevelConfigurationSpec': ['type', 'Exempt Limited'],
  'flowcontrol/v1.Subject': ['kind', 'Group ServiceAccount User'],
};

const small = (name: string): string => name.charAt(0).toLowerCase() + name.slice(1);

/** Makes the markers of a union (kube-openapi pkg/generators/union.go @v0.0.0-20250710). */
const unionOf = ([discriminator, fields]: readonly [string, string]): Schema => ({
  'x-kubernetes-unions': [
    {
      discriminator,
      'fields-to-discriminateBy': Object.fromEntries(fields.split(' ').map(name => [small(name), name])),
    },
  ],
});

/** Returns the markers of a type. @param message - with its package */
export function marksOf(message: string): Schema {
  const union = UNIONS[message];
  return {
    ...(isAtomic(message) && { 'x-kubernetes-map-type': 'atomic' }),
    ...(union && unionOf(union)),
  };
}
