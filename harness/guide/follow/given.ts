/** Variables that a reader sets before he follows a guide. */
import { didYouMean } from '../../base/did-you-mean.ts';
import { HarnessError } from '../../base/errors.ts';
import type { Page } from '../page/page.ts';

/**
 * Refuses variables that no command of the pages names: such a name is a slip.
 * @throws HarnessError ERR_USAGE
 */
export function assertNamed(given: ReadonlyMap<string, string>, pages: readonly Page[]): void {
  if (given.size === 0) return;
  const named = new Set(
    pages.flatMap(({ blocks, source }) =>
      blocks.flatMap(({ span }) => source.text.slice(span.start, span.end).match(/\b[A-Za-z_]\w*\b/g) ?? []),
    ),
  );
  for (const name of given.keys()) {
    if (named.has(name)) continue;
    const variables = [...named].filter(word => /^[A-Z][A-Z0-9_]+$/.test(word));
    const hint = didYouMean(name, variables);
    throw new HarnessError('ERR_USAGE', `--var ${name}: no command of the guide names this variable.`, {
      hint: hint ?? 'Name a variable that the commands of the pages use or set.',
    });
  }
}
