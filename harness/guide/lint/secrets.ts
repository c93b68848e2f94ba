/** Remote secrets of a guide: which cluster's is applied where. */
import type { EditionName } from '../../model/east-west-gateway.ts';
import type { Trace } from '../follow/trace.ts';
import { contextOf } from './documents.ts';
import { callsOf, type ToolCall } from './words.ts';

/** A remote secret that is made and applied in one pipe. */
export interface AppliedSecret {
  readonly create: ToolCall;
  readonly apply: ToolCall;
  /** The context of the cluster that it leads to. */
  readonly watched: string;
  /** The context of the cluster that it is put into. */
  readonly holder: string;
}

/** Lists the remote secrets of a trace. */
export function secretsOf(trace: Trace, edition: EditionName): readonly AppliedSecret[] {
  const calls = callsOf(trace, edition);
  return calls.flatMap((create, index) => {
    const apply = calls[index + 1];
    if (!create.command.endsWith('create-remote-secret') || create.event.output.to !== 'next-call') return [];
    const watched = contextOf(create);
    const holder = apply && contextOf(apply);
    return apply && watched !== undefined && holder !== undefined ? [{ create, apply, watched, holder }] : [];
  });
}
