/** A command of a plan as shell words: programs, contexts, quoting, long lines. */
import { oneLine } from '../../base/printable.ts';
import { quoteWord } from '../../base/quote.ts';
import { CONTEXT_FLAGS } from '../../model/argv.ts';
import type { Command, ToolName } from '../../model/command.ts';
import { contextVariable } from '../mesh.ts';

const PROGRAMS: Readonly<Record<ToolName, readonly string[]>> = {
  kubectl: ['kubectl'],
  istioctl: ['istioctl'],
  'gen-eastwest-gateway': ['samples/multicluster/gen-eastwest-gateway.sh'],
  certs: ['mesh-harness', 'certs'],
  helm: ['helm'],
};
const VARIABLE = /\$\{[A-Za-z_][A-Za-z0-9_]*\}/g;
const MAX_WIDTH = 110;

/** Quotes one word for the shell. `${NAME}` stays a variable, all else is taken literally. */
export function shellWord(word: string): string {
  if (word.search(VARIABLE) < 0) return quoteWord(word);
  return `"${escapeOutsideVariables(word, /[\\"`$]/g)}"`;
}

/** Escapes text for an unquoted here-document. `${NAME}` stays a variable, all else is taken literally. */
export const hereDocumentText = (text: string): string => escapeOutsideVariables(text, /[\\`$]/g);

function escapeOutsideVariables(text: string, special: RegExp): string {
  const literals = text.split(VARIABLE);
  const variables = text.match(VARIABLE) ?? [];
  return literals
    .map((literal, index) => literal.replace(special, '\\$&') + (variables[index] ?? ''))
    .join('');
}

/** Chooses a terminator for a here-document that no line of the text equals. */
export function hereDocumentEnd(text: string): string {
  const lines = new Set(text.split('\n'));
  let end = 'EOF';
  while (lines.has(end)) end += '_';
  return end;
}

/** Returns the words of a command, with the context of its cluster. */
export function wordsOf(command: Command): readonly string[] {
  const { tool, cluster, environment = {}, args } = command;
  const own = Object.entries(environment).map(([name, value]) => `${name}=${shellWord(value)}`);
  const flag = CONTEXT_FLAGS[tool] ?? '--context';
  const context = cluster === undefined ? [] : [`${flag}="\${${contextVariable(cluster)}}"`];
  return [...own, ...PROGRAMS[tool], ...context, ...args.map(shellWord)];
}

/** Joins words to one line, or breaks it before a flag where it would be too long. */
export function layOut(words: readonly string[]): string {
  const lines: string[] = [];
  let line = '';
  for (const [index, word] of words.entries()) {
    // A flag stays with the value after it, so that a line is broken before a flag or a word of its own.
    const next = words[index + 1];
    const unit =
      word.startsWith('-') && next !== undefined && !next.startsWith('-') ? `${word} ${next}` : word;
    const isValue = index > 0 && words[index - 1]?.startsWith('-') && !word.startsWith('-');
    if (line !== '' && !isValue && line.length + 1 + unit.length > MAX_WIDTH) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  lines.push(line);
  return lines.join(' \\\n    ');
}

/** Groups the commands of a step into pipes. */
export function pipesOf(commands: readonly Command[]): readonly (readonly Command[])[] {
  const pipes: Command[][] = [];
  let open: Command[] | undefined;
  for (const command of commands) {
    if (open) open.push(command);
    else pipes.push([command]);
    open = command.output?.to === 'next-command' ? pipes.at(-1) : undefined;
  }
  return pipes;
}

/** Writes a pipe as it is typed; its standard input, if any, as a here-document. */
export function pipeText(commands: readonly Command[]): string {
  const [first, ...rest] = commands.map(command => layOut(wordsOf(command)));
  const tail = rest.map(text => ` |\n    ${text}`).join('');
  const stdin = commands[0]?.stdin;
  if (stdin === undefined) return `${first}${tail}`;
  const body = stdin.endsWith('\n') ? stdin : `${stdin}\n`;
  const end = hereDocumentEnd(body);
  const head = `${first} <<${end}\n${hereDocumentText(body)}${end}`;
  return rest.length === 0 ? head : `{\n${head}\n}${tail}`;
}

/** Writes the command that makes a file, as the guide does: `cat <<EOF > ./cluster1.yaml`. */
export function fileText(path: string, content: string): string {
  const body = content.endsWith('\n') ? content : `${content}\n`;
  const end = hereDocumentEnd(body);
  return `cat <<${end} > ./${quoteWord(path)}\n${hereDocumentText(body)}${end}`;
}

/** Writes a pipe as it is typed, with the variable that takes what it prints. */
export function typedText(pipe: readonly Command[]): string {
  const last = pipe.at(-1);
  const text = pipeText(pipe);
  if (last?.output?.to !== 'variable') return text;
  const repeat =
    last.awaits === undefined
      ? ''
      : `# repeat it until it is not empty: this waits for ${oneLine(last.awaits)}\n`;
  return `${repeat}export ${last.output.name}="$(${text})"`;
}
