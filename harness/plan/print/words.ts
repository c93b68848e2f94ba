/** A command of a plan as shell words: programs, contexts, quoting, long lines. */
import { quoteWord } from '../../base/quote.ts';
import type { Command, ToolName } from '../../model/command.ts';
import { contextVariable } from '../mesh.ts';

const PROGRAMS: Readonly<Record<ToolName, readonly string[]>> = {
  kubectl: ['kubectl'],
  istioctl: ['istioctl'],
  'gen-eastwest-gateway': ['samples/multicluster/gen-eastwest-gateway.sh'],
  certs: ['mesh-harness', 'certs'],
};
const VARIABLE = /\$\{[A-Za-z_][A-Za-z0-9_]*\}/g;
const MAX_WIDTH = 110;

/** One word; `${NAME}` stays a variable, all else is taken as it is. */
export function shellWord(word: string): string {
  if (word.search(VARIABLE) < 0) return quoteWord(word);
  return `"${escapeOutsideVariables(word, /[\\"`$]/g)}"`;
}

/** Text for an unquoted here-document: `${NAME}` stays a variable, all else is taken as it is. */
export const hereDocumentText = (text: string): string => escapeOutsideVariables(text, /[\\`$]/g);

function escapeOutsideVariables(text: string, special: RegExp): string {
  const literals = text.split(VARIABLE);
  const variables = text.match(VARIABLE) ?? [];
  return literals
    .map((literal, index) => literal.replace(special, '\\$&') + (variables[index] ?? ''))
    .join('');
}

/** A terminator that no line of the text is equal to. */
export function hereDocumentEnd(text: string): string {
  const lines = new Set(text.split('\n'));
  let end = 'EOF';
  while (lines.has(end)) end += '_';
  return end;
}

/** The words of a command, the context of its cluster included. */
export function wordsOf(command: Command): readonly string[] {
  const context =
    command.cluster === undefined ? [] : [`--context="\${${contextVariable(command.cluster)}}"`];
  return [...PROGRAMS[command.tool], ...context, ...command.args.map(shellWord)];
}

/** Words on one line, or broken before a flag where the line would be too long. */
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

/** The commands of a step, grouped into pipes. */
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

/** A pipe as it is typed; its standard input, where it has one, as a here-document. */
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

/** `cat <<EOF > ./cluster1.yaml`, as the guide writes its files. */
export function fileText(path: string, content: string): string {
  const body = content.endsWith('\n') ? content : `${content}\n`;
  const end = hereDocumentEnd(body);
  return `cat <<${end} > ./${quoteWord(path)}\n${hereDocumentText(body)}${end}`;
}
