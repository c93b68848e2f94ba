/** What is made once of a page or of a way through a guide, and asked for by many rules. */
import type { EditionName } from '../../model/east-west-gateway.ts';
import type { Trace } from '../follow/trace.ts';

/** Returns a function that makes a thing of each object once, and keeps it as long as the object lives. */
export function kept<Of extends object, T>(make: (of: Of) => T): (of: Of) => T {
  const all = new WeakMap<Of, { readonly made: T }>();
  return of => {
    const known = all.get(of) ?? { made: make(of) };
    all.set(of, known);
    return known.made;
  };
}

/** Does the same for what is made of a trace and depends on the release. */
export function keptByEdition<T>(
  make: (trace: Trace, edition: EditionName) => T,
): (trace: Trace, edition: EditionName) => T {
  const byEdition = {
    '1.8': kept((trace: Trace) => make(trace, '1.8')),
    current: kept((trace: Trace) => make(trace, 'current')),
  } satisfies Record<EditionName, unknown>;
  return (trace, edition) => byEdition[edition](trace);
}
