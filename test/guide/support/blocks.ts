/** Pages put together out of blocks, for what comes after the reading of a page. */
import type { Block, Page, TabRef, Tabset } from '../../../harness/guide/page/page.ts';
import { SourceText } from '../../../harness/guide/source-text.ts';

interface Written {
  readonly text: string;
  readonly language?: string;
  readonly tabs?: readonly TabRef[];
  readonly section?: readonly string[];
}

/** Writes the blocks below one another; their offsets are those of the page's text. */
export function pageOf(written: readonly Written[], tabsets: readonly Tabset[] = [], file = 'page.md'): Page {
  let text = '';
  const blocks = written.map((each): Block => {
    const start = text.length;
    const lines = each.text.split('\n').map(line => {
      const offset = text.length;
      text += `${line}\n`;
      return { text: line, offset };
    });
    text += '\n';
    return {
      language: each.language ?? 'bash',
      attributes: {},
      lines,
      span: { start, end: text.length },
      tabs: each.tabs ?? [],
      section: each.section ?? [],
    };
  });
  const source = new SourceText(file, text);
  const empty = {
    frontMatter: {},
    headings: [],
    links: [],
    anchors: [],
    includes: [],
    prose: [],
    problems: [],
  };
  return { source, blocks, tabsets, ...empty };
}

/** A page of one block. */
export function blockOf(text: string, language?: string): { readonly page: Page; readonly block: Block } {
  const page = pageOf([{ text, ...(language !== undefined && { language }) }]);
  const [block] = page.blocks;
  if (!block) throw new Error('A page of one block has none.');
  return { page, block };
}

/** A set of tabs with these names; a name's value is the name in lower case with dashes. */
export function tabsetOf(
  names: readonly string[],
  { category, within = [] }: { readonly category?: string; readonly within?: readonly TabRef[] } = {},
): Tabset {
  const span = { start: 0, end: 0 };
  const tabs = names.map(name => ({ name, value: name.toLowerCase().replaceAll(' ', '-'), span }));
  return { ...(category !== undefined && { category }), tabs, within, span };
}
