/** Follows a guide: from the blocks of a view to what happens when their commands are typed, in order. */
import type { Block, Page } from '../page/page.ts';
import { readSession } from '../shell/read-session.ts';
import type { SessionEntry } from '../shell/syntax.ts';
import { Reader } from './reader.ts';
import type { Trace, View } from './trace.ts';
import { isFollowed } from './views.ts';

/**
 * Types what the blocks of a view say into one shell, page after page. Nothing is run: what a command prints
 * is a variable whose value only the run knows. Unset variables expand to nothing, as in bash.
 */
export function follow(view: View): Trace {
  const reader = new Reader(view.given ?? new Map());
  for (const page of view.pages) {
    const tabs = view.tabs.get(page) ?? [];
    for (const block of page.blocks)
      if (isFollowed(block.tabs, tabs))
        for (const entry of readSession(block).entries) type(reader, page, block, entry);
  }
  return { view, events: reader.events };
}

function type(reader: Reader, page: Page, block: Block, { statements, output }: SessionEntry): void {
  if (statements.length === 0) reader.showLater(page, block, output);
  else reader.enter(page, block);
  for (const [index, statement] of statements.entries())
    reader.type(statement, index === statements.length - 1 ? output : []);
}
