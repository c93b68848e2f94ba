/** The headings that a place stands below. */
import type { Heading, TabRef } from './page.ts';

/** What stands above a place within the same tabs. */
interface Scope {
  readonly tabs: readonly TabRef[];
  path: readonly Heading[];
}

/**
 * Returns a function that names the headings above an offset, outermost first. It must be asked with offsets
 * that grow. A heading in a tab counts in that tab only: what follows the tab stands below what stood before.
 */
export function sectionsOf(
  headings: readonly Heading[],
): (offset: number, tabs: readonly TabRef[]) => readonly string[] {
  const scopes = new Scopes();
  let next = 0;
  return (offset, tabs) => {
    for (let heading = headings[next]; heading && heading.span.start <= offset; heading = headings[next]) {
      const { level } = heading;
      const scope = scopes.enter(heading.tabs);
      scope.path = [...scope.path.filter(above => above.level < level), heading];
      next += 1;
    }
    return scopes.enter(tabs).path.map(({ text }) => text);
  };
}

class Scopes {
  readonly #open: Scope[] = [];

  /** Leaves the tabs that a place does not stand in; those that it enters begin with the path around. */
  enter(tabs: readonly TabRef[]): Scope {
    while (!this.#open.every(scope => isWithin(tabs, scope.tabs))) this.#open.pop();
    const top = this.#open.at(-1);
    if (top && top.tabs.length === tabs.length) return top;
    const scope: Scope = { tabs, path: top?.path ?? [] };
    this.#open.push(scope);
    return scope;
  }
}

/** Does a place in `tabs` stand in all of `outer`? */
function isWithin(tabs: readonly TabRef[], outer: readonly TabRef[]): boolean {
  return outer.every(({ tabset, tab }, depth) => tabs[depth]?.tabset === tabset && tabs[depth]?.tab === tab);
}
