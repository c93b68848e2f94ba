/**
 * The rules for the names of entries in an object: labels, keys, ports and variables (apimachinery
 * pkg/util/validation/validation.go @v1.32).
 */
import { regexText, tooLong, whole } from './format-text.ts';
import { problemsOfSubdomain } from './names.ts';

const QUALIFIED = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';
const LABEL_VALUE = `(${QUALIFIED})?`;
const CONFIG_KEY = '[-._a-zA-Z0-9]+';
const PORT_NAME = '[-a-z0-9]+';
const ENV_NAME = '[-._a-zA-Z][-._a-zA-Z0-9]*';
const ENTRY_FORMATS = {
  qualified: whole(QUALIFIED),
  labelValue: whole(LABEL_VALUE),
  configKey: whole(CONFIG_KEY),
  portName: whole(PORT_NAME),
};

const QUALIFIED_TEXT = regexText(
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
  QUALIFIED,
  'MyName',
  'my.name',
  '123-abc',
);

/** The key of a label or annotation: `prefix/name`. */
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
  if (!ENTRY_FORMATS.qualified.test(name)) problems.push(`name part ${QUALIFIED_TEXT}`);
  return problems;
}

/** Checks the value of a label: at most 63 characters, or none. */
export function problemsOfLabelValue(value: string): string[] {
  return [
    ...(value.length > 63 ? [tooLong(63)] : []),
    ...(ENTRY_FORMATS.labelValue.test(value)
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

/** A key of a ConfigMap or Secret. */
export function problemsOfConfigKey(value: string): string[] {
  const problems: string[] = [];
  if (value.length > 253) problems.push(tooLong(253));
  if (!ENTRY_FORMATS.configKey.test(value)) {
    problems.push(
      regexText(
        "a valid config key must consist of alphanumeric characters, '-', '_' or '.'",
        CONFIG_KEY,
        'key.name',
        'KEY_NAME',
        'key-name',
      ),
    );
  }
  if (value === '.') problems.push("must not be '.'");
  if (value === '..') problems.push("must not be '..'");
  else if (value.startsWith('..')) problems.push("must not start with '..'");
  return problems;
}

/** The name of a container's port. */
export function problemsOfPortName(value: string): string[] {
  const problems: string[] = [];
  if (value.length > 15) problems.push('must be no more than 15 characters');
  if (!ENTRY_FORMATS.portName.test(value))
    problems.push('must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)');
  if (!/[a-z]/.test(value)) problems.push('must contain at least one letter (a-z)');
  if (value.includes('--')) problems.push('must not contain consecutive hyphens');
  if (value.startsWith('-') || value.endsWith('-')) problems.push('must not begin or end with a hyphen');
  return problems;
}

/** Checks the name of an environment variable. */
export function problemsOfEnvName(value: string): string[] {
  // Since 1.32 all printable characters but the equals sign are taken.
  if (/^[\x20-\x3c\x3e-\x7e]+$/.test(value)) return [];
  return [
    regexText(
      "a valid environment variable name must consist of alphabetic characters, digits, '_', '-', or '.', and must not start with a digit",
      ENV_NAME,
      'my.env-name',
      'MY_ENV.NAME',
      'MyEnvName1',
    ),
  ];
}
