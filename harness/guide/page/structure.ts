/** What a page's shortcodes make of it, before its Markdown is read. */
import type { SourceText, Span } from '../source-text.ts';
import { type BareBlock, shortcodeBlocks } from './blocks.ts';
import type { Hidden } from './markdown/masked.ts';
import type { Include, PageProblem } from './page.ts';
import { plainTabs } from './plain-tabs.ts';
import { type Element, pairTags } from './shortcodes/pair.ts';
import { scanTags, type Tag } from './shortcodes/scan.ts';
import { readTabs, type Tabs } from './tabs.ts';

/** What shortcodes say of a page. */
export interface Structure {
  readonly tabs: Tabs;
  readonly blocks: readonly BareBlock[];
  readonly includes: readonly Include[];
  /** What Markdown does not see. */
  readonly hidden: readonly Hidden[];
  readonly problems: readonly PageProblem[];
}

/**
 * Reads shortcodes, or the tabs of a page that has none.
 * @param from - where the front matter ends
 */
export function readStructure(source: SourceText, from: number): Structure {
  const { text } = source;
  const scanned = scanTags(text, from);
  const plain = scanned.tags.length === 0 ? plainTabs(text, from) : { tags: [], indentation: [] };
  const tags = [...scanned.tags, ...plain.tags];
  const { elements, strays } = pairTags(tags, text.length);
  const tabs = readTabs(elements);
  const { blocks, opaque } = shortcodeBlocks(source, elements);
  const masked = [...tags.map(({ span }) => span), ...opaque].map(span => ({ ...span, isCut: false }));
  return {
    tabs,
    blocks,
    includes: includesOf(elements, tabs),
    hidden: withoutOverlap([...masked, ...plain.indentation.map(span => ({ ...span, isCut: true }))]),
    problems: [...problemsOf(scanned.unended, elements, strays), ...tabs.problems],
  };
}

/** A block begins where its tag does, and is longer: it takes the place of the tags in it. */
function withoutOverlap(all: readonly Hidden[]): readonly Hidden[] {
  const hidden: Hidden[] = [];
  let end = 0;
  for (const span of [...all].sort((one, other) => one.start - other.start || other.end - one.end)) {
    if (span.start < end || span.end === span.start) continue;
    hidden.push(span);
    end = span.end;
  }
  return hidden;
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

function problemsOf(
  unended: readonly Span[],
  elements: readonly Element[],
  strays: readonly Tag[],
): readonly PageProblem[] {
  return [
    ...unended.map(span => ({
      kind: 'unclosed-shortcode' as const,
      message: 'This shortcode has no end: `>}}` is missing.',
      span,
    })),
    ...elements
      .filter(({ isUnclosed }) => isUnclosed)
      .map(({ name, open: { span } }) => ({
        kind: 'unclosed-shortcode' as const,
        message: `The shortcode "${name}" is never closed: {{< /${name} >}} is missing.`,
        span,
      })),
    ...strays.map(({ name, span }) => ({
      kind: 'stray-close' as const,
      message: `Nothing that is open here is named "${name}".`,
      span,
    })),
  ];
}
