/**
 * Calls of HelloWorld by curl: the argument vector, the strict reading of what it prints, and the count of
 * it.
 */
import type { ExecOutcome } from '../base/kubernetes-client.ts';
import type { Tally } from './check.ts';
import { round } from './figures.ts';
import { SERVICE_URL } from './workloads.ts';

/** Seconds that one call may take; more than Envoy's connect timeout of 10 s. */
const CALL_TIMEOUT_SECONDS = 15;
/** Calls from this many seconds on are counted as slow. */
const SLOW_SECONDS = 1;
/**
 * Ends each answer. HTTP bodies of the guide don't hold it; curl replaces `\n` and the variables (any curl
 * since 7.12).
 */
const WRITE_OUT = String.raw`\n<call %{http_code} %{time_total}>\n`;
const CALL_END = /\n<call (\d{3}) (\d+(?:[.,]\d+)?)>\n/g;

/** One call and what came of it: an answer of HelloWorld, or an error. */
export type Answer = { readonly seconds: number } & (
  | { readonly kind: 'answer'; readonly version: string; readonly instance: string }
  | { readonly kind: 'error'; readonly error: string }
);

export interface Answers {
  readonly answers: readonly Answer[];
  /** Set if the output is not what so many calls print: then it proves nothing. */
  readonly defect?: string;
}

/**
 * One curl for `requests` calls, without a shell. curl numbers the URLs itself (`[1-300]`); each is a
 * connection of its own, so that each is balanced anew.
 */
export function curlArgv(requests: number): readonly string[] {
  return [
    'curl',
    '-sS',
    '-m',
    String(CALL_TIMEOUT_SECONDS),
    '-H',
    'Connection: close',
    '-w',
    WRITE_OUT,
    `${SERVICE_URL}?[1-${requests}]`,
  ];
}

/** Milliseconds after which a curl for so many calls counts as hung. */
export function curlTimeoutMs(requests: number): number {
  return Math.min(requests * CALL_TIMEOUT_SECONDS, 600) * 1000 + 30_000;
}

/** Texts of one kind of error are made equal: durations differ from call to call. */
function withoutDurations(text: string): string {
  return text.replace(/ after \d+ ms\b/, '').replace(/\d+ milliseconds/, 'some milliseconds');
}

/** Reads what `curlArgv(requests)` printed. */
export function readAnswers(outcome: ExecOutcome, requests: number): Answers {
  const failures = outcome.stderr
    .split('\n')
    .filter(line => /^curl: \(\d+\) /.test(line))
    .map(line => withoutDurations(line.trim()));
  const answers: Answer[] = [];
  let from = 0;
  for (const match of outcome.stdout.matchAll(CALL_END)) {
    const body = outcome.stdout.slice(from, match.index);
    from = match.index + match[0].length;
    const seconds = Number((match[2] ?? '').replace(',', '.'));
    answers.push(readAnswer(match[1] ?? '', body, seconds, failures));
  }
  const rest = outcome.stdout.slice(from).trim();
  if (answers.length !== requests || rest !== '') {
    const said = outcome.stderr.trim().split('\n')[0]?.slice(0, 200);
    return {
      answers,
      defect: `curl reported ${answers.length} of ${requests} calls (exit code ${outcome.exitCode})${said ? `: ${said}` : ''}`,
    };
  }
  if (failures.length > 0)
    return { answers, defect: `curl printed more errors than calls that failed: ${failures[0]}` };
  return { answers };
}

/**
 * curl runs the calls one after the other, so that its messages stand in the order of the calls that failed
 * (`failures` is consumed).
 */
function readAnswer(status: string, body: string, seconds: number, failures: string[]): Answer {
  const hello = /^Hello version: (\S+), instance: (\S+)\n?$/.exec(body);
  if (status === '200' && hello?.[1] !== undefined && hello[2] !== undefined) {
    return { kind: 'answer', seconds, version: hello[1], instance: hello[2] };
  }
  if (status === '000') return { kind: 'error', seconds, error: failures.shift() ?? 'curl: no answer' };
  const text = body.trim().split('\n')[0]?.slice(0, 300) ?? '';
  // A body that was cut off is an error of curl's besides the status.
  const cut = status === '200' && failures.length > 0 ? failures.shift() : undefined;
  return { kind: 'error', seconds, error: cut ?? `${status} ${text === '' ? '(empty body)' : text}` };
}

