/** What many rules do: look at each call of each way through the guide. */
import type { Trace } from '../follow/trace.ts';
import type { Block, BlockLine, Page } from '../page/page.ts';
import type { Span } from '../source-text.ts';
import type { Edit } from './finding.ts';
import type { RuleFinding, RuleInput } from './rule.ts';
import { lineAt } from './sorted.ts';
import { callsOf, type ToolCall } from './words.ts';

/** Returns what is found at the calls, and adds the page of each. */
export function findInCalls(
  { traces, edition }: RuleInput,
  find: (call: ToolCall, trace: Trace) => readonly Omit<RuleFinding, 'page'>[],
): readonly RuleFinding[] {
  return traces.flatMap(trace =>
    callsOf(trace, edition).flatMap(call =>
      find(call, trace).map(found => ({ page: call.event.origin.page, ...found })),
    ),
  );
}

/** Returns the words of the page within a span. */
export const wordsAt = ({ source }: Page, { start, end }: Span): string => source.text.slice(start, end);

/** Inserts text. */
export const insertion = (at: number, text: string): Edit => ({ start: at, end: at, text });

/** Removes a word of a command together with the blanks, and the line's end, before it. */
export function removal({ source }: Page, { start, end }: Span): Edit {
  const before =
    /(?:[ \t]|\\\r?\n)*$/.exec(source.text.slice(Math.max(0, start - 200), start))?.[0].length ?? 0;
  return { start: start - before, end, text: '' };
}

/** Returns the offset of the beginning of the line that an offset is in, and its indentation and prompt. */
function lineAround({ source }: Page, offset: number): { readonly start: number; readonly lead: string } {
  const { column } = source.placeOf(offset);
  const start = offset - (column - 1);
  const lead = /^[ \t]*(?:[$#] )?/.exec(source.text.slice(start, start + 200))?.[0] ?? '';
  return { start, lead };
}

/** Finds the line of a block on which the command begins that an offset is in: the last one with a prompt. */
export function promptLine({ lines }: Block, offset: number): BlockLine | undefined {
  for (let index = lineAt(lines, offset); index >= 0; index -= 1) {
    const line = lines[index];
    if (line && /^\s*\$ /.test(line.text)) return line;
  }
  return undefined;
}

/** Inserts a command as a line of its own before the one that a command begins in. */
export function commandBefore(page: Page, offset: number, command: string): Edit {
  const { start, lead } = lineAround(page, offset);
  const end = page.source.text.includes('\r\n') ? '\r\n' : '\n';
  return insertion(start, `${lead}${command}${end}`);
}
