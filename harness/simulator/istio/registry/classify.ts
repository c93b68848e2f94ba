/** How the files in `classification/` say what becomes of Istio's fields, marks and variables. */
import type { Edition } from './names.ts';

/** What becomes of something that Istio has. */
export type Verdict =
  | { readonly kind: 'executed' }
  /** It is taken, and can change no call, endpoint, identity or certificate. */
  | { readonly kind: 'no effect'; readonly why: string }
  | { readonly kind: 'not simulated' };

/** A verdict on names below a kind, a document or a part of the registry. */
export interface Rule {
  readonly verdict: Verdict;
  readonly root: string;
  /** Names as a tree: `hosts http { match { uri } } action(ALLOW|DENY)`. */
  readonly names: string;
  /** Absent: in both editions. */
  readonly edition?: Edition;
}

/**
 * Says which fields are executed. Only those that are named: a field within them is not. With values in round
 * brackets only these are; a star in braces is all that is in a field.
 */
export const executed = (root: string, names: string, edition?: Edition): Rule => ({
  verdict: { kind: 'executed' },
  root,
  names,
  ...(edition && { edition }),
});

/** Says which fields are harmless, with all that is in them. @param why - a clause that tells the reason */
export const noEffect = (root: string, why: string, names: string, edition?: Edition): Rule => ({
  verdict: { kind: 'no effect', why },
  root,
  names,
  ...(edition && { edition }),
});

/** A classified name, and those in it. */
export interface Classified {
  verdict: Verdict | undefined;
  /** Values that are executed; absent: all. */
  values?: ReadonlySet<string>;
  readonly within: Map<string, Classified>;
}

const TOKEN = /\}|([^\s{}(]+)(?:\(([^)]*)\))?(\s*\{)?/g;

/** Adds a rule's names to a tree. @throws Error if its braces do not match */
export function addRule(tree: Classified, { names, verdict }: Rule): void {
  const open: Classified[] = [tree];
  for (const [token, name = '', values, brace] of names.matchAll(TOKEN)) {
    if (token === '}') {
      open.pop();
      continue;
    }
    const at = nameIn(open.at(-1), name);
    // A star has all that is in it within itself.
    if (name === '*') at.within.set('*', at);
    // Harmless are the fields that are named, not those that they stand in.
    if (brace === undefined || verdict.kind === 'executed') at.verdict = verdict;
    if (values !== undefined) at.values = new Set([...(at.values ?? []), ...values.split('|')]);
    if (brace !== undefined) open.push(at);
  }
  if (open.length !== 1) throw new Error(`braces do not match: ${names}`);
}

function nameIn(tree: Classified | undefined, name: string): Classified {
  if (!tree) throw new Error(`braces do not match at ${name}`);
  const found = tree.within.get(name) ?? { verdict: undefined, within: new Map<string, Classified>() };
  tree.within.set(name, found);
  return found;
}
