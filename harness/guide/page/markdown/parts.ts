/** What a page's Markdown is made of, as far as guides are concerned. Offsets are those of the Markdown. */
import type { Nodes, Parents } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { linesOf, type Span } from '../../source-text.ts';
import { readableLength } from './cost.ts';
import { type HtmlParts, htmlParts } from './html.ts';
import { MASK, plain } from './masked.ts';
import type { CodePart, HeadingPart, LinkPart, TextPart } from './part.ts';

/** All that a page's Markdown has, that of the HTML in it included. */
export interface MarkdownParts extends HtmlParts {
  readonly code: readonly CodePart[];
  /** Up to where the text was read; its length, but for one that would take forever. */
  readonly end: number;
}

/** Reads Markdown (CommonMark) and the HTML in it. */
export function readMarkdown(text: string): MarkdownParts {
  const end = readableLength(text);
  const collector = new Collector(text, end);
  const root = fromMarkdown(text.slice(0, end));
  // A list instead of recursion: a page may be nested deeper than the stack.
  const left: Nodes[] = [root];
  const definitions = new Map<string, string>();
  for (const node of root.children)
    if (node.type === 'definition') definitions.set(node.identifier, node.url);
  for (let node = left.pop(); node; node = left.pop()) {
    collector.take(node, definitions);
    if ('children' in node) for (const child of [...node.children].reverse()) left.push(child);
  }
  return collector;
}

class Collector implements MarkdownParts {
  readonly code: CodePart[] = [];
  readonly headings: HeadingPart[] = [];
  readonly links: LinkPart[] = [];
  readonly prose: TextPart[] = [];
  readonly ids: string[] = [];
  readonly comments: Span[] = [];
  readonly end: number;
  readonly #text: string;

  constructor(text: string, end: number) {
    this.#text = text;
    this.end = end;
  }

  take(node: Nodes, definitions: ReadonlyMap<string, string>): void {
    const span = spanOf(node);
    switch (node.type) {
      case 'heading':
        this.headings.push(this.#heading(node.depth, textOf(node), span));
        break;
      case 'code':
        this.code.push(this.#codeOf(node.value, [node.lang, node.meta].filter(Boolean).join(' '), span));
        break;
      case 'paragraph':
        this.#addProse(textOf(node), span);
        break;
      case 'html':
        this.#takeHtml(span);
        break;
      case 'link':
        this.links.push(this.#link(node.url, span));
        break;
      case 'linkReference':
        this.links.push({ target: definitions.get(node.identifier) ?? '', span });
        break;
      default:
    }
  }

  #addProse(text: string, span: Span): void {
    const folded = plain(text);
    if (folded !== '') this.prose.push({ text: folded, span });
  }

  #heading(level: number, text: string, span: Span): HeadingPart {
    const raw = this.#text.slice(span.start, span.end).replace(/^#{1,6}|\s#+\s*$/g, '');
    const [attributes] = /\{[^{}]{0,500}\}\s*$/.exec(raw) ?? [''];
    const [, id] = /#([^\s}]+)/.exec(attributes) ?? [];
    const heading = { level, span };
    if (id === undefined) return { ...heading, text: plain(text), raw: raw.replaceAll(MASK, '') };
    return { ...heading, text: plain(text.replace(/\{[^{}]{0,500}\}\s*$/, '')), id };
  }

  #codeOf(value: string, info: string, span: Span): CodePart {
    const all = wholeLinesOf(this.#text, span);
    const fence = /^(?:`{3,}|~{3,})/.exec(this.#text.slice(span.start, span.end))?.[0];
    const isClosed = fence === undefined || closes(this.#text, all, fence);
    const lines = fence === undefined ? all : all.slice(1, isClosed ? -1 : undefined);
    const values = value.split(/\r\n|\n|\r/);
    const bare = lines.map(({ start, end }, index) => {
      const line = this.#text.slice(start, end);
      const wanted = values[index];
      return wanted !== undefined && line.endsWith(wanted)
        ? { start: end - wanted.length, end }
        : { start, end };
    });
    return { info, lines: bare, span, isClosed };
  }

  #takeHtml(span: Span): void {
    const html = htmlParts(this.#text.slice(span.start, span.end), span.start);
    for (const each of html.headings) this.headings.push(each);
    for (const each of html.links) this.links.push(each);
    for (const each of html.ids) this.ids.push(each);
    for (const each of html.comments) this.comments.push(each);
    for (const { text, span: place } of html.prose) this.#addProse(text, place);
  }

  #link(target: string, span: Span): LinkPart {
    if (!target.includes(MASK)) return { target, span };
    const at = this.#text.slice(span.start, span.end).lastIndexOf(target);
    if (at === -1) return { target, span };
    const start = span.start + at;
    return { target, masked: { start, end: start + target.length }, span };
  }
}

/** Does the last line of a block of code close its fence? */
function closes(text: string, lines: readonly Span[], fence: string): boolean {
  const last = lines.at(-1);
  if (lines.length < 2 || last === undefined) return false;
  const [, mark = ''] = /^[\s>]*(`{3,}|~{3,})\s*$/.exec(text.slice(last.start, last.end)) ?? [];
  return mark.startsWith(fence);
}

/** The lines of a stretch. One that is empty and last is the end of the line before. */
function wholeLinesOf(text: string, span: Span): readonly Span[] {
  const lines = linesOf(text, span);
  return lines.at(-1)?.start === span.end ? lines.slice(0, -1) : lines;
}

/** A node's own offsets; the parser gives them to all that it makes. */
function spanOf(node: Nodes): Span {
  return { start: node.position?.start.offset ?? 0, end: node.position?.end.offset ?? 0 };
}

/** The words of a node and of all below it. */
function textOf(node: Parents): string {
  const words: string[] = [];
  const left: Nodes[] = [node];
  for (let next = left.pop(); next; next = left.pop()) {
    if (next.type === 'text' || next.type === 'inlineCode') words.push(next.value);
    else if (next.type === 'break') words.push(' ');
    else if ('children' in next) for (const child of [...next.children].reverse()) left.push(child);
  }
  return words.join('');
}
