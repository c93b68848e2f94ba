/**
 * Finds the tags of Hugo's shortcodes in a text: `{{< name args >}}` and `{{% name args %}}`.
 *
 * The grammar is that of Hugo's lexer (gohugoio/hugo, parser/pageparser/pagelexer_shortcode.go), read kindly:
 * what Hugo would refuse within a tag is taken as an argument, and a tag that has no end is told.
 */
import type { Span } from '../../source-text.ts';

/** A tag: `{{< name … >}}` or `{{< /name >}}`. */
export interface Tag {
  /** `comment` is `{{</* … * />}}`, which Hugo prints; `alone` is `{{< name />}}`. */
  readonly kind: 'open' | 'close' | 'alone' | 'comment';
  readonly name: string;
  readonly positional: readonly string[];
  readonly named: Readonly<Record<string, string>>;
  readonly span: Span;
}

/** The tags of a text. */
interface Scanned {
  readonly tags: readonly Tag[];
  /** Where a tag begins that has no end. */
  readonly unended: readonly Span[];
}

/** Longest string or word in a tag, in UTF-16 units: it keeps the time for hostile pages linear. */
const STRING = '{0,10000}';
/**
 * What can stand in a tag, after blanks. A quoted string ends on its line, a raw one in backquotes may not;
 * a tag that begins within another means that the other has no end.
 */
const TOKEN = new RegExp(
  [
    '\\s*(?:(?<end>/?\\s{0,10000}[>%]\\}\\})',
    `"(?<quoted>(?:\\\\[^\\n]|[^"\\\\\\n])${STRING})"`,
    `\`(?<raw>[^\`]${STRING})\``,
    `(?<bare>(?:(?!/?[>%]\\}\\}|\\{\\{[<%])[^\\s="\`])${STRING.replace('0', '1')})`,
    '(?<equals>=))',
  ].join('|'),
  'y',
);
const NAME = /\s*(\/?)\s*([\p{L}\p{N}_][\p{L}\p{N}_./-]{0,200})?/uy;

/** Finds all tags from an offset on, in order. It takes time in proportion to the text. */
export function scanTags(text: string, from: number): Scanned {
  const tags: Tag[] = [];
  const unended: Span[] = [];
  const opening = /\{\{[<%]/g;
  opening.lastIndex = from;
  for (let found = opening.exec(text); found; found = opening.exec(text)) {
    const tag = text.startsWith('/*', found.index + 3)
      ? readComment(text, found.index)
      : readTag(text, found.index);
    if (tag) {
      tags.push(tag);
      opening.lastIndex = tag.span.end;
    } else {
      unended.push({ start: found.index, end: found.index + 3 });
    }
  }
  return { tags, unended };
}

/** A comment's end is looked for nearby only, so that a page of beginnings takes no square of time. */
const LONGEST_COMMENT = 10_000;

function readComment(text: string, start: number): Tag | undefined {
  const end = `*/${text[start + 2] === '<' ? '>' : '%'}}}`;
  const at = text.slice(start, start + LONGEST_COMMENT).indexOf(end);
  if (at === -1) return undefined;
  const span = { start, end: start + at + end.length };
  return { kind: 'comment', name: '', positional: [], named: {}, span };
}

function readTag(text: string, start: number): Tag | undefined {
  NAME.lastIndex = start + 3;
  const [, slash, name = ''] = NAME.exec(text) ?? [];
  if (name === '' && slash !== '/') return undefined;
  const read = readArguments(text, NAME.lastIndex);
  if (!read) return undefined;
  const kind = slash === '/' ? 'close' : read.isAlone ? 'alone' : 'open';
  return {
    kind,
    name: name.replace(/\/$/, ''),
    positional: read.positional,
    named: Object.fromEntries(read.named),
    span: { start, end: read.end },
  };
}

interface Arguments {
  readonly positional: readonly string[];
  readonly named: ReadonlyMap<string, string>;
  readonly isAlone: boolean;
  readonly end: number;
}

function readArguments(text: string, from: number): Arguments | undefined {
  const positional: string[] = [];
  const named = new Map<string, string>();
  let key: string | undefined;
  TOKEN.lastIndex = from;
  for (let token = TOKEN.exec(text); token; token = TOKEN.exec(text)) {
    const { end, quoted, raw, bare, equals } = token.groups ?? {};
    if (end !== undefined) return { positional, named, isAlone: end.startsWith('/'), end: TOKEN.lastIndex };
    if (equals !== undefined) {
      key = positional.pop();
      continue;
    }
    const value = quoted?.replaceAll('\\"', '"') ?? raw ?? bare ?? '';
    if (key === undefined) positional.push(value);
    else named.set(key, value);
    key = undefined;
  }
  return undefined;
}
