/** What a reader does who follows a guide from top to bottom, tab by tab: the input of plans and of rules. */
import type { Block, Page, TabRef } from '../page/page.ts';
import type { Beyond } from '../shell/syntax.ts';
import type { Place, Span } from '../source-text.ts';

/** A way through the pages of a guide: one tab in each tabset that the reader comes to. */
export interface View {
  readonly pages: readonly Page[];
  /** For each page, the tabs that are followed. */
  readonly tabs: ReadonlyMap<Page, readonly TabRef[]>;
  /** The names of the tabs, for people; empty if the guide has no tabs. */
  readonly name: string;
  /** Variables that the reader sets himself: whatever the pages say, they have these values. */
  readonly given?: ReadonlyMap<string, string>;
}

/** What happens on the way, in order. */
export interface Trace {
  readonly view: View;
  readonly events: readonly TraceEvent[];
}

/** One thing that happens. */
export type TraceEvent = SetEvent | FileEvent | CallEvent | BeyondEvent;

/** Where an event comes from. */
export interface Origin {
  readonly page: Page;
  readonly block: Block;
  readonly span: Span;
  readonly place: Place;
}

/**
 * A text after the shell's expansion. A value that is known only while the guide is carried out stands as
 * `${NAME}`, as in a plan.
 */
export interface Expanded {
  readonly text: string;
  readonly span: Span;
  /** The variables that went into it, in order, each use with its place. */
  readonly uses: readonly VariableUse[];
  /** True: some of it was outside of quotes, so that the shell would split it at blanks. */
  readonly isSplit: boolean;
  /**
   * False: the text is not what the shell makes of it, since a part of it is beyond us, or since it has a
   * `${…}` that is meant as it stands. A `beyond` event tells which.
   */
  readonly isExact: boolean;
}

/** A place at which the shell puts a variable's value. */
export interface VariableUse {
  readonly name: string;
  readonly span: Span;
  /** False: nothing before it sets the variable, so that the shell puts nothing in its place. */
  readonly isSet: boolean;
  /** True: its value is what a command prints, known only when that has run. */
  readonly isCaptured: boolean;
}

/** `export NAME=value`, `NAME=value`. */
export interface SetEvent {
  readonly kind: 'set';
  readonly name: string;
  readonly value: Expanded;
  readonly isExported: boolean;
  readonly origin: Origin;
}

/** A file that a here-document or a redirection writes. */
export interface FileEvent {
  readonly kind: 'file';
  readonly path: Expanded;
  readonly content: Expanded;
  /** As the page has it, before the expansion; without the tabs that `<<-` strips. */
  readonly raw: string;
  /** False for `<<'EOF'`: the shell expands nothing in it. */
  readonly isExpanded: boolean;
  readonly isAppended: boolean;
  readonly origin: Origin;
}

/** A program that is called. */
export interface CallEvent {
  readonly kind: 'call';
  /** As written: `kubectl`, `samples/multicluster/gen-eastwest-gateway.sh`. */
  readonly program: Expanded;
  readonly args: readonly Expanded[];
  /** Words that expand to nothing outside of quotes, so that the program does not see them. */
  readonly vanished: readonly Expanded[];
  /** Variables that are set for this call alone. */
  readonly environment: readonly { readonly name: string; readonly value: Expanded }[];
  /** A here-document or a file for standard input. */
  readonly stdin?: { readonly text: Expanded; readonly raw: string; readonly isExpanded: boolean };
  readonly output: CallOutput;
  /** What the page shows as its output; empty if it shows none. */
  readonly shown: readonly { readonly text: string; readonly span: Span }[];
  readonly origin: Origin;
}

/** Where standard output goes. */
export type CallOutput =
  | { readonly to: 'terminal' }
  /** The next call of the trace reads it. */
  | { readonly to: 'next-call' }
  | { readonly to: 'file'; readonly path: Expanded; readonly isAppended: boolean }
  /** A variable of the guide, or one that is made up for `$(…)` within a word: `COMMAND_1`. */
  | { readonly to: 'variable'; readonly name: string };

/** What the shell would do and we do not. */
interface BeyondEvent {
  readonly kind: 'beyond';
  readonly beyond: Beyond;
  readonly origin: Origin;
}
