/** Reads a block of a page as a session of a shell: what is typed, and what the page shows as its output. */
import type { Block, BlockLine } from '../page/page.ts';
import type { MappedText, Span } from '../source-text.ts';
import { parseStatements } from './parse.ts';
import { type TypedLines, typedLines } from './session-lines.ts';
import type { Beyond, Session, SessionEntry, Statement } from './syntax.ts';

const FILE_MARK = /@[\w.-]+(?:\/[\w.-]+)+@/g;

/** A block is read once, whoever asks, since a page is read once for each way through it. */
const READ = new WeakMap<Block, Session>();

/**
 * Reads a block. Commands stand behind prompts (`$ `), with `> ` or nothing before their further lines; a
 * block of a shell without any prompt is all commands. A block of another kind has no entries, or, if it may
 * show what a command before it prints, one entry without statements.
 */
export function readSession(block: Block): Session {
  const read = READ.get(block) ?? { entries: typedLines(block).map(entryOf) };
  READ.set(block, read);
  return read;
}

function entryOf({ command, output }: TypedLines): SessionEntry {
  return {
    statements: statementsOf(command),
    output: output.map(line => ({ text: line.text, span: spanOf([line]) })),
    span: spanOf([...command, ...output]),
  };
}

function statementsOf(lines: readonly BlockLine[]): readonly Statement[] {
  const last = lines.at(-1);
  if (!last) return [];
  // At a prompt bash would wait for another line, which the page does not have.
  const isContinued = /(?:^|[^\\])(?:\\\\)*\\$/.test(last.text);
  if (!isContinued) return parseStatements(joined(lines));
  const end = last.offset + last.text.length;
  const beyond: Beyond = {
    kind: 'beyond',
    what: 'a line that goes on (\\), and nothing follows',
    isError: true,
    span: { start: end - 1, end },
  };
  return [
    ...parseStatements(joined([...lines.slice(0, -1), { ...last, text: last.text.slice(0, -1) }])),
    beyond,
  ];
}

function joined(lines: readonly BlockLine[]): MappedText {
  const pieces: { at: number; offset: number }[] = [];
  let text = '';
  for (const [index, line] of lines.entries()) {
    if (index > 0) text += '\n';
    for (const piece of withoutFileMarks(line)) {
      pieces.push({ at: text.length, offset: piece.offset });
      text += piece.text;
    }
  }
  return { text, pieces };
}

/** Leaves out the marks by which istio.io links files: `@samples/a.yaml@` shows as the path alone. */
function withoutFileMarks({ text, offset }: BlockLine): readonly BlockLine[] {
  const pieces: BlockLine[] = [];
  let at = 0;
  for (const { 0: marked, index } of text.matchAll(FILE_MARK)) {
    pieces.push({ text: text.slice(at, index), offset: offset + at });
    pieces.push({ text: marked.slice(1, -1), offset: offset + index + 1 });
    at = index + marked.length;
  }
  return [...pieces, { text: text.slice(at), offset: offset + at }];
}

function spanOf(lines: readonly BlockLine[]): Span {
  const [first, last] = [lines[0], lines.at(-1)];
  return first && last ? { start: first.offset, end: last.offset + last.text.length } : { start: 0, end: 0 };
}
