/** Blocks of code, in shortcodes and in Markdown. */
import { linesOf, type MappedText, offsetIn, type SourceText, type Span, spanIn } from '../source-text.ts';
import type { CodePart } from './markdown/part.ts';
import type { BlockLine } from './page.ts';
import type { Element } from './shortcodes/pair.ts';

/** A block before it is known where on the page it stands. */
export interface BareBlock {
  readonly language: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly lines: readonly BlockLine[];
  readonly span: Span;
}

/** Their content is code, and their first argument the language: istio.io's shortcodes, and Hugo's own. */
const CODE = new Set(['text', 'text_hack', 'highlight']);
/** What else is no Markdown. */
const OPAQUE = new Set(['mermaid']);

/** istio.io's names for the arguments that come after the language. */
const POSITIONAL = ['outputis', 'downloadas', 'expandlinks'];

/** The content of shortcodes that is not to be read as Markdown. */
interface ShortcodeBlocks {
  readonly blocks: readonly BareBlock[];
  /** With their marks; in order, without overlap. */
  readonly opaque: readonly Span[];
}

/** Finds the blocks that shortcodes make. A block within another is that block's text. */
export function shortcodeBlocks(source: SourceText, elements: readonly Element[]): ShortcodeBlocks {
  const blocks: BareBlock[] = [];
  const opaque: Span[] = [];
  let end = 0;
  for (const [index, element] of elements.entries()) {
    if (element.span.start < end || (element.close === undefined && !element.isUnclosed)) continue;
    const isCode = isBlock(element);
    if (!isCode && !OPAQUE.has(element.name)) continue;
    const inner = element.isUnclosed ? recovered(source.text, element, elements, index) : element.inner;
    const span = { start: element.span.start, end: element.close?.span.end ?? inner.end };
    opaque.push(span);
    end = span.end;
    if (isCode) blocks.push(blockOf(source, element, { inner, span }));
  }
  return { blocks, opaque };
}

const isBlock = (element: Element): boolean => CODE.has(element.name) || languageOfTab(element) !== undefined;

/** The tabs of kubernetes.io and Docsy may be code as a whole. */
function languageOfTab({ name, open: { named } }: Element): string | undefined {
  return name === 'tab' ? (named.codelang ?? named.lang) : undefined;
}

function blockOf(
  source: SourceText,
  element: Element,
  { inner, span }: { inner: Span; span: Span },
): BareBlock {
  const { positional, named } = element.open;
  const [first, ...others] = positional;
  const attributes: Record<string, string> = { ...named };
  for (const [index, value] of others.entries()) {
    const name = POSITIONAL[index];
    if (name !== undefined && value !== '') attributes[name] ??= value;
  }
  return {
    language: first ?? named.syntax ?? languageOfTab(element) ?? '',
    attributes,
    lines: contentOf(source.text, inner, indentationAt(source, span.start)),
    span,
  };
}

/**
 * A block whose end is missing goes on to the first empty line, or to the next block: no one can know how far
 * it was meant to, and what follows most often is the page's prose.
 */
function recovered(text: string, { inner }: Element, elements: readonly Element[], index: number): Span {
  const { start } = inner;
  let next = index + 1;
  for (
    let after = elements[next];
    after && !isBlock(after) && after.span.start < inner.end;
    after = elements[next]
  )
    next += 1;
  const end = Math.min(inner.end, elements[next]?.span.start ?? inner.end);
  const blank = /(?:\r\n|\n|\r(?!\n))[ \t]*(?=[\r\n])/.exec(text.slice(start, end));
  return { start, end: blank ? start + blank.index : end };
}

/** The columns at which the text of a mark's line begins, behind white space and the mark of a list. */
function indentationAt(source: SourceText, at: number): number {
  const start = at - source.placeOf(at).column + 1;
  const before = source.text.slice(start, Math.min(at, start + 200));
  return columnsOf(/^\s*(?:(?:[-*+]|\d{1,9}[.)])\s+)?/.exec(before)?.[0] ?? '');
}

function columnsOf(text: string): number {
  let columns = 0;
  for (const character of text) columns += character === '\t' ? 4 - (columns % 4) : 1;
  return columns;
}

/** The lines of a block's content; the ends of the lines with the marks are not part of it. */
function contentOf(text: string, inner: Span, indentation: number): readonly BlockLine[] {
  const lines = linesOf(text, inner).map(line => lineOf(text, line, indentation));
  const isBlank = (line: BlockLine | undefined) => line?.text.trim() === '';
  return lines.slice(isBlank(lines[0]) ? 1 : 0, isBlank(lines.at(-1)) && lines.length > 1 ? -1 : undefined);
}

function lineOf(text: string, { start, end }: Span, indentation: number): BlockLine {
  let at = start;
  for (let columns = 0; at < end && columns < indentation; at += 1) {
    if (text[at] === '\t') columns += 4 - (columns % 4);
    else if (text[at] === ' ') columns += 1;
    else break;
  }
  return { text: text.slice(at, end), offset: at };
}

/** Makes a block of Markdown's code a block of the page. */
export function markdownBlock(
  text: string,
  markdown: MappedText,
  { info, lines, span }: CodePart,
): BareBlock {
  const [first = '', ...others] = info.split(/\s+/);
  const named = others.flatMap(word => {
    const [, name, value] = /^([\w-]+)=["']?(.*?)["']?$/.exec(word.replace(/^\{|\}$/g, '')) ?? [];
    return name === undefined || value === undefined ? [] : [[name, value] as const];
  });
  return {
    language: /^[\w+#.-]*/.exec(first)?.[0] ?? '',
    attributes: Object.fromEntries(named),
    lines: lines.map(({ start, end }) => {
      const offset = offsetIn(markdown, start);
      return { offset, text: text.slice(offset, offset + end - start) };
    }),
    span: spanIn(markdown, span),
  };
}
