/** Ways through a guide: which tab a reader follows in each set of tabs. */
import { didYouMean } from '../../base/did-you-mean.ts';
import { HarnessError } from '../../base/errors.ts';
import { firstOf } from '../../base/printable.ts';
import type { Page, Tab, TabRef, Tabset } from '../page/page.ts';
import type { View } from './trace.ts';

/** Chooses a tab of a set that the reader comes to; undefined: none of them. */
type Choice = (tabset: Tabset, page: Page) => Tab | undefined;

/** As one compares names of tabs. */
const folded = (name: string): string => name.trim().toLowerCase();

/** What a tab is compared by: `category-value`, or else what people read. */
const keyOf = ({ name, value }: Tab): string => folded(value ?? name);

const answersTo = (tab: Tab, name: string): boolean => keyOf(tab) === name || folded(tab.name) === name;

/** Says whether what stands in these tabs is seen by a reader who follows those. */
export const isFollowed = (tabs: readonly TabRef[], followed: readonly TabRef[]): boolean =>
  tabs.every(({ tabset, tab }) => followed.some(each => each.tabset === tabset && each.tab === tab));

/**
 * Lists ways through the pages that together come by every tab, as few as a simple search finds. Sets of one
 * category switch together, as on the site.
 */
export function viewsOf(pages: readonly Page[]): readonly View[] {
  const open = new Map<Tab, TabPlace>();
  for (const page of pages)
    for (const tabset of page.tabsets) for (const tab of tabset.tabs) open.set(tab, { page, tabset });
  const views: View[] = [];
  do {
    const [first] = open;
    const forced = first ? forcedBy(...first) : new Map<Tabset, string>();
    const view = walk(pages, tabset => {
      const name = forced.get(tabset);
      return (
        tabset.tabs.find(each => each.name === name) ??
        tabset.tabs.find(each => open.has(each)) ??
        tabset.tabs[0]
      );
    });
    for (const tab of view.chosen) open.delete(tab);
    // A tab that its category keeps from view is come by no other way.
    if (first) open.delete(first[0]);
    views.push(view);
  } while (open.size > 0);
  return views;
}

/** Where a tab stands. */
interface TabPlace {
  readonly page: Page;
  readonly tabset: Tabset;
}

/** What must be chosen so that a tab is seen: it, and the tabs around it. */
function forcedBy(tab: Tab, { page, tabset }: TabPlace): ReadonlyMap<Tabset, string> {
  const forced = new Map([[tabset, tab.name]]);
  for (const each of tabset.within) {
    const outer = page.tabsets[each.tabset];
    if (outer) forced.set(outer, each.tab);
  }
  return forced;
}

/** Goes through the pages and chooses; a category that was chosen before decides for the sets of its name. */
function walk(pages: readonly Page[], choose: Choice): View & { readonly chosen: readonly Tab[] } {
  const byCategory = new Map<string, string>();
  const chosen: Tab[] = [];
  const tabs = new Map<Page, readonly TabRef[]>();
  const names: string[] = [];
  for (const page of pages) {
    const followed: TabRef[] = [];
    for (const [index, tabset] of page.tabsets.entries()) {
      if (!isFollowed(tabset.within, followed)) continue;
      const key = tabset.category === undefined ? undefined : byCategory.get(tabset.category);
      const tab = tabset.tabs.find(each => keyOf(each) === key) ?? choose(tabset, page);
      if (!tab) continue;
      if (tabset.category !== undefined && key === undefined) byCategory.set(tabset.category, keyOf(tab));
      followed.push({ tabset: index, tab: tab.name });
      chosen.push(tab);
      if (!names.includes(tab.name)) names.push(tab.name);
    }
    tabs.set(page, followed);
  }
  return { pages, tabs, name: names.join(' / '), chosen };
}

/**
 * Returns the way through the pages on which each set of tabs shows the tab that is named, by what people
 * read or by its `category-value`; case does not count. A set of one tab needs no name.
 *
 * @throws HarnessError ERR_UNKNOWN_TAB for a set of which no tab, or more than one, is named; for a name that
 *   no tab on the way has
 */
export function viewOfTabs(pages: readonly Page[], names: readonly string[]): View {
  const asked = names.map(folded);
  const used = new Set<string>();
  const { chosen: _, ...view } = walk(pages, (tabset, page) => {
    const found = tabset.tabs.filter(tab => asked.some(name => answersTo(tab, name)));
    for (const name of asked) if (tabset.tabs.some(tab => answersTo(tab, name))) used.add(name);
    if (found.length > 1) throw severalNamed(tabset, page, found);
    const [only] = tabset.tabs.length === 1 ? tabset.tabs : found;
    if (!only && tabset.tabs.length > 0) throw noneNamed(pages, tabset, page, asked);
    return only;
  });
  // A set that its category has chosen for was not asked.
  for (const name of names)
    if (!used.has(folded(name)) && !namesFollowed(view, folded(name))) throw unknownTab(pages, name);
  return view;
}

const namesFollowed = (view: View, name: string): boolean =>
  view.pages.some(page =>
    (view.tabs.get(page) ?? []).some(({ tabset, tab }) =>
      page.tabsets[tabset]?.tabs.some(each => each.name === tab && answersTo(each, name)),
    ),
  );

const place = (page: Page, { span }: Tabset): string => {
  const { file, line } = page.source.placeOf(span.start);
  return `${file}:${line}`;
};
const listed = (tabs: readonly Tab[]): string =>
  firstOf(tabs.map(({ name, value }) => (value === undefined ? `"${name}"` : value))).join(', ');
const allTabs = (pages: readonly Page[]): readonly Tab[] =>
  pages.flatMap(page => page.tabsets.flatMap(({ tabs }) => tabs));

function unknownTab(pages: readonly Page[], name: string): HarnessError {
  const known = [...new Map(allTabs(pages).map(tab => [keyOf(tab), tab])).values()];
  const guess = didYouMean(
    name,
    known.flatMap(tab => [tab.value ?? tab.name, tab.name]),
  );
  return new HarnessError('ERR_UNKNOWN_TAB', `The guide has no tab "${name}" on the way.`, {
    hint: [
      ...(guess === undefined ? [] : [guess]),
      known.length > 0 ? `Its tabs: ${listed(known)}` : 'It has no tabs at all.',
    ].join(' '),
  });
}

function noneNamed(
  pages: readonly Page[],
  tabset: Tabset,
  page: Page,
  asked: readonly string[],
): HarnessError {
  const stray = asked.find(name => !allTabs(pages).some(tab => answersTo(tab, name)));
  const guess =
    stray === undefined
      ? undefined
      : didYouMean(
          stray,
          tabset.tabs.flatMap(tab => [keyOf(tab), tab.name]),
        );
  return new HarnessError(
    'ERR_UNKNOWN_TAB',
    stray === undefined
      ? `No tab is named for the set at ${place(page, tabset)}.`
      : `The set of tabs at ${place(page, tabset)} has no tab "${stray}".`,
    {
      hint: [...(guess === undefined ? [] : [guess]), `Add --tab with one of: ${listed(tabset.tabs)}`].join(
        ' ',
      ),
    },
  );
}

const severalNamed = (tabset: Tabset, page: Page, found: readonly Tab[]): HarnessError =>
  new HarnessError(
    'ERR_UNKNOWN_TAB',
    `More than one tab is named for the set at ${place(page, tabset)}: ${listed(found)}.`,
    { hint: 'A reader follows one of them. Leave out the other --tab.' },
  );
