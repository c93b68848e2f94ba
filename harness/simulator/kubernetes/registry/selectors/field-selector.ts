/** Field selectors: parsing with the server's error texts, and matching (apimachinery pkg/fields @v0.34). */
import type { KubernetesObject } from '../json.ts';
import type { ResourceType } from '../resources.ts';
import { badRequest } from '../status.ts';
import { type FieldReader, fieldLabelsOf } from './field-labels.ts';

/** `status.phase=Running`, or with `!=`. */
export interface FieldRequirement {
  readonly field: string;
  readonly value: string;
  readonly equal: boolean;
  /** Reads the field of an object of the type that the selector was parsed for. */
  readonly read: FieldReader;
}

/** All requirements must hold; none matches everything. */
export type FieldSelector = readonly FieldRequirement[];

/** Makes the requirement that an object has this name. */
export const named = (name: string): FieldRequirement => ({
  field: 'metadata.name',
  value: name,
  equal: true,
  read: ({ metadata }) => metadata.name ?? '',
});

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/**
 * Reads `a=b,c!=d`; `\` escapes.
 * @param version - that of the client; the fields of custom resources depend on it
 * @throws ApiError 400 for a field that the type does not offer
 */
export function parseFieldSelector(
  text: string,
  type: ResourceType,
  version = type.versions[0] ?? '',
): FieldSelector {
  const terms = splitTerms(text)
    .sort(byText)
    .filter(term => term !== '')
    .map(term => {
      const match = /^([\s\S]*?)(==|!=|=)([\s\S]*)$/.exec(term);
      if (!match) throw badRequest(`invalid selector: '${text}'; can't understand '${term}'`);
      return { field: match[1] ?? '', equal: match[2] !== '!=', value: unescaped(match[3] ?? '') };
    });
  const { fields, refusal } = fieldLabelsOf(type, version);
  return terms.map(term => {
    const read = fields.get(term.field);
    if (!read) throw badRequest(refusal(term.field));
    return { ...term, read };
  });
}

/**
 * Takes the `\` out of a value. @throws ApiError 400 for one before another sign, and for signs that lack it
 */
function unescaped(text: string): string {
  return text.replace(/\\([\s\S]?)|[,=]/g, (sign, escaped: string | undefined) => {
    if (escaped === undefined) {
      // The real one prints the number of the sign.
      throw badRequest(`invalid field selector: unescaped character in value: ${sign.charCodeAt(0)}`);
    }
    if (escaped === '\\' || escaped === ',' || escaped === '=') return escaped;
    throw badRequest(`invalid field selector: invalid escape sequence: ${sign}`);
  });
}

function splitTerms(text: string): string[] {
  const terms: string[] = [];
  let current = '';
  for (let index = 0; index < text.length; index++) {
    const char = text[index] as string; // in range
    if (char === '\\' && index + 1 < text.length) current += char + text[++index];
    else if (char === ',') {
      terms.push(current);
      current = '';
    } else current += char;
  }
  terms.push(current);
  return terms;
}

/** Tells whether the object satisfies all requirements; a field that is absent counts as the empty text. */
export function matchesFields(selector: FieldSelector, object: KubernetesObject): boolean {
  return selector.every(({ read, value, equal }) => (read(object) === value) === equal);
}
