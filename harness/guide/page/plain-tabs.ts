/**
 * Tabs of Markdown that has no shortcodes, in the forms that are most common, told as the tags of shortcodes:
 * - MkDocs (pymdownx.tabbed): `=== "Name"`, with the content four columns in;
 * - Docusaurus: `<Tabs groupId="…">` and `<TabItem value="…" label="Name">`, each on a line of its own;
 * - VitePress: `::: code-group` … `:::`, whose fences have the name in brackets: `bash [Name]`.
 */
import type { Span } from '../source-text.ts';
import type { Tag } from './shortcodes/scan.ts';

interface PlainTabs {
  /** In order; those that the page has no mark for are empty. */
  readonly tags: readonly Tag[];
  /** Indentation that Markdown does not count. */
  readonly indentation: readonly Span[];
}

const HINT = /^[ \t]*(?:===[ \t]+"|<TabItem[ >]|:::[ \t]*code-group)/m;
const LINE = /([ \t]*)([^\r\n]*)(\r\n|\n|\r|$)/y;

/** Finds such tabs. Pages with shortcodes are Hugo's, and have none. */
export function plainTabs(text: string, from: number): PlainTabs {
  if (!HINT.test(text)) return { tags: [], indentation: [] };
  const reader = new Reader();
  for (let at = from; at < text.length; at = LINE.lastIndex) {
    LINE.lastIndex = at;
    const [, blanks = '', rest = ''] = LINE.exec(text) ?? [];
    reader.take({ start: at, columns: blanks.length, rest, next: LINE.lastIndex });
  }
  reader.leave(text.length, 0);
  return reader;
}

interface Line {
  readonly start: number;
  readonly columns: number;
  readonly rest: string;
  /** Where the next line begins. */
  readonly next: number;
}

/** A tab of MkDocs, by the column of its `===`. */
interface OpenTab {
  readonly columns: number;
  /** False: its content has ended, and another tab of its set may follow. */
  isOpen: boolean;
}

const MKDOCS_INDENTATION = 4;
const MOST_NESTED = 20;

class Reader implements PlainTabs {
  readonly tags: Tag[] = [];
  readonly indentation: Span[] = [];
  readonly #sets: OpenTab[] = [];
  #fence: { readonly mark: string; readonly isTab: boolean } | undefined;
  #isInGroup = false;

  take(line: Line): void {
    if (line.rest !== '' && !this.#isWithinFence(line)) {
      this.#fence = undefined;
      this.leave(line.start, line.columns, line.rest);
    }
    const depth = this.#sets.filter(({ isOpen }) => isOpen).length;
    const inside = Math.min(line.columns, depth * MKDOCS_INDENTATION);
    if (inside > 0) this.indentation.push({ start: line.start, end: line.start + inside });
    if (this.#takeFence(line)) return;
    this.#takeTab(line);
    this.#takeElement(line);
    this.#takeGroup(line);
  }

  /** Closes the tabs whose content does not go on at a column. */
  leave(at: number, columns: number, rest = ''): void {
    for (let set = this.#sets.at(-1); set; set = this.#sets.at(-1)) {
      if (set.isOpen && columns >= set.columns + MKDOCS_INDENTATION) return;
      if (set.isOpen) this.#add('close', 'tab', { start: at, end: at });
      set.isOpen = false;
      if (columns === set.columns && nameOfTab(rest) !== undefined) return;
      this.#add('close', 'tabset', { start: at, end: at });
      this.#sets.pop();
    }
  }

  /** Within a fence a tab goes on as long as its indentation does. */
  #isWithinFence({ columns }: Line): boolean {
    const top = this.#sets.at(-1);
    return this.#fence !== undefined && (!top || columns >= top.columns + MKDOCS_INDENTATION);
  }

  #takeFence({ start, columns, rest, next }: Line): boolean {
    const [, mark = '', info = ''] = /^(`{3,}|~{3,})([^`]*)$/.exec(rest) ?? [];
    const fence = this.#fence;
    if (fence) {
      if (!mark.startsWith(fence.mark) || info.trim() !== '') return true;
      this.#fence = undefined;
      if (fence.isTab) this.#add('close', 'tab', { start: next, end: next });
      return true;
    }
    if (mark === '') return false;
    const [, name] = /\[([^\]]{1,200})\]/.exec(info) ?? [];
    this.#fence = { mark, isTab: this.#isInGroup };
    const at = start + columns;
    if (this.#isInGroup) this.#add('open', 'tab', { start: at, end: at }, { name: name ?? info.trim() });
    return true;
  }

  #takeTab({ start, columns, rest }: Line): void {
    const name = nameOfTab(rest);
    if (name === undefined || this.#sets.length >= MOST_NESTED) return;
    const mark = { start: start + columns, end: start + columns + rest.length };
    const before = this.#sets.at(-1);
    if (before && before.columns === columns) {
      before.isOpen = true;
    } else {
      this.#sets.push({ columns, isOpen: true });
      this.#add('open', 'tabset', { start: mark.start, end: mark.start });
    }
    this.#add('open', 'tab', mark, { name });
  }

  #takeElement({ start, columns, rest }: Line): void {
    const [tag, slash, element, attributes = ''] = /^<(\/?)(Tabs|TabItem)\b([^<>]{0,1000})>/.exec(rest) ?? [];
    if (tag === undefined) return;
    const mark = { start: start + columns, end: start + columns + tag.length };
    const name = element === 'Tabs' ? 'tabset' : 'tab';
    if (slash === '/') this.#add('close', name, mark);
    else this.#add('open', name, mark, element === 'Tabs' ? setOf(attributes) : tabOf(attributes));
    const [end] = /<\/TabItem>\s*$/.exec(rest.slice(tag.length)) ?? [];
    if (end === undefined) return;
    const at = start + columns + rest.length - end.length;
    this.#add('close', 'tab', { start: at, end: at + end.length });
  }

  #takeGroup({ start, columns, rest }: Line): void {
    const mark = { start: start + columns, end: start + columns + rest.length };
    if (/^:{3,}[ \t]*code-group\b/.test(rest)) {
      this.#isInGroup = true;
      this.#add('open', 'tabset', mark);
    } else if (this.#isInGroup && /^:{3,}[ \t]*$/.test(rest)) {
      this.#isInGroup = false;
      this.#add('close', 'tabset', mark);
    }
  }

  #add(kind: 'open' | 'close', name: string, span: Span, named: Readonly<Record<string, string>> = {}): void {
    this.tags.push({ kind, name, positional: [], named, span });
  }
}

function nameOfTab(rest: string): string | undefined {
  return /^===[!+]*[ \t]+"([^"]{1,200})"[ \t]*$/.exec(rest)?.[1];
}

function setOf(attributes: string): Readonly<Record<string, string>> {
  const group = attribute(attributes, 'groupId');
  return group === undefined ? {} : { 'category-name': group };
}

function tabOf(attributes: string): Readonly<Record<string, string>> {
  const value = attribute(attributes, 'value');
  const name = attribute(attributes, 'label') ?? value ?? '';
  return value === undefined ? { name } : { name, 'category-value': value };
}

function attribute(attributes: string, name: string): string | undefined {
  return new RegExp(`\\b${name}=["']([^"']*)["']`).exec(attributes)?.[1];
}
