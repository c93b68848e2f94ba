/** Help on narrow terminals: a description stands below its term where there is no room beside it. */
import { Help, type HelpConfiguration } from 'commander';
import { wrapped } from './text-width.ts';

/** Fewer columns than these hold a word or two. */
const LEAST_BESIDE = 30;
const BELOW = ' '.repeat(6);
/** Columns of a terminal that is not known. */
const USUAL = 80;

/** How help is laid out: no word is broken, whatever the width. */
export const HELP_FORMAT: HelpConfiguration = {
  minWidthToWrap: 20,
  boxWrap: (text, width) =>
    text
      .split('\n')
      .flatMap(line => wrapped(line, width))
      .join('\n'),
  formatItem: (term, termWidth, description, helper) => {
    const columns = helper.helpWidth ?? USUAL;
    if (description === '' || columns - termWidth - 4 >= LEAST_BESIDE)
      return new Help().formatItem.call(helper, term, termWidth, description, helper);
    const lines = wrapped(description, columns - BELOW.length).map(line => BELOW + line);
    return [`  ${term}`, ...lines].join('\n');
  },
};
