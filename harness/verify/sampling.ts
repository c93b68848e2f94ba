/** Calls of HelloWorld by curl: the argument vector, and the strict reading of what curl prints. */
import type { ExecOutcome } from '../base/kubernetes-client.ts';
import { PAST_PROXIES } from './past-proxies.ts';
import { SERVICE_URL } from './workloads.ts';

/** Seconds that one call may take; more than Envoy's connect timeout of 10 s. */
const CALL_TIMEOUT_SECONDS = 15;
/**
 * Ends each answer; no HTTP body of the guide holds it. Any curl since 7.12 replaces `\n` and the variables.
 */
const WRITE_OUT = String.raw`\n<call %{http_code} %{time_total}>\n`;
const CALL_END = /\n<call (\d{3}) (\d+(?:[.,]\d+)?)>\n/g;

/** One call and what came of it: an answer of HelloWorld, or an error. */
export type Answer = { readonly seconds: number } & (
  | { readonly kind: 'answer'; readonly version: string; readonly instance: string }
  | { readonly kind: 'error'; readonly error: string }
);

/** What one curl printed, read. */
export interface Answers {
  readonly answers: readonly Answer[];
  /** Set if the output is not what so many calls print: then it proves nothing. */
  readonly defect?: string;
}

/**
 * Returns the arguments of one curl for `requests` calls, without a shell. curl numbers the URLs itself
 * (`[1-300]`). Each has a connection of its own, so that each is balanced anew.
 */
export const curlArgv = (requests: number): readonly string[] =>
  callArgv(`${SERVICE_URL}?[1-${requests}]`, CALL_TIMEOUT_SECONDS, ['-H', 'Connection: close']);

/**
 * Returns the arguments of a curl whose output `readAnswers` reads.
 * @param more - arguments besides
 */
export const callArgv = (url: string, timeoutSeconds: number, more: readonly string[]): readonly string[] => [
  'curl',
  '-sS',
  ...PAST_PROXIES,
  '-m',
  String(timeoutSeconds),
  ...more,
  '-w',
  WRITE_OUT,
  url,
];

/** Returns the milliseconds after which a curl for so many calls counts as hung. */
export function curlTimeoutMs(requests: number): number {
  return Math.min(requests * CALL_TIMEOUT_SECONDS, 600) * 1000 + 30_000;
}

/** Makes texts of one kind of error equal: durations differ from call to call. */
function withoutDurations(text: string): string {
  return text.replace(/ after \d+ ms\b/, '').replace(/\d+ milliseconds/, 'some milliseconds');
}

/** Reads what a curl with `curlArgv(requests)` printed. */
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
 * Reads one call. curl runs the calls one after the other, so its messages are in the order of the calls that
 * failed.
 * @param failures - those messages; one that belongs to this call is taken out
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
