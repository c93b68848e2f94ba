/** Asks an API server the corpus. */

import type { Connection, RawAnswer } from './connection.ts';
import { fill } from './corpus.ts';
import { normalText, normalValue } from './normal.ts';
import { valueAt } from './places.ts';
import type { Answer, Group, Question } from './question.ts';

/** Where the questions go, and whose time passes meanwhile. */
export interface Asked {
  readonly connection: Connection;
  readonly sleep: (seconds: number) => Promise<unknown>;
  /** False if nobody makes the default accounts of namespaces; then we do. */
  readonly hasControllers?: boolean;
  /** Told of a request that was to prepare for others, and was refused. */
  readonly onUnprepared?: (question: string, answer: string) => void;
}

/** The answers of a group, by the question's id. */
export type Answers = Readonly<Record<string, Answer>>;

/** An answer with its whole body, for those who look for what no question names. */
export interface Seen {
  readonly answer: Answer;
  readonly body: unknown;
}

const ADMIN = { accept: 'application/json', 'content-type': 'application/json' };

/** @returns what stands in the body; of a watch `{ events }` */
function parsed({ headers, body }: RawAnswer, isWatch: boolean): unknown {
  const text = body.toString();
  if (!/json/.test(String(headers['content-type']))) return text;
  const lines = text.trim().split('\n').flatMap(parsedLine);
  if (!isWatch) return parsedLine(text)[0] ?? text;
  return lines.every(line => typeof line === 'object' && line !== null && 'type' in line)
    ? { events: lines }
    : parsedLine(text)[0];
}

function parsedLine(line: string): unknown[] {
  try {
    return [JSON.parse(line)];
  } catch {
    return [];
  }
}

function gistOf(code: number, body: unknown): string {
  if (code !== 0 && code < 400) return '';
  const message = typeof body === 'string' ? body : (body as { message?: unknown }).message;
  return normalText(String(message ?? '')).slice(0, 600);
}

/** @returns what stands at a place, without what differs from time to time; null if there is nothing */
function factOf(raw: RawAnswer, body: unknown, place: string): unknown {
  const [, kind, rest = place] = /^(header|sorted):(.*)$/.exec(place) ?? [];
  const key = rest.split('.').findLast(part => part !== '*') ?? '';
  const value = normalValue(kind === 'header' ? raw.headers[rest] : valueAt(body, rest), key) ?? null;
  if (kind !== 'sorted' || !Array.isArray(value)) return value;
  const byText = (one: unknown, other: unknown) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1);
  return value.sort(byText);
}

/** @returns what is compared of an answer */
function answerOf(raw: RawAnswer, body: unknown, { show }: Question): Answer {
  const isError = raw.code === 0 || raw.code >= 400;
  const { reason = '' } = isError && typeof body === 'object' ? ((body ?? {}) as { reason?: string }) : {};
  const shown = isError ? show.filter(place => place.startsWith('header:')) : show;
  const facts = shown.map(place => [place, factOf(raw, body, place)] as const);
  return {
    code: raw.code,
    reason,
    gist: gistOf(raw.code, body),
    warnings: warningsOf(raw.headers['warning']).map(normalText),
    facts: Object.fromEntries(facts),
  };
}

/** Node joins the headers of one name by commas. */
function warningsOf(header: unknown): string[] {
  return [...String(header ?? '').matchAll(/299 \S+ "((?:[^"\\]|\\.)*)"/g)].map(([, text]) => text ?? '');
}

async function askOnce({ connection }: Asked, question: Question, kept: Readonly<Record<string, unknown>>) {
  const { method, path, headers, body, bytes, as } = question;
  const text = fill(body, kept);
  const payload =
    bytes !== undefined
      ? Buffer.from(bytes, 'base64')
      : text === undefined
        ? undefined
        : Buffer.from(typeof text === 'string' ? text : JSON.stringify(text));
  const raw = await connection.send({
    method,
    path: String(fill(path, kept)),
    headers: fill(headers, kept) as Record<string, string>,
    ...(payload && { body: payload }),
    identity: typeof as === 'string' ? as : { token: String(kept[as.token]) },
  });
  return { raw, body: parsed(raw, /[?&]watch=|\/v1\/watch\//.test(path)) };
}

async function askUntil(asked: Asked, question: Question, kept: Readonly<Record<string, unknown>>) {
  const { code, seconds = 0 } = question.until ?? {};
  let given = await askOnce(asked, question, kept);
  for (let left = seconds * 5; left > 0 && given.raw.code !== code; left--) {
    await asked.sleep(0.2);
    given = await askOnce(asked, question, kept);
  }
  return given;
}

/** Sends a request of ours until it has this code. */
async function ensure(asked: Asked, method: string, path: string, code: number, body?: unknown) {
  for (let left = 100; left > 0; left--) {
    const payload = body === undefined ? undefined : Buffer.from(JSON.stringify(body));
    const { connection } = asked;
    const request = { method, path, headers: ADMIN, identity: 'admin' as const };
    const answer = await connection.send({ ...request, ...(payload && { body: payload }) });
    if (answer.code === code) return;
    await asked.sleep(0.2);
  }
  throw new Error(`${method} ${path} is not answered with ${code}`);
}

/** Removes what a run has left, and makes the group's namespaces. */
async function prepare(asked: Asked, group: Group): Promise<void> {
  await removeAll(asked, group);
  for (const name of group.namespaces) {
    const path = `/api/v1/namespaces/${name}`;
    await ensure(asked, 'GET', path, 404);
    await ensure(asked, 'POST', '/api/v1/namespaces', 201, { metadata: { name } });
    if (asked.hasControllers === false) {
      await ensure(asked, 'POST', `${path}/serviceaccounts`, 201, { metadata: { name: 'default' } });
      continue;
    }
    await ensure(asked, 'GET', `${path}/serviceaccounts/default`, 200);
    await ensure(asked, 'GET', `${path}/configmaps/kube-root-ca.crt`, 200);
  }
}

async function removeAll({ connection }: Asked, { namespaces, cleanup }: Group): Promise<void> {
  const own = namespaces.map(name => `/api/v1/namespaces/${name}`);
  // Pods of nodes that are not would keep their namespace until somebody collects them.
  const pods = own.map(path => `${path}/pods?gracePeriodSeconds=0`);
  for (const path of [...cleanup, ...pods, ...own])
    await connection.send({ method: 'DELETE', path, headers: ADMIN, identity: 'admin' });
}

/** Asks a group in its order. @returns what came of each question, in that order */
export async function askGroup(asked: Asked, group: Group): Promise<ReadonlyMap<string, Seen>> {
  await prepare(asked, group);
  const kept: Record<string, unknown> = {};
  const seen = new Map<string, Seen>();
  for (const question of group.questions) {
    if (question.wait > 0) await asked.sleep(question.wait);
    const { raw, body } = await askUntil(asked, question, kept);
    for (const [name, place] of Object.entries(question.keep)) kept[name] = valueAt(body, place);
    if (!question.prepares) seen.set(question.id, { answer: answerOf(raw, body, question), body });
    else if (raw.code >= 400 && raw.code !== question.until?.code)
      asked.onUnprepared?.(`${group.name} ${question.id}`, raw.body.toString());
  }
  await removeAll(asked, group);
  return seen;
}
