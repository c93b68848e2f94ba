/** The rules for labels and their keys (apimachinery pkg/util/validation/validation.go @v1.32). */
import { regexText, tooLong, whole } from './format-text.ts';
import { problemsOfSubdomain } from './names.ts';

const QUALIFIED = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';
const LABEL_VALUE = `(${QUALIFIED})?`;
const LABEL_FORMATS = {
  qualified: whole(QUALIFIED),
  labelValue: whole(LABEL_VALUE),
};

const QUALIFIED_TEXT = regexText(
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
  QUALIFIED,
  'MyName',
  'my.name',
  '123-abc',
);

/** Checks the key of a label or annotation: `prefix/name`. @returns the server's sentences */
export function problemsOfQualifiedName(value: string): string[] {
  const parts = value.split('/');
  const problems: string[] = [];
  if (parts.length > 2) {
    return [
      `a qualified name ${QUALIFIED_TEXT} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`,
    ];
  }
  const name = parts.at(-1) ?? '';
  const prefix = parts.length === 2 ? parts[0] : undefined;
  if (prefix !== undefined) {
    if (prefix === '') problems.push('prefix part must be non-empty');
    else problems.push(...problemsOfSubdomain(prefix).map(problem => `prefix part ${problem}`));
  }
  if (name === '') problems.push('name part must be non-empty');
  else if (name.length > 63) problems.push(`name part ${tooLong(63)}`);
  if (!LABEL_FORMATS.qualified.test(name)) problems.push(`name part ${QUALIFIED_TEXT}`);
  return problems;
}

/** Checks the value of a label: at most 63 characters, or none. @returns the server's sentences */
export function problemsOfLabelValue(value: string): string[] {
  return [
    ...(value.length > 63 ? [tooLong(63)] : []),
    ...(LABEL_FORMATS.labelValue.test(value)
      ? []
      : [
          regexText(
            "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
            LABEL_VALUE,
            'MyValue',
            'my_value',
            '12345',
          ),
        ]),
  ];
}
