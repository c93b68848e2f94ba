/**
 * The rules for the names of objects, with the server's sentences (apimachinery
 * pkg/util/validation/validation.go @v1.32).
 */
import type { NameRule } from '../resources.ts';
import { regexText, tooLong, whole } from './format-text.ts';

const LABEL = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const LABEL_1035 = '[a-z]([-a-z0-9]*[a-z0-9])?';
const SUBDOMAIN = `${LABEL}(\\.${LABEL})*`;
const NAME_FORMATS = {
  label: whole(LABEL),
  label1035: whole(LABEL_1035),
  subdomain: whole(SUBDOMAIN),
};

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

/** Checks a DNS subdomain (RFC 1123). @returns the server's sentences; empty if the name is well-formed */
export function problemsOfSubdomain(value: string): string[] {
  return [
    ...(value.length > 253 ? [tooLong(253)] : []),
    ...(NAME_FORMATS.subdomain.test(value) ? [] : [SUBDOMAIN_TEXT]),
  ];
}

const PORT_NAME_FORMAT = whole('[-a-z0-9]+');

/** Checks the name of a port (IsValidPortName). @returns the server's sentences */
export function problemsOfPortName(value: string): string[] {
  const problems: string[] = [];
  if (value.length > 15) problems.push('must be no more than 15 characters');
  if (!PORT_NAME_FORMAT.test(value))
    problems.push('must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)');
  if (!/[a-z]/.test(value)) problems.push('must contain at least one letter (a-z)');
  if (value.includes('--')) problems.push('must not contain consecutive hyphens');
  if (value.startsWith('-') || value.endsWith('-')) problems.push('must not begin or end with a hyphen');
  return problems;
}

const WILDCARD = `\\*\\.${SUBDOMAIN}`;

/** Checks a name for all hosts of a domain (IsWildcardDNS1123Subdomain). @returns the server's sentences */
export function problemsOfWildcard(value: string): string[] {
  const text = regexText(
    "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must " +
      "consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character",
    WILDCARD,
    '*.example.com',
  );
  return [...(value.length > 253 ? [tooLong(253)] : []), ...(whole(WILDCARD).test(value) ? [] : [text])];
}

const UNDERSCORED = '_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?';
const UNDERSCORED_SUBDOMAIN = `${UNDERSCORED}(\\.${UNDERSCORED})*`;

/** Checks a subdomain that may have underscores: a search path of names. @returns the server's sentences */
export function problemsOfUnderscoredSubdomain(value: string): string[] {
  const text = regexText(
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '_', '-' or '.', " +
      'and must start and end with an alphanumeric character',
    UNDERSCORED_SUBDOMAIN,
    'example.com',
  );
  return [
    ...(value.length > 253 ? [tooLong(253)] : []),
    ...(whole(UNDERSCORED_SUBDOMAIN).test(value) ? [] : [text]),
  ];
}

const CONFIG_KEY = '[-._a-zA-Z0-9]+';
const SOUND_CONFIG_KEY = /^(?!\.\.|\.$)[-._a-zA-Z0-9]{1,253}$/;

/** Tells whether nothing is wrong with a key of a ConfigMap or Secret. */
export const isConfigKey = (value: string): boolean => SOUND_CONFIG_KEY.test(value);

/** Checks a key of a ConfigMap or Secret (IsConfigMapKey). @returns the server's sentences */
export function problemsOfConfigKey(value: string): string[] {
  const problems: string[] = [];
  if (value.length > 253) problems.push(tooLong(253));
  if (!whole(CONFIG_KEY).test(value)) {
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

/** Checks an RFC 1123 label (apimachinery pkg/util/validation). @returns the server's sentences */
export function problemsOfLabel(value: string): string[] {
  if (value.length <= 63 && NAME_FORMATS.label.test(value)) return [];
  if (NAME_FORMATS.subdomain.test(value))
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
    ...(NAME_FORMATS.label1035.test(value) ? [] : [LABEL_1035_TEXT]),
  ];
}

/** Checks a name that only has to fit into a path: those of RBAC. */
export function problemsOfPathSegment(value: string): string[] {
  if (value === '.' || value === '..') return [`may not be '${value}'`];
  return ['/', '%'].filter(illegal => value.includes(illegal)).map(illegal => `may not contain '${illegal}'`);
}

/**
 * Checks a name by the rule of its type. The names of custom definitions have a stricter check of their own.
 */
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
