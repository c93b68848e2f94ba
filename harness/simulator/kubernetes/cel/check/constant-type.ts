/** The types of constants. */
import { UnsignedInt } from '../run/unsigned-int.ts';
import { BOOL, BYTES, DOUBLE, INT, NULL, STRING, type Type, UINT } from './types.ts';

/** Returns the type of a constant. */
export function typeOfConstant(value: unknown): Type {
  if (value === null) return NULL;
  if (value instanceof Uint8Array) return BYTES;
  if (value instanceof UnsignedInt) return UINT;
  switch (typeof value) {
    case 'boolean':
      return BOOL;
    case 'bigint':
      return INT;
    case 'number':
      return DOUBLE;
    default:
      return STRING;
  }
}
