/** Rule: a variable is set in a way that sets none. */
import type { Rule, RuleFinding } from '../rule.ts';

/** Blanks around the sign; a dollar sign before the name. */
const SPACED = /^(?:\$ )(?:export )?([A-Za-z_]\w*)(?:\s+=\s*|=\s+(?=\S))(?![=~])/;
const DOLLAR = /^(?:\$ )(?:export )?\$\{?([A-Za-z_]\w*)\}?=/;

/** The rule `bad-export`. */
export const badExport: Rule = {
  id: 'bad-export',
  severity: 'error',
  sentence: 'A variable is set with blanks around the sign, or with a dollar sign before its name.',
  because:
    'NAME=value is one word (POSIX, "Simple Commands"). With blanks it is a command of the name ' +
    'NAME, or export refuses the sign: not a valid identifier.',
  example: {
    bad: '$ export CTX_ONE = one',
    good: '$ export CTX_ONE=one',
  },
  find: ({ pages }) =>
    pages.flatMap(page =>
      page.blocks.flatMap(block =>
        block.lines.flatMap(({ text, offset }): readonly RuleFinding[] => {
          const line = text.trimStart();
          const isExport = line.startsWith('$ export ');
          const spaced = SPACED.exec(line);
          const name =
            (spaced && (isExport || /\s=/.test(spaced[0])) ? spaced[1] : undefined) ?? DOLLAR.exec(line)?.[1];
          if (name === undefined) return [];
          const start = offset + text.length - line.length;
          return [
            {
              page,
              span: { start, end: offset + text.length },
              message:
                `This does not set ${name}: a variable is set by ${name}=value, without blanks and ` +
                'without $.',
              wouldHappen: `bash complains, and ${name} has no value, or the one that it had.`,
            },
          ];
        }),
      ),
    ),
};
