/** Holds what a command printed against what a guide shows as its output. Pure. */
import type { Command } from '../model/command.ts';

/** Column heads: words in capitals. */
const HEADER = /^[A-Z][A-Z0-9()%-]*(?:\s+[A-Z][A-Z0-9()%-]*)+$/;
const AGE = '(?:\\d+[smhd])+';
/**
 * What differs from run to run, and what it may be instead: a pod's hashes, ages, addresses and ports,
 * numbers of restarts.
 */
const WILDCARDS: readonly (readonly [token: RegExp, pattern: (match: RegExpExecArray) => string])[] = [
  [/^(?:\.\.\.|\u2026)$/, () => '.*'],
  [/^(.+?)-[0-9a-f]{6,10}-[a-z0-9]{5}$/, ([, name = '']) => `${escaped(name)}-[0-9a-z]+-[0-9a-z]+`],
  [/^(?:\d+[smhd])+$/, () => AGE],
  [/^\d+\.\d+\.\d+\.\d+$/, () => '[\\w.:-]+'],
  [/^\d+(?::\d+)?\/(?:TCP|UDP)/, () => '\\S+'],
  [/^\d+$/, () => `\\d+(?: \\(${AGE} ago\\))?`],
];

/**
 * Finds a difference.
 * @param shown - lines of the page; a line `...` says that there may be more like the others
 * @returns undefined if there is none; otherwise a clause: `the guide shows "…", and it is not there`
 */
export function differenceFrom(
  shown: readonly string[],
  printed: string,
  command: Command,
): string | undefined {
  const page = rowsOf(shown);
  const own = rowsOf(printed.split('\n'));
  const heads = [page.header, own.header];
  if (heads[0] && heads[1] && !sameWords(heads[0], heads[1]))
    return `the guide shows the columns ${quoted(heads[0])}, and they are ${quoted(heads[1])}`;
  const patterns = page.rows.map(row => ({ row, pattern: patternOf(row) }));
  const missing = patterns.find(({ pattern }) => !own.rows.some(row => pattern.test(row)));
  const extra = own.rows.find(row => !patterns.some(({ pattern }) => pattern.test(row)));
  if (missing && !page.isPartial)
    return extra === undefined || !isWhole(command)
      ? `the guide shows ${quoted(missing.row)}, and it is not there`
      : `the guide shows ${quoted(missing.row)}, and there is ${quoted(extra)}`;
  if (page.rows.length === 0 || !isWhole(command)) return undefined;
  if (extra !== undefined) return `there is ${quoted(extra)}, which the guide does not show`;
  return own.rows.length === 0
    ? `the guide shows ${quoted(page.rows[0] ?? '')}, and nothing was printed`
    : undefined;
}

/** Says whether a command changes nothing, so that it may be repeated. */
export const onlyLooks = ({ tool, args }: Command): boolean =>
  (tool === 'kubectl' && args.includes('get')) ||
  (tool === 'istioctl' && args.some(word => word === 'remote-clusters' || word === 'proxy-status'));

/** Commands whose whole output people look at; others tell of their progress besides. */
const isWhole = ({ tool, args }: Command): boolean =>
  tool === 'kubectl' && args.some(word => word === 'get' || word === 'exec');

interface Rows {
  readonly header?: string;
  readonly rows: readonly string[];
  readonly isPartial: boolean;
}

function rowsOf(lines: readonly string[]): Rows {
  const told = lines.map(line => line.trim()).filter(line => line !== '');
  const rows = told.filter(line => line !== '...' && line !== '\u2026');
  const [first = '', ...rest] = rows;
  const isPartial = rows.length < told.length;
  return HEADER.test(first) ? { header: first, rows: rest, isPartial } : { rows, isPartial };
}

const sameWords = (one: string, other: string): boolean =>
  one.split(/\s+/).join(' ') === other.split(/\s+/).join(' ');

function patternOf(row: string): RegExp {
  const tokens = row.split(/\s+/).map(token => {
    for (const [wildcard, pattern] of WILDCARDS) {
      const match = wildcard.exec(token);
      if (match) return pattern(match);
    }
    return escaped(token);
  });
  return new RegExp(`^${tokens.join('\\s+')}$`);
}

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
const quoted = (row: string): string => `"${row.replace(/\s+/g, ' ')}"`;
