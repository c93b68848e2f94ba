/**
 * The part of bash that guides are written in, as data. Spans are offsets in the page's file. What is beyond
 * the part is kept as `beyond`, with the words for it; it is never guessed at.
 */
import type { Span } from '../source-text.ts';

/** What a block of a page says: commands to type, and what they are said to print. */
export interface Session {
  readonly entries: readonly SessionEntry[];
}

/** Commands, and the output that the page shows below them. */
export interface SessionEntry {
  readonly statements: readonly Statement[];
  /** Lines of output as the page has them; empty if it shows none. */
  readonly output: readonly { readonly text: string; readonly span: Span }[];
  readonly span: Span;
}

/** What can stand between two line ends or semicolons. `and`: the next runs only if this one succeeds. */
export type Statement =
  | { readonly kind: 'pipeline'; readonly commands: readonly SimpleCommand[]; readonly span: Span }
  | { readonly kind: 'and'; readonly statements: readonly Statement[]; readonly span: Span }
  | Beyond;

/** What the shell would do and we do not: `a for loop`, `a redirection of standard error`, a syntax error. */
export interface Beyond {
  readonly kind: 'beyond';
  /** A noun phrase. */
  readonly what: string;
  /** True: bash itself would refuse it, too. */
  readonly isError: boolean;
  readonly span: Span;
}

/** A program and its words, with what belongs to this call alone. */
export interface SimpleCommand {
  /** `NAME=value` before the command; without a command they set variables. */
  readonly assignments: readonly Assignment[];
  /** The program first. */
  readonly words: readonly Word[];
  readonly redirections: readonly Redirection[];
  /** What of it is beyond the part, such as `2>/dev/null`; what of its words is, stands in the words. */
  readonly beyond: readonly Beyond[];
  readonly span: Span;
}

/** `NAME=value`. */
export interface Assignment {
  readonly name: string;
  readonly value: Word;
  readonly span: Span;
}

/** Where standard input comes from, or standard output goes. */
export type Redirection =
  | { readonly kind: 'to-file'; readonly path: Word; readonly isAppended: boolean; readonly span: Span }
  | { readonly kind: 'from-file'; readonly path: Word; readonly span: Span }
  | HereDocument;

/** Lines up to a delimiter, as standard input. */
export interface HereDocument {
  readonly kind: 'here-document';
  /** The body; with a quoted delimiter it is one literal part. */
  readonly body: Word;
  readonly delimiter: string;
  readonly isQuoted: boolean;
  /** True for `<<-`: tabs that lines begin with are not of the body; its parts are without them. */
  readonly stripsTabs: boolean;
  /** False: the closing delimiter is missing. */
  readonly isClosed: boolean;
  readonly span: Span;
}

/** A word, or the body of a here-document: its parts stand side by side. */
export interface Word {
  readonly parts: readonly WordPart[];
  readonly span: Span;
}

/** What words are made of. */
export type WordPart =
  | { readonly kind: 'text'; readonly text: string; readonly isQuoted: boolean; readonly span: Span }
  /** `$NAME`, `${NAME}`, `${NAME:-default}`. */
  | {
      readonly kind: 'variable';
      readonly name: string;
      readonly default?: Word;
      readonly isQuoted: boolean;
      readonly span: Span;
    }
  /** `$(…)` and backquotes. */
  | {
      readonly kind: 'substitution';
      readonly statements: readonly Statement[];
      readonly isQuoted: boolean;
      readonly span: Span;
    }
  | Beyond;
