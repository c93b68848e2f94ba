/** Headings, links, anchors and text of the HTML that stands in a page. It is scanned, not parsed. */
import type { Span } from '../../source-text.ts';
import { plain } from './masked.ts';
import type { HeadingPart, LinkPart, TextPart } from './part.ts';

/** What a stretch of HTML has, each list in its order. */
export interface HtmlParts {
  readonly headings: readonly HeadingPart[];
  readonly links: readonly LinkPart[];
  readonly prose: readonly TextPart[];
  /** What `id` and `name` say. */
  readonly ids: readonly string[];
  /** Nobody sees what stands in them. */
  readonly comments: readonly Span[];
}

/** A tag; its attributes are bounded, so that what is never closed costs no square of time. */
const TAG = /<(\/?)([A-Za-z][\w-]{0,40})((?:[^"'<>]|"[^"]{0,2000}"|'[^']{0,2000}'){0,2000})>/g;
const ATTRIBUTE = /([A-Za-z][\w-]{0,40})\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))/g;

interface HtmlTag {
  readonly isEnd: boolean;
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly span: Span;
}

/** Scans a stretch of HTML. `offset` is where it begins in the Markdown, to which all spans refer. */
export function htmlParts(html: string, offset: number): HtmlParts {
  const { text, comments } = withoutComments(html);
  const tags = tagsOf(text);
  const headings = headingsOf(text, tags);
  const moved = <T extends { readonly span: Span }>(part: T): T => ({
    ...part,
    span: { start: part.span.start + offset, end: part.span.end + offset },
  });
  return {
    headings: headings.map(moved),
    links: tags.flatMap(({ name, attributes, span }) => {
      const target = name === 'a' ? attributes.get('href') : undefined;
      return target === undefined ? [] : [moved({ target, span })];
    }),
    prose: textBetween(text, [...tags.map(({ span }) => span), ...headings.map(({ span }) => span)]).map(
      moved,
    ),
    ids: tags.flatMap(({ name, attributes }) => [
      ...(attributes.has('id') ? [attributes.get('id') ?? ''] : []),
      ...(name === 'a' && attributes.has('name') ? [attributes.get('name') ?? ''] : []),
    ]),
    comments: comments.map(({ start, end }) => ({ start: start + offset, end: end + offset })),
  };
}

function withoutComments(html: string): { readonly text: string; readonly comments: readonly Span[] } {
  const parts: string[] = [];
  const comments: Span[] = [];
  let at = 0;
  for (let start = html.indexOf('<!--'); start !== -1; start = html.indexOf('<!--', at)) {
    const closed = html.indexOf('-->', start + 2);
    const end = closed === -1 ? html.length : closed + 3;
    parts.push(html.slice(at, start), ' '.repeat(end - start));
    comments.push({ start, end });
    at = end;
  }
  return { text: parts.join('') + html.slice(at), comments };
}

function tagsOf(text: string): readonly HtmlTag[] {
  return Array.from(text.matchAll(TAG), ({ 0: tag, 1: slash, 2: name = '', 3: attributes = '', index }) => ({
    isEnd: slash === '/',
    name: name.toLowerCase(),
    attributes: new Map(
      Array.from(attributes.matchAll(ATTRIBUTE), ([, key = '', double, single, bare]) => [
        key.toLowerCase(),
        double ?? single ?? bare ?? '',
      ]),
    ),
    span: { start: index, end: index + tag.length },
  }));
}

function headingsOf(text: string, tags: readonly HtmlTag[]): readonly HeadingPart[] {
  const headings: HeadingPart[] = [];
  let open: HtmlTag | undefined;
  for (const tag of tags) {
    if (!/^h[1-6]$/.test(tag.name)) continue;
    if (!tag.isEnd) {
      open = tag;
    } else if (open?.name === tag.name) {
      const inner = text.slice(open.span.end, tag.span.start).replace(TAG, '');
      const id = open.attributes.get('id');
      const span = { start: open.span.start, end: tag.span.end };
      const heading = { level: Number(tag.name[1]), text: plain(inner), span };
      headings.push(id === undefined ? heading : { ...heading, id });
      open = undefined;
    }
  }
  return headings;
}

/** What stands outside of some stretches, as pieces. */
function textBetween(text: string, stretches: readonly Span[]): readonly TextPart[] {
  const pieces: TextPart[] = [];
  let at = 0;
  const take = (end: number) => {
    if (end > at) pieces.push({ text: text.slice(at, end), span: { start: at, end } });
  };
  for (const { start, end } of [...stretches].sort((one, other) => one.start - other.start)) {
    take(start);
    at = Math.max(at, end);
  }
  take(text.length);
  return pieces;
}
