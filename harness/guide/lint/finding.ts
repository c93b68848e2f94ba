/** What the linter finds. */
import type { Place, Span } from '../source-text.ts';

/** `error`: a reader comes to harm. `warning`: some do. `note`: worth knowing; it does not count. */
export type Severity = 'error' | 'warning' | 'note';

export interface Finding {
  /** The id of the rule: `unset-variable`. */
  readonly rule: string;
  readonly severity: Severity;
  readonly place: Place;
  readonly span: Span;
  /** A sentence on what is wrong here. */
  readonly message: string;
  /** What a reader would meet who follows the page to the letter. */
  readonly wouldHappen: string;
  readonly fix?: Fix;
}

/** A mend of the page. */
export interface Fix {
  /** What it does, as a sentence in the imperative. */
  readonly description: string;
  /** Edits of the file, which do not overlap. */
  readonly edits: readonly Edit[];
  /** True: `--fix` may make it without asking. */
  readonly isSafe: boolean;
}

export interface Edit extends Span {
  readonly text: string;
}
