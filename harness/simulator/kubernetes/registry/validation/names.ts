/**
 * The rules for names, labels and keys, with the server's sentences (apimachinery
 * pkg/util/validation/validation.go @v1.32).
 */
import type { NameRule } from '../resources.ts';

const LABEL = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const LABEL_1035 = '[a-z]([-a-z0-9]*[a-z0-9])?';
const SUBDOMAIN = `${LABEL}(\\.${LABEL})*`;
const QUALIFIED = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';
const LABEL_VALUE = `(${QUALIFIED})?`;
const CONFIG_KEY = '[-._a-zA-Z0-9]+';
const PORT_NAME = '[-a-z0-9]+';
const ENV_NAME = '[-._a-zA-Z][-._a-zA-Z0-9]*';

const whole = (pattern: string): RegExp => new RegExp(`^${pattern}$`);
const MATCHERS = {
  label: whole(LABEL),
  label1035: whole(LABEL_1035),
  subdomain: whole(SUBDOMAIN),
  qualified: whole(QUALIFIED),
  labelValue: whole(LABEL_VALUE),
  configKey: whole(CONFIG_KEY),
  portName: whole(PORT_NAME),
};

/** `… (e.g. 'x',  or 'y', regex used for validation is 'z')`: the two blanks are real. */
function regexText(message: string, pattern: string, ...examples: readonly string[]): string {
  const shown = examples.map(example => `'${example}', `).join(' or ');
  return `${message} (e.g. ${shown}regex used for validation is '${pattern}')`;
}

const tooLong = (limit: number): string => `must be no more than ${limit} characters`;

const SUBDOMAIN_TEXT = regexText(
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character",
  SUBDOMAIN,
  'example.com',
);
const LABEL_TEXT = regexText(
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character",
  LABEL,
  'my-name',
  '123-abc',
);
const LABEL_1035_TEXT = regexText(
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character",
  LABEL_1035,
  'my-name',
  'abc-123',
);

/** Each of these returns what is wrong, nothing if all is well. */
export function problemsOfSubdomain(value: string): string[] {
  return [
    ...(value.length > 253 ? [tooLong(253)] : []),
    ...(MATCHERS.subdomain.test(value) ? [] : [SUBDOMAIN_TEXT]),
  ];
}

/** Checks an RFC 1123 label (apimachinery pkg/util/validation). @returns the server's sentences */
export function problemsOfLabel(value: string): string[] {
  if (value.length <= 63 && MATCHERS.label.test(value)) return [];
  if (MATCHERS.subdomain.test(value))
    return [
      ...(value.length > 63 ? [tooLong(63)] : []),
      ...(value.includes('.') ? ['must not contain dots'] : []),
    ];
  return [...(value.length > 63 ? [tooLong(63)] : []), LABEL_TEXT];
}

/** Checks an RFC 1035 label, which begins with a letter: names of Services. */
export function problemsOfLabel1035(value: string): string[] {
  return [
    ...(value.length > 63 ? [tooLong(63)] : []),
    ...(MATCHERS.label1035.test(value) ? [] : [LABEL_1035_TEXT]),
  ];
}

/** Checks a name that only has to fit into a path: those of RBAC. */
export function problemsOfPathSegment(value: string): string[] {
  if (value === '.' || value === '..') return [`may not be '${value}'`];
  return ['/', '%'].filter(illegal => value.includes(illegal)).map(illegal => `may not contain '${illegal}'`);
}

const QUALIFIED_TEXT = `name part ${regexText(
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
  QUALIFIED,
  'MyName',
  'my.name',
  '123-abc',
)}`;

/** The key of a label or annotation: `prefix/name`. */
export function problemsOfQualifiedName(value: string): string[] {
  const parts = value.split('/');
  const problems: string[] = [];
  if (parts.length > 2) {
    return [
      `a qualified name ${regexText(
        "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
        QUALIFIED,
        'MyName',
        'my.name',
        '123-abc',
      )} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`,
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
  if (!MATCHERS.qualified.test(name)) problems.push(QUALIFIED_TEXT);
  return problems;
}

/** Checks the value of a label: at most 63 characters, or none. */
export function problemsOfLabelValue(value: string): string[] {
  return [
    ...(value.length > 63 ? [tooLong(63)] : []),
    ...(MATCHERS.labelValue.test(value)
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
  if (!MATCHERS.configKey.test(value)) {
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
  if (!MATCHERS.portName.test(value))
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

/** By the rule of the type. Custom definitions are checked by their own validator. */
export function problemsOfName(rule: NameRule, value: string): string[] {
  switch (rule) {
    case 'subdomain':
    case 'crd':
      return problemsOfSubdomain(value);
    case 'label':
      return problemsOfLabel(value);
    case 'dns1035':
      return problemsOfLabel1035(value);
    case 'path-segment':
      return problemsOfPathSegment(value);
  }
}
