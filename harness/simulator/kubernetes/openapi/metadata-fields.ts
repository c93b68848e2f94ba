/** The field `metadata` of custom resources. */
import { definitionName, refTo } from './definition-names.ts';
import { describeType } from './descriptions.ts';
import type { Schema } from './schema.ts';

/**
 * Makes the field.
 * @param kind - of core/v1, that has the same text there
 * @param type - of meta/v1
 */
export const metadata = (kind: string, type: string): Schema => ({
  description: describeType(definitionName(`core/v1.${kind}`))[1]['metadata'] ?? '',
  allOf: [refTo(definitionName(`meta/v1.${type}`))],
});

/** The metadata of an object. */
export const objectMetadata = (): Schema => metadata('Pod', 'ObjectMeta');
