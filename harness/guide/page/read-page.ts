/** Reads a page of a guide: Markdown as istio.io keeps it, or plain. */
import { SourceText, type Span } from '../source-text.ts';
import { Anchors } from './anchors.ts';
import { type BareBlock, markdownBlock, type ShortcodeBlocks, shortcodeBlocks } from './blocks.ts';
import { readFrontMatter } from './front-matter.ts';
import { type Markdown, maskMarkdown } from './markdown/masked.ts';
import { type MarkdownParts, readMarkdown } from './markdown/parts.ts';
import type { Block, Heading, Include, Page, PageProblem } from './page.ts';
import { sectionsOf } from './sections.ts';
import { type Element, pairTags } from './shortcodes/pair.ts';
import { type Scanned, scanTags } from './shortcodes/scan.ts';
import { readTabs, type Tabs } from './tabs.ts';

/**
 * Reads the text of a page. It never throws: what can not be read stands in the page's `problems`, and the
 * rest of the page is read. It takes time in proportion to the text.
 *
 * Shortcodes are read before Markdown, as Hugo does; what stands in blocks of code is not read as Markdown.
 *
 * @param file - the page's name, for places
 * @param text - with its line ends as they are on disk
 */
export function readPage(file: string, text: string): Page {
  const source = new SourceText(file, text);
  const frontMatter = readFrontMatter(text);
  const scanned = scanTags(text);
  const tags = scanned.tags.filter(({ span }) => span.start >= frontMatter.end);
  const { elements, strays } = pairTags(tags, text.length);
  const tabs = readTabs(elements);
  const code = shortcodeBlocks(text, elements);
  const markdown = maskMarkdown(text, hiddenSpans(tags, code.opaque), frontMatter.end);
  const parts = readMarkdown(markdown.text);
  const at = <T extends { readonly span: Span }>(part: T): T => ({
    ...part,
    span: spanIn(markdown, part.span),
  });
  const headings = headingsOf(parts, markdown, tabs);
  const links = parts.links.map(({ masked, target, span }) => {
    const place = masked && spanIn(markdown, masked);
    return { target: place ? text.slice(place.start, place.end) : target, span: spanIn(markdown, span) };
  });
  return {
    source,
    frontMatter: frontMatter.values,
    blocks: blocksOf(text, { code, parts, markdown, tabs, headings }),
    tabsets: tabs.tabsets,
    headings,
    anchors: [...headings.map(({ anchor }) => anchor).filter(Boolean), ...parts.ids],
    links,
    prose: parts.prose.map(at).map(part => ({ ...part, tabs: tabs.at(part.span.start) })),
    includes: includesOf(elements, tabs),
    problems: [
      ...frontMatter.problems,
      ...shortcodeProblems(scanned, elements, strays, frontMatter.end),
      ...tabs.problems,
      ...fenceProblems(parts, markdown),
    ]
      .sort(byStart)
      .slice(0, MOST_PROBLEMS),
  };
}

function byStart(one: { readonly span: Span }, other: { readonly span: Span }): number {
  return one.span.start - other.span.start;
}

/** Tags outside of blocks, and whole blocks. */
function hiddenSpans(tags: Scanned['tags'], opaque: readonly Span[]): readonly Span[] {
  const hidden: Span[] = [];
  let end = 0;
  const all = [...tags.map(({ span }) => span), ...opaque];
  // A block begins where its tag does, and is longer.
  for (const span of all.sort((one, other) => one.start - other.start || other.end - one.end)) {
    if (span.start < end) continue;
    hidden.push(span);
    end = span.end;
  }
  return hidden;
}

function spanIn(markdown: Markdown, { start, end }: Span): Span {
  const first = markdown.offsetOf(start);
  // The end is that of the last character: what is left out behind it is no part of it.
  return { start: first, end: end > start ? markdown.offsetOf(end - 1) + 1 : first };
}

function headingsOf(parts: MarkdownParts, markdown: Markdown, tabs: Tabs): readonly Heading[] {
  const anchors = new Anchors();
  return [...parts.headings].sort(byStart).map(({ level, text, id, raw, span: place }) => {
    const span = spanIn(markdown, place);
    const anchor = id !== undefined ? anchors.take(id) : raw !== undefined ? anchors.ofText(raw) : '';
    return { level, text, anchor, span, tabs: tabs.at(span.start) };
  });
}

interface BlockSources {
  readonly code: ShortcodeBlocks;
  readonly parts: MarkdownParts;
  readonly markdown: Markdown;
  readonly tabs: Tabs;
  readonly headings: readonly Heading[];
}

function blocksOf(text: string, { code, parts, markdown, tabs, headings }: BlockSources): readonly Block[] {
  const sectionAt = sectionsOf(headings);
  const bare: readonly BareBlock[] = [
    ...code.blocks,
    ...parts.code.map(part => markdownBlock(text, markdown, part)),
  ];
  return [...bare].sort(byStart).map(block => {
    const within = tabs.at(block.span.start);
    return { ...block, tabs: within, section: sectionAt(block.span.start, within) };
  });
}

/** istio.io's shortcodes that put a file's text in their place. */
const INCLUDES = new Set(['boilerplate', 'text_import', 'text_file', 'text_dynamic', 'fetch_content']);

function includesOf(elements: readonly Element[], tabs: Tabs): readonly Include[] {
  return elements
    .filter(({ name }) => INCLUDES.has(name))
    .map(({ name, open: { positional, named }, span }) => ({
      shortcode: name,
      from: positional[0] ?? named.file ?? named.url ?? '',
      span,
      tabs: tabs.at(span.start),
    }));
}

/** The most problems that are told of a page; who has more has another one. */
const MOST_PROBLEMS = 100;

function shortcodeProblems(
  scanned: Scanned,
  elements: readonly Element[],
  strays: Scanned['tags'],
  from: number,
) {
  const problems: PageProblem[] = [];
  for (const span of scanned.unended)
    if (span.start >= from)
      problems.push({
        kind: 'unclosed-shortcode',
        message: 'This shortcode has no end: `>}}` is missing.',
        span,
      });
  for (const { name, open, isUnclosed } of elements)
    if (isUnclosed)
      problems.push({
        kind: 'unclosed-shortcode',
        message: `The shortcode "${name}" is never closed: {{< /${name} >}} is missing.`,
        span: open.span,
      });
  for (const { name, span } of strays)
    problems.push({ kind: 'stray-close', message: `Nothing that is open here is named "${name}".`, span });
  return problems;
}

function fenceProblems({ code }: MarkdownParts, markdown: Markdown): readonly PageProblem[] {
  return code
    .filter(({ isClosed }) => !isClosed)
    .map(({ span }) => ({
      kind: 'unclosed-fence',
      message: 'This block of code is never closed: its fence is missing.',
      span: spanIn(markdown, span),
    }));
}
