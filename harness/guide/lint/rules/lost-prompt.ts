/** Rule: a line looks like a command and has no prompt, where others have one. */
import type { Block, Page } from '../../page/page.ts';
import { readSession } from '../../shell/read-session.ts';
import type { SessionEntry } from '../../shell/syntax.ts';
import type { Rule, RuleFinding } from '../rule.ts';

const COMMAND = /^(?:kubectl|istioctl|helm)\s+(?:-|[a-z])|^export\s+\w+=/;
const PROMPTED = /^\s*\$ (?:kubectl|istioctl|helm|export|cat)\s/;

/** Languages of blocks that no reader types. */
const NO_SHELL = /^(ya?ml|json|xml|html|go|python|proto)$/;

/** The rule `lost-prompt`. */
export const lostPrompt: Rule = {
  id: 'lost-prompt',
  severity: 'error',
  sentence: 'A line looks like a command, and is shown as output or as text.',
  because:
    'In a block with prompts what has none is output: whoever types or tests the page leaves it out. ' +
    'So are the commands of a block whose language is no shell.',
  example: {
    bad: '$ kubectl create namespace shop\nkubectl label namespace shop a=b',
    good: '$ kubectl create namespace shop\n$ kubectl label namespace shop a=b',
  },
  find: ({ pages }) => pages.flatMap(page => page.blocks.flatMap(block => findIn(page, block))),
};

/** Behind a command of the same kind alone: before one, a line may be typed elsewhere. */
const isOfTools = ({ statements }: SessionEntry): boolean =>
  statements.some(
    statement =>
      statement.kind === 'pipeline' &&
      statement.commands.some(({ words }) => {
        const [first] = words[0]?.parts ?? [];
        return first?.kind === 'text' && /^(kubectl|istioctl|helm)$/.test(first.text);
      }),
  );

function findIn(page: Page, block: Block): readonly RuleFinding[] {
  const { entries } = readSession(block);
  const isSession = entries.some(({ statements }) => statements.length > 0);
  const finding = (span: RuleFinding['span'], message: string): RuleFinding => ({
    ...{ page, span, message },
    wouldHappen: 'Nobody carries it out: what comes later lacks it.',
  });
  if (isSession && !NO_SHELL.test(block.language))
    return (entries.some(isOfTools) ? entries.slice(entries.findIndex(isOfTools)) : [])
      .flatMap(({ output, statements }) => (statements.length > 0 ? output : []))
      .filter(({ text }) => COMMAND.test(text))
      .map(({ span, text }) => finding(span, `${text.trim()} has no prompt, and is taken for output.`));
  const [line] = block.lines.filter(({ text }) => PROMPTED.test(text));
  if (!line) return [];
  const span = { start: line.offset, end: line.offset + line.text.length };
  // People see the prompts, and type them all the same; a test of the page does not.
  return [
    {
      ...finding(span, `The block is of the language ${block.language || 'of no name'}, and has commands.`),
      severity: 'note',
    },
  ];
}
