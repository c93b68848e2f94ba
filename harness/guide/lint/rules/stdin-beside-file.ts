/** Rule: a command reads its standard input with -f -, and a file stands beside it as a word of its own. */
import { lastWritten } from '../documents.ts';
import { findInCalls } from '../each-call.ts';
import type { Rule } from '../rule.ts';
import { callBeside } from '../words.ts';

/** The rule `stdin-beside-file`. */
export const stdinBesideFile: Rule = {
  id: 'stdin-beside-file',
  severity: 'error',
  sentence: 'A command reads its standard input with -f -, and a file stands beside it as a word of its own.',
  because:
    '-f takes one word. In "-f - file" that word is the dash, and the file is an argument: istioctl ' +
    'install refuses it ("accepts 0 arg(s)"), kubectl takes it for the name of a kind.',
  example: { bad: '$ istioctl install -y -f - c1.yaml', good: '$ istioctl install -y -f c1.yaml' },
  find: input =>
    findInCalls(input, (call, trace) => {
      const dash = call.flags.find(({ name, value }) => name === 'filename' && value?.text === '-');
      const file = call.operands.find(({ text }) => /\.(ya?ml|json)$/.test(text));
      if (!dash?.value || !file) return [];
      const isFed = callBeside(trace, input.edition, call, -1)?.event.output.to === 'next-call';
      const isWritten = lastWritten(trace, file.text, call) !== undefined;
      const isNext = dash.value.span.end < file.span.start && file.span.start - dash.value.span.end < 3;
      return [
        {
          span: { start: dash.span.start, end: Math.max(dash.span.end, file.span.end) },
          message: `-f - reads standard input; ${file.text} beside it is no file but an argument.`,
          wouldHappen:
            `${call.tool} ${call.command} refuses the argument, or waits for input that never comes; ` +
            `nothing of ${file.text} is installed.`,
          ...(isNext && {
            fix: {
              description: `Read the file: -f ${file.text}`,
              edits: [{ start: dash.value.span.start, end: file.span.start, text: '' }],
              isSafe: isWritten && !isFed && !call.event.stdin,
            },
          }),
        },
      ];
    }),
};
