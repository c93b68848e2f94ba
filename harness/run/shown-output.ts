/** Holds what a command printed against what a guide shows as its output. Pure. */
import { literally } from '../base/literal-pattern.ts';
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
  [/^(.+?)-[0-9a-f]{6,10}-[a-z0-9]{5}$/, ([, name = '']) => `${literally(name)}-[0-9a-z]+-[0-9a-z]+`],
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
  const [page, own] = inCommonColumns(rowsOf(shown), rowsOf(printed.split('\n')));
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

/**
 * Leaves the columns that both tables have: which there are depends on the release and on `-o`, not on the
 * mesh, and is for `guide lint` to tell. Tables that are no columns of two blanks apart stay as they are.
 */
function inCommonColumns(one: Rows, other: Rows): readonly [Rows, Rows] {
  const [left, right] = [one, other].map(cellsOf);
  if (!left || !right || sameWords(one.header, other.header)) return [one, other];
  const common = left.header.filter(name => right.header.includes(name));
  return [
    { ...one, rows: left.rows.map(row => rowIn(common, left.header, row)) },
    { ...other, rows: right.rows.map(row => rowIn(common, right.header, row)) },
  ];
}

const rowIn = (common: readonly string[], header: readonly string[], row: readonly string[]): string =>
  common.map(name => row[header.indexOf(name)] ?? '').join('  ');

/** Returns the cells of a table; undefined if a row has another number of them than the header. */
function cellsOf({ header, rows }: Rows) {
  if (header === undefined) return undefined;
  const split = (line: string) => line.trim().split(/\s{2,}/);
  const table = { header: split(header), rows: rows.map(split) };
  return table.rows.every(row => row.length === table.header.length) ? table : undefined;
}

const sameWords = (one = '', other = ''): boolean =>
  one.split(/\s+/).join(' ') === other.split(/\s+/).join(' ');

function patternOf(row: string): RegExp {
  const tokens = row.split(/\s+/).map(token => {
    for (const [wildcard, pattern] of WILDCARDS) {
      const match = wildcard.exec(token);
      if (match) return pattern(match);
    }
    return literally(token);
  });
  return new RegExp(`^${tokens.join('\\s+')}$`);
}

const quoted = (row: string): string => `"${row.replace(/\s+/g, ' ')}"`;
