/**
 * curl's URL globbing: `[1-300]`, `[01-20:2]`, `[a-f]` and `{one,two}`, and what `#1` in an output name
 * stands for.
 */

export class GlobError extends Error {}

/** One of the URLs that a pattern stands for. */
export interface GlobbedUrl {
  readonly url: string;
  /** The values of the globs in order: `#1` is the first. */
  readonly values: readonly string[];
}

/**
 * curl refuses more (tool_urlglob.c has a limit of its own; ours keeps a typing error from filling the
 * memory).
 */
const MAX_URLS = 100_000;

/**
 * @returns the URLs in curl's order: the last glob turns fastest
 * @throws GlobError with curl's words
 */
export function expandUrl(pattern: string): GlobbedUrl[] {
  let results: GlobbedUrl[] = [{ url: '', values: [] }];
  let position = 0;
  let literal = '';
  const append = (choices: readonly string[] | undefined) => {
    const text = literal;
    literal = '';
    results = results.flatMap(({ url, values }) =>
      choices === undefined
        ? [{ url: url + text, values }]
        : choices.map(choice => ({ url: url + text + choice, values: [...values, choice] })),
    );
    if (results.length > MAX_URLS) throw new GlobError(`range overflow in URL position ${position}`);
  };
  while (position < pattern.length) {
    const character = pattern.charAt(position);
    if (character === '\\' && /[[\]{},]/.test(pattern.charAt(position + 1))) {
      literal += pattern.charAt(position + 1);
      position += 2;
    } else if (character === '[') {
      const end = pattern.indexOf(']', position);
      const range = end < 0 ? undefined : readRange(pattern.slice(position + 1, end));
      if (range === undefined) throw new GlobError(`bad range in URL position ${position + 2}`);
      append(range);
      position = end + 1;
    } else if (character === '{') {
      const end = pattern.indexOf('}', position);
      if (end < 0) throw new GlobError(`unmatched brace in URL position ${position + 1}`);
      if (end === position + 1)
        throw new GlobError(`empty string within braces in URL position ${position + 2}`);
      append(pattern.slice(position + 1, end).split(','));
      position = end + 1;
    } else if (character === ']' || character === '}') {
      throw new GlobError(`unmatched close brace/bracket in URL position ${position + 1}`);
    } else {
      literal += character;
      position++;
    }
  }
  append(undefined);
  return results;
}

function readRange(text: string): string[] | undefined {
  const numbers = /^(\d+)-(\d+)(?::(\d+))?$/.exec(text);
  if (numbers) {
    const [, first = '', last = '', step = '1'] = numbers;
    const width = first.startsWith('0') ? first.length : 0;
    return sequence(Number(first), Number(last), Number(step))?.map(value =>
      String(value).padStart(width, '0'),
    );
  }
  const letters = /^([a-zA-Z])-([a-zA-Z])(?::(\d+))?$/.exec(text);
  if (!letters) return undefined;
  const [, first = '', last = '', step = '1'] = letters;
  return sequence(first.charCodeAt(0), last.charCodeAt(0), Number(step))?.map(code =>
    String.fromCharCode(code),
  );
}

function sequence(first: number, last: number, step: number): number[] | undefined {
  if (step < 1 || last < first || (last - first) / step >= MAX_URLS) return undefined;
  return Array.from({ length: Math.floor((last - first) / step) + 1 }, (_, index) => first + index * step);
}
