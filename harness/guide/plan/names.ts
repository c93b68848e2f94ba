/** What a guide, a page and a step are called. */
import path from 'node:path';
import type { Trace, View } from '../follow/trace.ts';
import type { Page } from '../page/page.ts';

/** Names a page by its file, or by its folder if the file is an index, as sites have it. */
export function nameOfPage({ source }: Page): string {
  const { name, dir } = path.parse(source.file);
  const isIndex = name === 'index' || name === '_index';
  return slug(isIndex ? path.basename(path.resolve(dir)) : name);
}

/**
 * Names what is built on a way through a guide: by the tab that was chosen, if it was one; otherwise by the
 * page that installs something first.
 */
export function nameOfTrace({ view, events }: Trace): string {
  const [tab, ...others] = tabsOf(view);
  if (tab !== undefined && others.length === 0) return slug(tab);
  const call = events.find(
    event => event.kind === 'call' && /(?:^|\/)(?:istioctl|helm)$/.test(event.program.text),
  );
  const page = call?.origin.page ?? view.pages[0];
  return page === undefined ? 'guide' : nameOfPage(page);
}

const tabsOf = ({ pages, tabs }: View): readonly string[] =>
  pages.flatMap(page =>
    (tabs.get(page) ?? []).map(({ tabset, tab }) => {
      const found = page.tabsets[tabset]?.tabs.find(({ name }) => name === tab);
      return found?.value ?? tab;
    }),
  );

const slug = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '') || 'guide';

/** Cuts a text to a number of characters; `…` says that there was more. */
export const shortened = (text: string, longest: number): string =>
  text.length > longest ? `${text.slice(0, longest - 2)} …` : text;
