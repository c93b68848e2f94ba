/** Who owns which field: keeps `managedFields` up to date on writes that are no apply. */
import type { Clock } from '../../../../base/clock.ts';
import type { FieldOwnership, WriteContext } from '../objects.ts';
import type { ResourceType } from '../resources.ts';

export function ownershipOf(_clock: Clock, _type: ResourceType, _context: WriteContext): FieldOwnership {
  return () => {};
}
