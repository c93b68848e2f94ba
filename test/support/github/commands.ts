/**
 * What a runner of GitHub's workflows reads in the output of a step: workflow commands, one a line, in both
 * streams. By actions/runner src/Runner.Worker/ActionCommandManager.cs and src/Runner.Common/ActionCommand.cs.
 */

/** A command that the runner would carry out. */
export interface WorkflowCommand {
  readonly command: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly text: string;
}

/** The commands that a runner knows. */
const KNOWN = [
  ...['add-mask', 'add-matcher', 'add-path', 'debug', 'echo', 'endgroup', 'error', 'group', 'notice'],
  ...['remove-matcher', 'save-state', 'set-env', 'set-output', 'stop-commands', 'warning'],
];

const PROPERTY = [
  ['%0D', '\r'] as const,
  ['%0A', '\n'] as const,
  ['%3A', ':'] as const,
  ['%2C', ','] as const,
];
const DATA = PROPERTY.slice(0, 2);

/** The per cent sign comes last. */
const unescaped = (text: string, pairs: readonly (readonly [string, string])[]): string =>
  [...pairs, ['%25', '%'] as const].reduce((all, [code, character]) => all.replaceAll(code, character), text);

function parse(head: string, separator: string, text: string): WorkflowCommand | undefined {
  const [, command = '', rest = ''] = /^(\S*)(?: ([\s\S]*))?$/.exec(head) ?? [];
  if (!KNOWN.includes(command.toLowerCase())) return undefined;
  const pairs = rest
    .trim()
    .split(separator)
    .flatMap(pair => {
      const [key = '', ...value] = pair.split('=');
      // A property without a value is dropped.
      return key !== '' && value.join('=') !== ''
        ? [[key, unescaped(value.join('='), PROPERTY)] as const]
        : [];
    });
  return { command, properties: Object.fromEntries(pairs), text: unescaped(text, DATA) };
}

/** Reads the command in a line, in today's form or in the older one. */
function commandIn(line: string): WorkflowCommand | undefined {
  const [, head, text = ''] = /^\s*::(.*?)::([\s\S]*)$/.exec(line) ?? [];
  const found = head === undefined ? undefined : parse(head, ',', text);
  if (found) return found;
  const [, olderHead, olderText = ''] = /##\[([^\]]*)\]([\s\S]*)$/.exec(line) ?? [];
  return olderHead === undefined ? undefined : parse(olderHead, ';', olderText);
}

/** Reads all commands of an output. */
export const commandsIn = (output: string): readonly WorkflowCommand[] =>
  output.split(/\r\n|\r|\n/).flatMap(line => commandIn(line) ?? []);
