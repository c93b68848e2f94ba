/** A page of a guide as data: its blocks of code, tabs, headings and links, each with its place. */
import type { SourceText, Span } from '../source-text.ts';

/** A page. It holds nothing that is not in the file; what could not be read is told in `problems`. */
export interface Page {
  readonly source: SourceText;
  /** The keys of the front matter; empty if there is none. */
  readonly frontMatter: Readonly<Record<string, unknown>>;
  /** In the order of the page, as all lists here. */
  readonly blocks: readonly Block[];
  readonly tabsets: readonly Tabset[];
  readonly headings: readonly Heading[];
  /** All fragments that lead to a place on the page: those of headings, and `id` and `name` in its HTML. */
  readonly anchors: readonly string[];
  readonly links: readonly Link[];
  /** Text outside of blocks, a paragraph or list item each: what is said around a command. */
  readonly prose: readonly Prose[];
  /** Text that the page takes from elsewhere: it may set variables, make files, have headings. */
  readonly includes: readonly Include[];
  readonly problems: readonly PageProblem[];
}

/** The choice of one tab: the index of its tabset in `Page.tabsets`, and the tab's name. */
export interface TabRef {
  readonly tabset: number;
  readonly tab: string;
}

/** A set of tabs of which a reader follows one. */
export interface Tabset {
  /** `category-name`: sets of one category switch together. */
  readonly category?: string;
  readonly tabs: readonly Tab[];
  /** The tabs that it stands in, outermost first. */
  readonly within: readonly TabRef[];
  readonly span: Span;
}

export interface Tab {
  /** As people read it: `Primary-Remote, Multi-Network`. */
  readonly name: string;
  /** `category-value`: `primary-remote-multi-network`. */
  readonly value?: string;
  readonly span: Span;
}

/** A block of code: the shortcode `text`, or a fenced block of Markdown. */
export interface Block {
  /** `bash`, `plain`, `yaml`, …; empty if the page names none. */
  readonly language: string;
  /** The other arguments of the shortcode or the fence: `snip_id`, `repo`, `outputis`, `syntax`. */
  readonly attributes: Readonly<Record<string, string>>;
  /** Lines without their ends and without the indentation of the list item that the block stands in. */
  readonly lines: readonly BlockLine[];
  /** The whole block, its marks included. */
  readonly span: Span;
  readonly tabs: readonly TabRef[];
  /** The headings that it stands below, outermost first. */
  readonly section: readonly string[];
}

export interface BlockLine {
  readonly text: string;
  /** Where `text` begins in the file. */
  readonly offset: number;
}

export interface Heading {
  /** 1 to 6. */
  readonly level: number;
  readonly text: string;
  /**
   * The fragment that leads here: `verify-the-installation`, or what `{#…}` or an `id` says. Empty for the
   * `<h3>` of HTML that has no id: Hugo makes none for it.
   */
  readonly anchor: string;
  readonly span: Span;
  readonly tabs: readonly TabRef[];
}

export interface Link {
  /** As written: `/docs/setup/#anchor`, `#anchor`, `https://…`. */
  readonly target: string;
  readonly span: Span;
}

export interface Prose {
  /** Plain text: marks and shortcodes removed, white space folded. */
  readonly text: string;
  readonly span: Span;
  readonly tabs: readonly TabRef[];
}

/** A shortcode that puts a text of another file in its place: `{{< boilerplate before-you-begin >}}`. */
export interface Include {
  readonly shortcode: string;
  /** What it takes: the first argument, or `file` or `url`. */
  readonly from: string;
  readonly span: Span;
  readonly tabs: readonly TabRef[];
}

/** Stable words. */
export type PageProblemKind =
  | 'front-matter'
  | 'no-tabs'
  | 'not-text'
  | 'stray-close'
  | 'tab-outside'
  | 'tab-twice'
  | 'tab-without-name'
  | 'too-deep'
  | 'too-long'
  | 'unclosed-fence'
  | 'unclosed-shortcode';

/** What is wrong with the page as such: a shortcode that is never closed, a tab outside of a tabset. */
export interface PageProblem {
  readonly kind: PageProblemKind;
  /** A sentence. */
  readonly message: string;
  readonly span: Span;
}
