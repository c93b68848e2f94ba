/**
 * The names of a definition's kind (apiextensions-apiserver pkg/apis/apiextensions/validation/validation.go
 * @v1.34, ValidateCustomResourceDefinitionNames).
 */
import { type FieldError, invalidValue, required } from '../field-errors.ts';
import { type JsonObject, listOf, stringOf } from '../json.ts';
import { problemsOfLabel1035 } from './names.ts';

const PATH = 'spec.names';
const MIXED = 'may have mixed case, but should otherwise match: ';

/** Finds missing and malformed names. */
export function validateKindNames(names: JsonObject): FieldError[] {
  const textOf = (key: string) => stringOf(names[key]) ?? '';
  const missing = ['plural', 'singular', 'kind', 'listKind'].filter(key => textOf(key) === '');
  const errors = missing.map(key => required(`${PATH}.${key}`));
  for (const key of ['plural', 'singular']) errors.push(...problemsOf(textOf(key), `${PATH}.${key}`));
  for (const key of ['kind', 'listKind']) {
    const name = textOf(key);
    const problems = name === '' ? [] : problemsOfLabel1035(name.toLowerCase());
    errors.push(...problems.map(text => invalidValue(`${PATH}.${key}`, name, MIXED + text)));
  }
  errors.push(...problemsOfList(names['shortNames'], `${PATH}.shortNames`));
  const kind = textOf('kind');
  if (kind !== '' && kind === textOf('listKind'))
    errors.push(invalidValue(`${PATH}.listKind`, kind, 'kind and listKind may not be the same'));
  return [...errors, ...problemsOfList(names['categories'], `${PATH}.categories`)];
}

function problemsOf(name: string, field: string): FieldError[] {
  return name === '' ? [] : problemsOfLabel1035(name).map(text => invalidValue(field, name, text));
}

function problemsOfList(list: unknown, field: string): FieldError[] {
  return listOf(list).flatMap((name, index) =>
    problemsOfLabel1035(String(name)).map(text => invalidValue(`${field}[${index}]`, name, text)),
  );
}
