/** Where the events of a trace use variables. */
import type { Expanded, TraceEvent, VariableUse } from '../follow/trace.ts';

/** Lists the texts of an event that the shell has expanded. */
function expandedIn(event: TraceEvent): readonly Expanded[] {
  switch (event.kind) {
    case 'set':
      return [event.value];
    case 'file':
      return [event.path, event.content];
    case 'call':
      return [
        ...event.environment.map(({ value }) => value),
        event.program,
        ...event.args,
        ...(event.stdin ? [event.stdin.text] : []),
        ...(event.output.to === 'file' ? [event.output.path] : []),
      ];
    case 'beyond':
      return [];
  }
}

/** Lists the uses of variables in an event, each with the text that it is a part of. */
export const usesIn = (
  event: TraceEvent,
): readonly { readonly use: VariableUse; readonly within: Expanded }[] =>
  expandedIn(event).flatMap(within => within.uses.map(use => ({ use, within })));
