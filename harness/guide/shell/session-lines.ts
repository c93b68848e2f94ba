/** Tells the lines of a block apart: commands that are typed, and what they print. */
import type { Block, BlockLine } from '../page/page.ts';
import { OpenEnds } from './open-ends.ts';

/** The lines of one thing that is typed, without prompts, and the output that the page shows below it. */
export interface TypedLines {
  readonly command: readonly BlockLine[];
  readonly output: readonly BlockLine[];
}

/** Blocks whose lines are commands even without a prompt. */
const SHELLS: ReadonlySet<string> = new Set(['bash', 'sh', 'shell', 'zsh', 'console']);
/** Blocks of these kinds may show what a command before them prints. */
const OUTPUTS: ReadonlySet<string> = new Set(['plain', 'text', 'console', 'output']);

const PROMPT = /^\$[ \t]+(?=\S)/;
/** What bash prints before each further line of a command. */
const CONTINUATION = /^> ?/;
/** Words with which a command of several lines begins, and those with which it ends. */
const COMPOUND =
  /^\s*(?:for|while|until|if|case|select|function|\{|\[\[)(?=\s|$)|^\s*[\w-]+\s*\(\)\s*\{?\s*$/;
const COMPOUND_END = /(?:^|[;\s])(?:done|fi|esac|\})\s*(?:[|&>;].*)?$/;
/** The same within a command of several lines: what opens another one, and what closes one. */
const OPENS = /(?:^|[;(]|\bdo|\bthen|\belse)\s*(?:for|while|until|if|case|select)\s/g;
const CLOSES = /(?:^|[;\s])(?:done|fi|esac)(?=\s*(?:\\?$|[|&>;)]))/g;
/** A command of several lines that has not ended after so many has been left open. */
const MOST_COMPOUND_LINES = 500;

/**
 * Splits a block. With prompts (`$ `) each begins a command, and lines that belong to none are output;
 * without one a block of a shell is all commands, and any other is output, or nothing of a session.
 */
export function typedLines({ language, lines }: Block): readonly TypedLines[] {
  const kind = language.toLowerCase();
  if (lines.some(({ text }) => PROMPT.test(text))) return prompted(lines);
  if (SHELLS.has(kind)) return [{ command: lines, output: [] }];
  return OUTPUTS.has(kind) ? [{ command: [], output: withoutBlankEnds(lines) }] : [];
}

function prompted(lines: readonly BlockLine[]): readonly TypedLines[] {
  const ends = bodyEnds(lines);
  const found: TypedLines[] = [];
  let index = 0;
  while (index < lines.length) {
    const command = commandAt(lines, index, ends);
    index += command.length;
    const start = index;
    while (index < lines.length && !PROMPT.test(lines[index]?.text ?? '')) index++;
    const output = withoutBlankEnds(lines.slice(start, index));
    if (command.length > 0 || output.length > 0) found.push({ command, output });
  }
  return found;
}

/** Where each text stands last as a line, as it is and without tabs before it: ends of here-documents. */
function bodyEnds(lines: readonly BlockLine[]): ReadonlyMap<string, number> {
  const ends = new Map<string, number>();
  for (const [index, { text }] of lines.entries()) {
    ends.set(text, index);
    ends.set(text.replace(/^\t+/, ''), index);
  }
  return ends;
}

/**
 * Takes the lines of the command that begins at `first`; none if no prompt stands there. A prompt begins a
 * new command even where quotes are open, since people type what stands behind it; in a here-document it is
 * text, if the document's end comes later.
 */
function commandAt(
  lines: readonly BlockLine[],
  first: number,
  ends: ReadonlyMap<string, number>,
): readonly BlockLine[] {
  const begin = lines[first];
  if (!begin || !PROMPT.test(begin.text)) return [];
  const typed = without(begin, PROMPT);
  const taken = [typed];
  const state = new OpenEnds();
  state.feed(typed.text);
  let isCompound = COMPOUND.test(typed.text) && !COMPOUND_END.test(typed.text);
  let depth = depthOf(typed.text);
  const hasMarks = CONTINUATION.test(lines[first + 1]?.text ?? '');
  for (let index = first + 1; index < lines.length && (state.isOpen || isCompound); index++) {
    const line = lines[index];
    if (!line) break;
    const { body } = state;
    const isText = body !== undefined && (ends.get(body.delimiter) ?? 0) >= index;
    if (!isText && PROMPT.test(line.text)) break;
    const next = hasMarks ? without(line, CONTINUATION) : line;
    taken.push(next);
    state.feed(next.text);
    depth += isText ? 0 : depthOf(next.text);
    isCompound &&=
      index - first < MOST_COMPOUND_LINES && (state.isOpen || depth > 0 || !COMPOUND_END.test(next.text));
  }
  return taken;
}

/** How many commands of several lines a line opens, less those that it closes. */
const depthOf = (line: string): number =>
  (line.match(OPENS)?.length ?? 0) - (line.match(CLOSES)?.length ?? 0);

function without({ text, offset }: BlockLine, mark: RegExp): BlockLine {
  const length = mark.exec(text)?.[0].length ?? 0;
  return { text: text.slice(length), offset: offset + length };
}

function withoutBlankEnds(lines: readonly BlockLine[]): readonly BlockLine[] {
  const isBlank = ({ text }: BlockLine) => text.trim() === '';
  const first = lines.findIndex(line => !isBlank(line));
  if (first === -1) return [];
  let end = lines.length;
  while (end > first && isBlank(lines[end - 1] ?? { text: '', offset: 0 })) end--;
  return lines.slice(first, end);
}
