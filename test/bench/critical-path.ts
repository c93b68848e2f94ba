/** What a run waited for: of its calls, those that nothing could have been done without. Pure. */

/** Something that took time. */
export interface Span {
  readonly name: string;
  /** Milliseconds of one clock. */
  readonly startMs: number;
  readonly endMs: number;
}

/** A span of the path, and how long passed before it began and nothing else was waited for. */
export interface Link extends Span {
  readonly idleMs: number;
}

/** A call that begins this much before another has ended may have waited for it: clocks are read in turns. */
const SLACK_MS = 20;

/**
 * Finds the path, from the end backwards: what ended last before each call began is what it waited for.
 * @returns in the order of time, from the start to what ended last
 */
export function criticalPath(spans: readonly Span[], startMs: number): readonly Link[] {
  const path: Link[] = [];
  let next = latest(spans);
  while (next) {
    const { startMs: began } = next;
    const before = latest(
      spans.filter(({ endMs, startMs: from }) => endMs <= began + SLACK_MS && from < began),
    );
    path.unshift({ ...next, idleMs: Math.max(0, began - (before?.endMs ?? startMs)) });
    next = before;
  }
  return path;
}

const latest = (spans: readonly Span[]): Span | undefined =>
  spans.reduce<Span | undefined>((last, span) => (last && last.endMs >= span.endMs ? last : span), undefined);

/** Writes a path as a table: begins, takes, what. What nothing accounts for has a line of its own. */
export function pathTable(path: readonly Link[], startMs: number): readonly string[] {
  const seconds = (ms: number) => (ms / 1000).toFixed(1).padStart(5);
  return path.flatMap(({ name, startMs: began, endMs, idleMs }) => [
    ...(idleMs >= 100 ? [`  ${seconds(began - idleMs - startMs)} ${seconds(idleMs)}  (between)`] : []),
    `  ${seconds(began - startMs)} ${seconds(endMs - began)}  ${name}`,
  ]);
}
