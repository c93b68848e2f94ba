/** Variables that a guide asks its reader to set, in words instead of commands. */
import type { Page } from '../page/page.ts';
import { kept } from './kept.ts';

const SETTING =
  /\b(variables?|exports?|set|sets|setting|define[sd]?|replace|substitute|environment|value of)\b/i;
/** What every shell has. */
const OF_THE_SHELL: ReadonlySet<string> = new Set(
  'HOME PATH PWD OLDPWD USER SHELL HOSTNAME TMPDIR TERM LANG UID RANDOM KUBECONFIG EDITOR GOPATH GOROOT'.split(
    ' ',
  ),
);

/** Tells whether a reader knows that he has to set a variable. */
export const isTold = (name: string, pages: readonly Page[]): boolean =>
  OF_THE_SHELL.has(name) || pages.some(page => toldIn(page).has(name));

/** Collects the names that stand in a passage which speaks of setting, and names with a dollar sign. */
const toldIn = kept((page: Page): ReadonlySet<string> => {
  const names = new Set<string>();
  for (const { text } of page.prose) {
    const words = SETTING.test(text)
      ? text.matchAll(/\b[A-Z][A-Z0-9_]+\b/g)
      : text.matchAll(/(?<=\$\{?)[A-Z][A-Z0-9_]+/g);
    for (const [name] of words) names.add(name);
  }
  return names;
});
