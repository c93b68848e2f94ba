/** What the corpus asks of an API server: one request, and what of its answer is compared. */

/** One request of a group, in the group's order. */
export interface Question {
  /** Its own within the group. */
  readonly id: string;
  readonly method: string;
  /** With its query; `$name` stands for what was kept of an earlier answer. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON, or a text that is sent as it is. */
  readonly body?: unknown;
  /** Bytes in base64, in the place of `body`. */
  readonly bytes?: string;
  /** Who asks: the administrator, nobody, or who has the token that was kept under this name. */
  readonly as: 'admin' | 'anonymous' | { readonly token: string };
  /**
   * Places in the answer of a success that are compared (`spec.ports.*.name`; `\.` is a dot); a header is
   * `header:NAME`; `sorted:PLACE` is a list whose order says nothing.
   */
  readonly show: readonly string[];
  /** Names that later requests use, and where in the answer their values stand. */
  readonly keep: Readonly<Record<string, string>>;
  /** Asked again until the code is this one, or seconds have passed. */
  readonly until?: { readonly code: number; readonly seconds: number };
  /** Seconds before it. */
  readonly wait: number;
  /** It only prepares for others, and is not compared. */
  readonly prepares: boolean;
}

/** Questions that build on each other, in namespaces and with names of their own. */
export interface Group {
  readonly name: string;
  /** What it asks about comes of controllers. */
  readonly needsControllers: boolean;
  /** Namespaces that exist before the first question. */
  readonly namespaces: readonly string[];
  readonly questions: readonly Question[];
  /** Paths that are deleted at the end; namespaces go by themselves. */
  readonly cleanup: readonly string[];
}

/** What of an answer is compared and kept. */
export interface Answer {
  /** 0: no answer came. */
  readonly code: number;
  /** Of a Status; else ''. */
  readonly reason: string;
  /** The error's text, without what differs from time to time; of a success ''. */
  readonly gist: string;
  /** `Warning` headers. */
  readonly warnings: readonly string[];
  /** What `show` names, by place. */
  readonly facts: Readonly<Record<string, unknown>>;
}
