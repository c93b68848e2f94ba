/**
 * What a rule in CEL must have beside an expression that compiles (apiextensions-apiserver
 * pkg/apis/apiextensions/validation/validation.go @v1.34).
 */
import { type FieldError, invalidValue, notSupported, required } from '../field-errors.ts';
import { type JsonObject, objectsOf, stringOf } from '../json.ts';
import { followPath } from '../schema/schema-path.ts';

const REASONS = ['FieldValueDuplicate', 'FieldValueForbidden', 'FieldValueInvalid', 'FieldValueRequired'];
const LINE_BREAK = /[\n\r]/;
const EMPTY = 'must be non-empty if specified';

/** Checks the rules of one node: their texts, reasons and paths. */
export function validateRuleTexts(schema: JsonObject, path: string): FieldError[] {
  return objectsOf(schema['x-kubernetes-validations']).flatMap((rule, index) =>
    problemsOf(rule, schema, `${path}.x-kubernetes-validations[${index}]`),
  );
}

function problemsOf(rule: JsonObject, schema: JsonObject, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const [text, message] = [(stringOf(rule['rule']) ?? '').trim(), stringOf(rule['message']) ?? ''];
  if (text === '') errors.push(required(`${path}.rule`, 'rule is not specified'));
  else if (message !== '' && message.trim() === '')
    errors.push(invalidValue(`${path}.message`, message, EMPTY));
  else if (LINE_BREAK.test(message.trim()))
    errors.push(invalidValue(`${path}.message`, message, 'must not contain line breaks'));
  else if (LINE_BREAK.test(text) && message.trim() === '')
    errors.push(required(`${path}.message`, 'message must be specified if rule contains line breaks'));
  const expression = stringOf(rule['messageExpression']) ?? '';
  if (expression !== '' && expression.trim() === '') {
    const detail = 'messageExpression must be non-empty if specified';
    errors.push(required(`${path}.messageExpression`, detail));
  }
  const reason = stringOf(rule['reason']);
  if (reason !== undefined && !REASONS.includes(reason))
    errors.push(notSupported(`${path}.reason`, reason, REASONS));
  const fieldPath = stringOf(rule['fieldPath']) ?? '';
  if (fieldPath === '') return errors;
  const invalid = (detail: string) => errors.push(invalidValue(`${path}.fieldPath`, fieldPath, detail));
  if (fieldPath.trim() === '') invalid(EMPTY);
  if (LINE_BREAK.test(fieldPath)) invalid('must not contain line breaks');
  if (followPath(fieldPath, schema) instanceof Error) invalid('must be a valid path');
  return errors;
}
