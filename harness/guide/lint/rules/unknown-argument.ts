/** Rule: a tool of the release does not take what it is given: a command, a flag or an argument. */
import type { Expanded } from '../../follow/trace.ts';
import { findInCalls } from '../each-call.ts';
import type { Rule, RuleFinding } from '../rule.ts';
import type { CallProblem } from '../tables/parse-call.ts';
import type { ToolCall } from '../words.ts';

/** The rule `unknown-argument`. */
export const unknownArgument: Rule = {
  id: 'unknown-argument',
  severity: 'error',
  sentence: 'A tool of the release does not take what it is given: a command, a flag or an argument.',
  because:
    'The tables of commands and flags are of the release that the guide is checked against; the words ' +
    'are read as spf13/pflag and cobra read them.',
  example: {
    bad: '$ istioctl install -y --contxt=c1 -f c1.yaml',
    good: '$ istioctl install -y --context=c1 -f c1.yaml',
  },
  find: input =>
    findInCalls(input, call => {
      // What we could not expand may be any word.
      if (call.args.some(({ isExact }) => !isExact)) return [];
      return [
        ...call.problems.flatMap(problem => findingOf(problem, call)),
        ...singleDashes(call),
        ...flagsAsValues(call),
      ];
    }),
};

/** Another rule tells of a file beside `-f -`. */
const isFileBesideStdin = ({ kind, text }: CallProblem, { flags }: ToolCall): boolean =>
  kind === 'too-many-arguments' &&
  /\.(ya?ml|json)$/.test(text) &&
  flags.some(({ name, value }) => name === 'filename' && value?.text === '-');

/** `kubectl karmada`: a program of the name kubectl-karmada may be there. */
const isPlugin = ({ kind, hint }: CallProblem, { tool, command }: ToolCall): boolean =>
  kind === 'unknown-command' &&
  (tool === 'kubectl' || tool === 'helm') &&
  command === '' &&
  hint === undefined;

/** What each program has that is made with cobra, and words that stand for something to press. */
const isBuiltIn = ({ kind, text }: CallProblem): boolean =>
  kind === 'unknown-command' && /^(__|completion$|help$)|[[\]<>]/.test(text);

function findingOf(problem: CallProblem, call: ToolCall): readonly Omit<RuleFinding, 'page'>[] {
  if (isFileBesideStdin(problem, call) || isPlugin(problem, call) || isBuiltIn(problem)) return [];
  const word: Expanded = call.args[problem.index] ?? call.event.program;
  const name = [call.tool, call.command].filter(part => part !== '').join(' ');
  return [
    {
      span: word.span,
      message: `${messageOf(problem, name, call)}${problem.hint === undefined ? '' : ` ${problem.hint}`}`,
      wouldHappen: `${call.tool} ${call.version} refuses the command, and does nothing.`,
    },
  ];
}

function messageOf({ kind, text }: CallProblem, name: string, { version, facts }: ToolCall): string {
  switch (kind) {
    case 'unknown-command':
      return `${name} ${version} has no command ${text}.`;
    case 'unknown-flag':
      return `${name} ${version} has no flag ${text}.`;
    case 'missing-value':
      return `The flag ${text} of ${name} needs a value.`;
    case 'too-many-arguments':
      return `${name} takes ${facts?.most ?? 0} arguments; ${text} is one too many.`;
    case 'too-few-arguments':
      return `${name} needs ${facts?.least ?? 1} arguments.`;
  }
}

/** `-context=…` is -c with the value `ontext=…`; whoever writes it means the long flag. */
function singleDashes({ args, facts, tool }: ToolCall): readonly Omit<RuleFinding, 'page'>[] {
  const end = args.findIndex(({ text }) => text === '--');
  return args.slice(0, end < 0 ? args.length : end).flatMap(({ text, span }) => {
    const [, name = ''] = /^-([a-z][a-z-]{2,})(?:=|$)/.exec(text) ?? [];
    if (!facts?.flags.some(flag => flag.name === name)) return [];
    return [
      {
        span,
        message: `-${name} has one dash; the flag is --${name}.`,
        wouldHappen: `${tool} takes the letters for short flags and their values.`,
        fix: {
          description: `Write --${name}`,
          edits: [{ start: span.start, end: span.start, text: '-' }],
          isSafe: false,
        },
      },
    ];
  });
}

/** `-n --context=c`: the flag before has lost its value, and takes the next flag for it. */
function flagsAsValues({ flags, tool }: ToolCall): readonly Omit<RuleFinding, 'page'>[] {
  return flags.flatMap(({ name, value, span }) =>
    value && value.span.start > span.start + 1 && /^--?[a-z][a-z-]*(?:=|$)/.test(value.text) && value.isExact
      ? [
          {
            span,
            message: `--${name} has no value: it takes ${value.text} for it.`,
            wouldHappen: `${tool} looks for something called ${value.text}, and the flag is lost.`,
          },
        ]
      : [],
  );
}