/** Where an instance lives: the cluster of the pod of this name; null if no cluster has such a pod. */
export type Locate = (instance: string, version: string) => string | null;

/** Counts answers by instance and errors by kind. */
export function tally(answers: readonly Answer[], locate: Locate, clusterOrder: readonly string[]): Tally {
  const instances = new Map<
    string,
    { cluster: string | null; version: string; instance: string; count: number }
  >();
  const errors = new Map<string, number>();
  for (const answer of answers) {
    if (answer.kind === 'error') {
      errors.set(answer.error, (errors.get(answer.error) ?? 0) + 1);
      continue;
    }
    const { version, instance } = answer;
    const key = `${version} ${instance}`;
    const entry = instances.get(key) ?? { cluster: locate(instance, version), version, instance, count: 0 };
    entry.count += 1;
    instances.set(key, entry);
  }
  const rank = (cluster: string | null) =>
    cluster === null ? clusterOrder.length : clusterOrder.indexOf(cluster);
  return {
    requests: answers.length,
    instances: [...instances.values()].sort(
      (a, b) =>
        rank(a.cluster) - rank(b.cluster) || compare(a.version, b.version) || compare(a.instance, b.instance),
    ),
    errors: [...errors]
      .map(([error, count]) => ({ error, count }))
      .sort((a, b) => b.count - a.count || compare(a.error, b.error)),
    slow: answers.filter(({ seconds }) => seconds >= SLOW_SECONDS).length,
    longestSeconds: round(Math.max(0, ...answers.map(({ seconds }) => seconds)), 3),
  };
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

/** How many answers of the tally came from this cluster. */
export function countFrom(counted: Tally, cluster: string): number {
  return counted.instances
    .filter(entry => entry.cluster === cluster)
    .reduce((sum, { count }) => sum + count, 0);
}

/**
 * The answers in order, one letter each, with what the letters mean; and how often one differs from the one
 * before.
 */
export function sequenceOf(
  answers: readonly Answer[],
  counted: Tally,
): {
  readonly sequence: string;
  readonly legend: Readonly<Record<string, string>>;
  readonly switches: number;
} {
  const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';
  const letterOf = new Map<string, string>();
  const legend: Record<string, string> = {};
  for (const [index, { cluster, version, instance }] of counted.instances.entries()) {
    const letter = letters[index] ?? '?';
    letterOf.set(`${version} ${instance}`, letter);
    legend[letter] =
      letter === '?' ? 'another instance' : `${cluster ?? 'no cluster'} → helloworld ${version}`;
  }
  let switches = 0;
  let previous: string | undefined;
  const sequence = answers.map(answer => {
    if (answer.kind === 'error') return '!';
    const key = `${answer.version} ${answer.instance}`;
    if (previous !== undefined && previous !== key) switches += 1;
    previous = key;
    return letterOf.get(key) ?? '?';
  });
  return { sequence: sequence.join(''), legend, switches };
}

/** `148 from cluster1, 152 from cluster2`, and the errors, most frequent first. */
export function describeTally(counted: Tally, clusters: readonly string[]): string {
  const parts = clusters.map(cluster => `${countFrom(counted, cluster)} from ${cluster}`);
  const strangers = counted.instances.filter(({ cluster }) => cluster === null);
  if (strangers.length > 0) {
    parts.push(
      `${strangers.reduce((sum, { count }) => sum + count, 0)} from no known pod (${strangers[0]?.instance})`,
    );
  }
  for (const { error, count } of counted.errors.slice(0, 3)) parts.push(`${count} × ${error}`);
  if (counted.slow > 0)
    parts.push(`${counted.slow} took a second or more (up to ${counted.longestSeconds} s)`);
  return parts.join(', ');
}
