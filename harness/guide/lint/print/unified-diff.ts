/** What changed between two texts, as `diff -u` tells it. */

/** Lines around a change that are shown with it. */
const CONTEXT = 3;
/** Changed lines beyond which no shortest way is looked for: all of the middle is told as replaced. */
const MOST_CHANGES = 1000;

/** Pairs of lines that are equal in both: the index in the old text, and in the new one. */
type Pair = readonly [old: number, new_: number];

/**
 * Writes a unified diff of two texts. A text that does not end its last line is told, as `diff` does.
 * @returns the empty text if they are equal
 */
export function unifiedDiff(file: string, before: string, after: string): string {
  if (before === after) return '';
  const old = linesOf(before);
  const now = linesOf(after);
  const hunks = hunksOf([...equalLines(old, now), [old.length, now.length]]);
  return [`--- ${file}\n+++ ${file}\n`, ...hunks.map(changes => hunkText(changes, old, now))].join('');
}

/**
 * Leads from lines of a text that was changed back to those of the text before. Lines count from 1; a changed
 * line leads to the place that it was put in.
 */
export function lineBefore(before: string, after: string): (line: number) => number {
  if (before === after) return line => line;
  const [old, now] = [linesOf(before), linesOf(after)];
  const pairs = equalLines(old, now);
  return line => {
    const last = pairs.findLast(([, index]) => index < line) ?? [-1, -1];
    const next = pairs.find(([, index]) => index >= line)?.[0] ?? old.length;
    return Math.max(1, Math.min(last[0] + line - last[1], Math.max(next, last[0] + 1)));
  };
}

/** Lines with their ends, so that a change of an end is a change. */
const linesOf = (text: string): readonly string[] => text.match(/[^\n]*\n|[^\n]+$/g) ?? [];

/** A stretch of changed lines: of the old text, and of the new one; the ends are excluded. */
interface Change {
  readonly old: readonly [number, number];
  readonly now: readonly [number, number];
}

/** Joins changes that stand so near that their contexts would meet. */
function hunksOf(equal: readonly Pair[]): readonly (readonly Change[])[] {
  const hunks: Change[][] = [];
  let [o, n] = [0, 0];
  for (const [old, now] of equal) {
    if (old > o || now > n) {
      const change: Change = { old: [o, old], now: [n, now] };
      const last = hunks.at(-1);
      const end = last?.at(-1)?.old[1] ?? Number.NEGATIVE_INFINITY;
      if (last && o - end <= 2 * CONTEXT) last.push(change);
      else hunks.push([change]);
    }
    [o, n] = [old + 1, now + 1];
  }
  return hunks;
}

function hunkText(changes: readonly Change[], old: readonly string[], now: readonly string[]): string {
  const [first, last] = [changes[0], changes.at(-1)];
  if (!first || !last) return '';
  const before = Math.min(CONTEXT, first.old[0]);
  const after = Math.min(CONTEXT, old.length - last.old[1]);
  const lines: string[] = [];
  let at = first.old[0] - before;
  for (const change of changes) {
    lines.push(...marked(' ', old.slice(at, change.old[0])));
    lines.push(...marked('-', old.slice(...change.old)), ...marked('+', now.slice(...change.now)));
    at = change.old[1];
  }
  lines.push(...marked(' ', old.slice(at, at + after)));
  const range = (start: number, end: number) => {
    const from = start - before;
    const count = end + after - from;
    return `${count === 0 ? from : from + 1}${count === 1 ? '' : `,${count}`}`;
  };
  const head = `@@ -${range(first.old[0], last.old[1])} +${range(first.now[0], last.now[1])} @@\n`;
  return head + lines.join('');
}

const marked = (mark: string, lines: readonly string[]): readonly string[] =>
  lines.map(line => `${mark}${line}${line.endsWith('\n') ? '' : '\n\\ No newline at end of file\n'}`);

/** Finds lines that stay, in order: the same beginning, the same end, and a longest sequence between. */
function equalLines(old: readonly string[], now: readonly string[]): readonly Pair[] {
  const most = Math.min(old.length, now.length);
  let head = 0;
  while (head < most && old[head] === now[head]) head += 1;
  let tail = 0;
  while (tail < most - head && old[old.length - 1 - tail] === now[now.length - 1 - tail]) tail += 1;
  const middle = snake(old.slice(head, old.length - tail), now.slice(head, now.length - tail));
  return [
    ...Array.from({ length: head }, (_, index): Pair => [index, index]),
    ...middle.map(([o, n]): Pair => [o + head, n + head]),
    ...Array.from(
      { length: tail },
      (_, index): Pair => [old.length - tail + index, now.length - tail + index],
    ),
  ];
}

/**
 * Finds the lines that stay on a shortest way from one text to the other.
 * @see Eugene W. Myers, An O(ND) Difference Algorithm and Its Variations, 1986, figure 2
 */
function snake(old: readonly string[], now: readonly string[]): readonly Pair[] {
  const most = Math.min(old.length + now.length, MOST_CHANGES);
  const rounds: Map<number, number>[] = [];
  let reached = new Map<number, number>([[1, 0]]);
  for (let d = 0; d <= most; d += 1) {
    rounds.push(reached);
    const next = new Map(reached);
    for (let k = -d; k <= d; k += 2) {
      let x = stepDown(reached, k, d) ? (reached.get(k + 1) ?? 0) : (reached.get(k - 1) ?? 0) + 1;
      while (x < old.length && x - k < now.length && old[x] === now[x - k]) x += 1;
      next.set(k, x);
      if (x >= old.length && x - k >= now.length) return walkBack(rounds, old.length, now.length);
    }
    reached = next;
  }
  return [];
}

const stepDown = (reached: ReadonlyMap<number, number>, k: number, d: number): boolean =>
  k === -d || (k !== d && (reached.get(k - 1) ?? -1) < (reached.get(k + 1) ?? -1));

function walkBack(rounds: readonly ReadonlyMap<number, number>[], oldEnd: number, newEnd: number) {
  const pairs: Pair[] = [];
  let [x, y] = [oldEnd, newEnd];
  for (let d = rounds.length - 1; d >= 0; d -= 1) {
    const reached = rounds[d] ?? new Map<number, number>();
    const k = x - y;
    const before = stepDown(reached, k, d) ? k + 1 : k - 1;
    const [startX, startY] = [reached.get(before) ?? 0, (reached.get(before) ?? 0) - before];
    while (x > Math.max(startX, 0) && y > Math.max(startY, 0)) {
      x -= 1;
      y -= 1;
      pairs.push([x, y]);
    }
    [x, y] = [startX, startY];
  }
  return pairs.reverse();
}
