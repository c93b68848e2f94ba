/** What a command that failed said, on one line that begins with the cause. */
import { redact } from '../base/redact.ts';
import type { CommandResult } from '../model/command.ts';

const MAX_WORDS = 600;

// biome-ignore lint/suspicious/noControlCharactersInRegex: colours of a terminal are what it takes away
const COLOUR = /\u001B\[[0-9;]*[A-Za-z]/g;

const DRAWING = /^[|/\\_\s]*$/;

/** Tells whether a line of a program's is part of a drawing, or empty: no progress to tell of. */
export const isDrawing = (line: string): boolean => DRAWING.test(line.replaceAll(COLOUR, ''));

/**
 * What tells nothing of a failure. istioctl draws a ship on standard error before it installs (istio/istio
 * operator/cmd/mesh/install.go, pkg/art/istio-ascii.txt @1.24.0, @1.30.3), and writes there what it waits
 * for and what is done (operator/pkg/util/progress/progress.go @1.30.3).
 */
const NOISE: readonly RegExp[] = [
  DRAWING,
  /^- (?:Processing resources|Pruning removed resources)/,
  /^\u2714 /,
];

/**
 * How the line begins that tells why: a component of istioctl's that failed, cobra's `Error:` (istioctl,
 * helm), kubectl's own (kubernetes/kubernetes staging/src/k8s.io/kubectl/pkg/cmd/util/helpers.go
 * @v1.34.0).
 */
const CAUSE =
  /^(?:\u2718 |Error: |error: |Error from server|The connection to the server |Unable to connect to )/;

/**
 * Returns what a command said last: its cause first, then what came after that, then what came before.
 * @returns `an empty answer` or `nothing` if it said nothing
 */
export function lastWords({ stdout, stderr, exitCode }: CommandResult): string {
  const said = stderr.trim() === '' ? stdout.trim() : stderr.trim();
  if (said === '') return exitCode === 0 ? 'an empty answer' : 'nothing';
  const all = redact(said.replaceAll(COLOUR, ''))
    .split(/[\r\n]+/)
    .map(part => part.trim())
    .filter(part => part !== '');
  const telling = all.filter(part => !NOISE.some(noise => noise.test(part)));
  return cutInTheMiddle(toldOnce(causeFirst(telling.length > 0 ? telling : all)).join(' · '));
}

function causeFirst(parts: readonly string[]): readonly string[] {
  const at = parts.findIndex(part => CAUSE.test(part));
  return at < 0 ? parts : [...parts.slice(at), ...parts.slice(0, at)];
}

/** Shortens a long line: tools name the cause first or last, and repeat themselves in between. */
const cutInTheMiddle = (line: string): string =>
  line.length > MAX_WORDS ? `${line.slice(0, MAX_WORDS / 2)} … ${line.slice(-MAX_WORDS / 2)}` : line;

/** Returns each of the texts once, in the order in which they first came: `10 × curl: (6) …`. */
function toldOnce(texts: readonly string[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return [...counts].map(([text, count]) => (count === 1 ? text : `${count} × ${text}`));
}
