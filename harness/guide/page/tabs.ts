/** Sets of tabs, and which tabs a place stands in. */
import { countWhile, type Span } from '../source-text.ts';
import type { PageProblem, PageProblemKind, Tab, TabRef, Tabset } from './page.ts';
import type { Element } from './shortcodes/pair.ts';

/** The tabs of a page. */
export interface Tabs {
  readonly tabsets: readonly Tabset[];
  /** Returns the tabs that an offset stands in, outermost first. */
  at(offset: number): readonly TabRef[];
  readonly problems: readonly PageProblem[];
}

/** `tabset` is istio.io's word, `tabs` that of kubernetes.io, `tabpane` that of Docsy. */
const SETS = new Set(['tabset', 'tabs', 'tabpane']);
const MOST_NESTED = 16;
/** Tabs of a page that are read: each may be another way through the guide, all of which are followed. */
const MOST_TABS = 100;

/** Reads the sets of tabs from a page's shortcodes. */
export function readTabs(elements: readonly Element[]): Tabs {
  const reader = new Reader();
  for (const element of elements) reader.take(element);
  reader.leaveBefore(Number.POSITIVE_INFINITY);
  const { tabsets, bounds, problems } = reader;
  return { tabsets, problems, at: offset => refsAt(bounds, offset) };
}

interface Bound {
  readonly offset: number;
  readonly refs: readonly TabRef[];
}

function refsAt(bounds: readonly Bound[], offset: number): readonly TabRef[] {
  return bounds[countWhile(bounds, bound => bound.offset <= offset) - 1]?.refs ?? [];
}

interface OpenSet {
  readonly kind: 'set';
  readonly end: number;
  readonly span: Span;
  /** Its place in the list, once it has a tab. */
  index?: number;
  readonly tabs: Tab[];
  readonly names: Set<string>;
  /** Its tabs are not read. */
  readonly isTooDeep: boolean;
  readonly category?: string;
}
interface OpenTab {
  readonly kind: 'tab';
  readonly end: number;
  readonly outside: readonly TabRef[];
}

class Reader {
  readonly tabsets: Tabset[] = [];
  readonly bounds: Bound[] = [];
  readonly problems: PageProblem[] = [];
  readonly #open: (OpenSet | OpenTab)[] = [];
  #refs: readonly TabRef[] = [];
  #tabs = 0;

  take(element: Element): void {
    if (!SETS.has(element.name) && element.name !== 'tab') return;
    this.leaveBefore(element.span.start);
    if (element.name === 'tab') this.#takeTab(element);
    else this.#takeSet(element);
  }

  leaveBefore(offset: number): void {
    for (let top = this.#open.at(-1); top && top.end <= offset; top = this.#open.at(-1)) {
      this.#open.pop();
      if (top.kind === 'tab') this.#enter(top.end, top.outside);
      else if (top.tabs.length === 0 && !top.isTooDeep && this.#tabs <= MOST_TABS)
        this.#tell('no-tabs', 'This set of tabs has no tab.', top.span);
    }
  }

  #takeSet({ open, span }: Element): void {
    const isTooDeep = this.#refs.length >= MOST_NESTED;
    if (isTooDeep) {
      const isFirst = this.problems.every(({ kind }) => kind !== 'too-deep');
      if (isFirst) this.#tell('too-deep', `Tabs stand more than ${MOST_NESTED} deep in tabs.`, open.span);
    }
    const category = open.named['category-name'] ?? open.named.name;
    const set: OpenSet = { kind: 'set', end: span.end, span, tabs: [], names: new Set(), isTooDeep };
    this.#open.push(category === undefined ? set : { ...set, category: category.trim() });
  }

  #takeTab({ open, span }: Element): void {
    const set = this.#open.at(-1);
    if (set?.kind !== 'set') {
      this.#tell('tab-outside', 'This tab stands in no set of tabs.', open.span);
      return;
    }
    if (this.#refs.length >= MOST_NESTED || !this.#mayHaveMore(open.span)) return;
    const tab = this.#tabOf(set, open.named, open.positional, span);
    set.tabs.push(tab);
    set.index ??= this.#list(set);
    this.#open.push({ kind: 'tab', end: span.end, outside: this.#refs });
    this.#enter(span.start, [...this.#refs, { tabset: set.index, tab: tab.name }]);
  }

  #mayHaveMore(span: Span): boolean {
    this.#tabs += 1;
    if (this.#tabs === MOST_TABS + 1)
      this.#tell(
        'too-long',
        `The page has more than ${MOST_TABS} tabs; from here on they are not read.`,
        span,
      );
    return this.#tabs <= MOST_TABS;
  }

  #tabOf(
    set: OpenSet,
    named: Readonly<Record<string, string>>,
    positional: readonly string[],
    span: Span,
  ): Tab {
    const value = named['category-value']?.trim();
    const given = (named.name ?? named.header ?? positional[0] ?? value ?? '').trim();
    const name = given === '' ? `tab ${set.tabs.length + 1}` : given;
    if (given === '') this.#tell('tab-without-name', 'This tab has no name.', span);
    if (set.names.has(name)) this.#tell('tab-twice', `This set has two tabs named "${name}".`, span);
    set.names.add(name);
    return value === undefined ? { name, span } : { name, value, span };
  }

  #list({ category, tabs, span }: OpenSet): number {
    const within = this.#refs;
    return (
      this.tabsets.push(category === undefined ? { tabs, within, span } : { category, tabs, within, span }) -
      1
    );
  }

  #enter(offset: number, refs: readonly TabRef[]): void {
    this.#refs = refs;
    this.bounds.push({ offset, refs });
  }

  #tell(kind: PageProblemKind, message: string, span: Span): void {
    this.problems.push({ kind, message, span });
  }
}
