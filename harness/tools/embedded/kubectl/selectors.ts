/**
 * Label selectors, for files: there kubectl itself picks the documents. Kubernetes: apimachinery
 * pkg/labels/selector.go.
 */

type Labels = Readonly<Record<string, string>>;
/** Tells whether it selects an object with these labels. */
export type LabelSelector = (labels: Labels) => boolean;

/** A selector that cannot be read; the message is Kubernetes'. */
export class SelectorError extends Error {
  override readonly name = 'SelectorError';
}

/** @throws SelectorError */
export function parseSelector(text: string): LabelSelector {
  const requirements = split(text).map(parseRequirement);
  return labels => requirements.every(matches => matches(labels));
}

/** Splits a selector at commas outside of parentheses. */
function split(text: string): string[] {
  return text
    .split(/,(?![^(]*\))/)
    .map(part => part.trim())
    .filter((part, _index, parts) => part !== '' || parts.length > 1);
}

const KEY = '[A-Za-z0-9](?:[-A-Za-z0-9_./]*[A-Za-z0-9])?';
const VALUE = '(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?)?';
const SET = new RegExp(`^(${KEY})\\s+(in|notin)\\s*\\(([^()]*)\\)$`);
const EQUALITY = new RegExp(`^(${KEY})\\s*(==|=|!=)\\s*(${VALUE})$`);
const COMPARISON = new RegExp(`^(${KEY})\\s*([<>])\\s*(-?\\d+)$`);
const EXISTS = new RegExp(`^(!?)\\s*(${KEY})$`);

function parseRequirement(text: string): LabelSelector {
  const set = SET.exec(text);
  if (set) {
    const [, key = '', operator, list = ''] = set;
    const values = new Set(list.split(',').map(value => value.trim()));
    return operator === 'in'
      ? labels => labels[key] !== undefined && values.has(labels[key])
      : labels => labels[key] === undefined || !values.has(labels[key]);
  }
  const equality = EQUALITY.exec(text);
  if (equality) {
    const [, key = '', operator, value = ''] = equality;
    return operator === '!=' ? labels => labels[key] !== value : labels => labels[key] === value;
  }
  const comparison = COMPARISON.exec(text);
  if (comparison) {
    const [, key = '', operator, limit] = comparison;
    return labels => {
      const value = labels[key];
      if (value === undefined || !/^-?\d+$/.test(value)) return false;
      return operator === '>' ? Number(value) > Number(limit) : Number(value) < Number(limit);
    };
  }
  const exists = EXISTS.exec(text);
  if (exists) {
    const [, not, key = ''] = exists;
    return not ? labels => labels[key] === undefined : labels => labels[key] !== undefined;
  }
  const [, , found = text] = /^(\S+)\s+(\S+)/.exec(text) ?? [];
  throw new SelectorError(
    `unable to parse requirement: found '${found}', expected: in, notin, =, ==, !=, gt, lt`,
  );
}
