/** Reads a page of a guide: Markdown as istio.io keeps it, or plain. */
import { type MappedText, SourceText, type Span, spanIn } from '../source-text.ts';
import { Anchors } from './anchors.ts';
import { markdownBlock } from './blocks.ts';
import { readFrontMatter } from './front-matter.ts';
import { maskMarkdown } from './markdown/masked.ts';
import { type MarkdownParts, readMarkdown } from './markdown/parts.ts';
import type { Block, Heading, Page, PageProblem } from './page.ts';
import { sectionsOf } from './sections.ts';
import { readStructure, type Structure } from './structure.ts';
import type { Tabs } from './tabs.ts';

/**
 * Reads the text of a page. It never throws: what can not be read stands in the page's `problems`, and the
 * rest of the page is read. It takes time in proportion to the text; of Markdown that would take forever the
 * rest is left out, and told.
 *
 * Shortcodes are read before Markdown, as Hugo does; what stands in blocks of code is not read as Markdown.
 *
 * @param file - the page's name, for places
 * @param text - with its line ends as they are on disk
 */
export function readPage(file: string, text: string): Page {
  const source = new SourceText(file, text);
  const frontMatter = readFrontMatter(text);
  const strange = strangeIn(text);
  // Of a binary file nothing is read: what looks like a command in it is none.
  const page = text.includes('\0') ? NOTHING : readBody(source, frontMatter.end);
  const problems = [...frontMatter.problems, ...(strange ? [strange] : []), ...page.problems];
  return {
    ...page,
    source,
    frontMatter: frontMatter.values,
    problems: problems.sort(byStart).slice(0, MOST_PROBLEMS),
  };
}

type Body = Omit<Page, 'source' | 'frontMatter'>;

const NOTHING: Body = {
  blocks: [],
  tabsets: [],
  headings: [],
  anchors: [],
  links: [],
  prose: [],
  includes: [],
  problems: [],
};

function readBody(source: SourceText, from: number): Body {
  const { text } = source;
  const structure = readStructure(source, from);
  const { tabs } = structure;
  const markdown = maskMarkdown(text, structure.hidden, from);
  const parts = readMarkdown(markdown.text);
  const headings = headingsOf(parts, markdown, tabs);
  return {
    blocks: blocksOf(text, structure, { parts, markdown, headings }),
    tabsets: tabs.tabsets,
    headings,
    anchors: [...headings.map(({ anchor }) => anchor).filter(Boolean), ...parts.ids],
    links: parts.links.map(({ masked, target, span }) => {
      const place = masked && spanIn(markdown, masked);
      return { target: place ? text.slice(place.start, place.end) : target, span: spanIn(markdown, span) };
    }),
    prose: parts.prose.map(part => {
      const span = spanIn(markdown, part.span);
      return { text: part.text, span, tabs: tabs.at(span.start) };
    }),
    includes: structure.includes,
    problems: [...structure.problems, ...markdownProblems(parts, markdown)],
  };
}

/** A problem if the file is no text, or holds what stands for bytes that are no UTF-8. */
function strangeIn(text: string): PageProblem | undefined {
  const binary = text.indexOf('\0');
  const at = binary === -1 ? text.indexOf('\uFFFD') : binary;
  if (at === -1) return undefined;
  const message =
    binary === -1 ? 'Some bytes here are no UTF-8.' : 'This is no text: nothing of such a file is read.';
  return { kind: 'not-text', message, span: { start: at, end: at + 1 } };
}

function byStart(one: { readonly span: Span }, other: { readonly span: Span }): number {
  return one.span.start - other.span.start;
}

function headingsOf(parts: MarkdownParts, markdown: MappedText, tabs: Tabs): readonly Heading[] {
  const anchors = new Anchors();
  return [...parts.headings].sort(byStart).map(({ level, text, id, raw, span: place }) => {
    const span = spanIn(markdown, place);
    const anchor = id !== undefined ? anchors.take(id) : raw !== undefined ? anchors.ofText(raw) : '';
    return { level, text, anchor, span, tabs: tabs.at(span.start) };
  });
}

interface MarkdownOfPage {
  readonly parts: MarkdownParts;
  readonly markdown: MappedText;
  readonly headings: readonly Heading[];
}

function blocksOf(text: string, { blocks, tabs }: Structure, of: MarkdownOfPage): readonly Block[] {
  const sectionAt = sectionsOf(of.headings);
  const unseen = of.parts.comments.map(span => spanIn(of.markdown, span));
  const seen = withoutThose(blocks, unseen);
  const bare = [...seen, ...of.parts.code.map(part => markdownBlock(text, of.markdown, part))];
  return bare.sort(byStart).map(block => {
    const within = tabs.at(block.span.start);
    return { ...block, tabs: within, section: sectionAt(block.span.start, within) };
  });
}

/** The most problems that are told of a page; who has more has another one. */
const MOST_PROBLEMS = 100;

/** Leaves out what begins in one of some stretches; both are in the order of the page. */
function withoutThose<T extends { readonly span: Span }>(
  all: readonly T[],
  unseen: readonly Span[],
): readonly T[] {
  let next = 0;
  return all.filter(({ span }) => {
    while ((unseen[next]?.end ?? Number.POSITIVE_INFINITY) <= span.start) next += 1;
    const around = unseen[next];
    return !around || around.start > span.start;
  });
}

function markdownProblems({ code, end }: MarkdownParts, markdown: MappedText): readonly PageProblem[] {
  const unclosed = code
    .filter(({ isClosed }) => !isClosed)
    .map(({ span }) => ({
      kind: 'unclosed-fence' as const,
      message: 'This block of code is never closed: its fence is missing.',
      span: spanIn(markdown, span),
    }));
  if (end === markdown.text.length) return unclosed;
  const message = 'From here on the Markdown is not read: it is too long or too deeply nested.';
  return [...unclosed, { kind: 'too-long', message, span: spanIn(markdown, { start: end, end: end + 1 }) }];
}
