/** What a route says to filters of requests: its typed_per_filter_config. */
import type { ProtoMessage } from '../proto/encode-message.ts';
import { Fields } from '../proto/fields.ts';
import { packedOf } from '../proto/well-known.ts';
import type { Route } from '../routes.ts';
import { passExtension } from './extensions.ts';
import { corsEntryOf, readCorsPolicy } from './route-cors.ts';
import { faultEntryOf, readHttpFault } from './route-fault.ts';
import { TYPES } from './type-names.ts';

/** What is said to filters that are executed. */
type FilterSettings = Pick<Route, 'fault' | 'cors'>;

/** Returns the map; undefined if nothing is said. */
export const filterSettingsOf = ({ fault, cors }: FilterSettings): ProtoMessage | undefined =>
  fault || cors ? { ...(fault && faultEntryOf(fault)), ...(cors && corsEntryOf(cors)) } : undefined;

/** Reads the map. @throws Refusal for any other filter's */
export function readFilterSettings(fields: Fields): FilterSettings {
  const settings: { -readonly [K in keyof FilterSettings]: FilterSettings[K] } = {};
  for (const [name, packed] of fields.mapOf('typed_per_filter_config', packedOf)) {
    const { type, value } = packed;
    if (type === TYPES.fault) settings.fault ??= Fields.read(type, value, fields.reading, readHttpFault);
    else if (type === TYPES.corsPolicy)
      settings.cors ??= Fields.read(type, value, fields.reading, readCorsPolicy);
    else passExtension(fields, { name, packed });
  }
  return settings;
}
