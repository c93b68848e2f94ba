/** The two fields that every kind has, and protobuf keeps apart from the object. */
import { definitionName } from './definition-names.ts';
import { describeType } from './descriptions.ts';
import type { Schema } from './schema.ts';

/** Returns the schemas of `apiVersion` and `kind`. */
export function typeMeta(): Readonly<Record<'apiVersion' | 'kind', Schema>> {
  const [, fields] = describeType(definitionName('meta/v1.DeleteOptions'));
  const field = (name: string): Schema => ({ description: fields[name] ?? '', type: 'string' });
  return { apiVersion: field('apiVersion'), kind: field('kind') };
}
