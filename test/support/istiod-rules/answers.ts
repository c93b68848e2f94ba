/**
 * What a real istiod of a version told the proxies for each case: all of it without rules, and with them what
 * is another.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { brotliCompressSync, brotliDecompressSync } from 'node:zlib';
import type { Edition } from '../../../harness/simulator/istio/registry/names.ts';
import { ROOT } from '../cli.ts';
import { PROXIES, type ProxyName } from './mesh.ts';

/** By edition: the answers of a real istiod of it. */
const FILES: Readonly<Record<Edition, string>> = {
  current: path.join(ROOT, 'test/peers/istiod-rules/answers.json.br'),
  '1.8': path.join(ROOT, 'test/peers/istiod-rules/answers-1.8.json.br'),
};

/** What is compared. */
export const TYPES = ['cds', 'eds', 'lds', 'rds'] as const;
export type TypeName = (typeof TYPES)[number];

/** Resources of one proxy, by type and name (`cds outbound|5000||helloworld…`). */
export type View = ReadonlyMap<string, Uint8Array>;
/** What each proxy has. */
export type Views = ReadonlyMap<ProxyName, View>;
/** What changes: a resource that is gone is undefined. */
export type Changes = ReadonlyMap<ProxyName, ReadonlyMap<string, Uint8Array | undefined>>;

/** What is kept of a real istiod. */
export interface Answers {
  /** `1.31.0` */
  readonly version: string;
  /** `2026-11-30` */
  readonly date: string;
  readonly base: Views;
  readonly cases: ReadonlyMap<string, Changes>;
}

/** In the file: bodies once each, resources by their places among them; -1 for none. */
interface Stored {
  version: string;
  date: string;
  bodies: string[];
  base: Record<string, Record<string, number>>;
  cases: Record<string, Record<string, Record<string, number>>>;
}

/** @returns what differs between two moments */
export function changesBetween(before: Views, after: Views): Changes {
  const changes = new Map<ProxyName, Map<string, Uint8Array | undefined>>();
  for (const proxy of PROXIES) {
    const [old, now] = [before.get(proxy) ?? new Map(), after.get(proxy) ?? new Map()];
    const own = new Map<string, Uint8Array | undefined>();
    for (const name of new Set([...old.keys(), ...now.keys()])) {
      const [one, other] = [old.get(name), now.get(name)];
      if (!one || !other || Buffer.compare(one, other) !== 0) own.set(name, other);
    }
    if (own.size > 0) changes.set(proxy, own);
  }
  return changes;
}

/** @returns what a proxy has with the changes */
export function withChanges(
  base: View,
  changes: ReadonlyMap<string, Uint8Array | undefined> | undefined,
): View {
  const all = new Map(base);
  for (const [name, body] of changes ?? []) {
    if (body) all.set(name, body);
    else all.delete(name);
  }
  return all;
}

/** Keeps them. */
export function writeAnswers({ version, date, base, cases }: Answers, edition: Edition): void {
  const bodies = new Map<string, number>();
  const place = (body: Uint8Array | undefined): number => {
    if (!body) return -1;
    const text = Buffer.from(body).toString('base64');
    const at = bodies.get(text) ?? bodies.size;
    bodies.set(text, at);
    return at;
  };
  const flat = (views: ReadonlyMap<string, ReadonlyMap<string, Uint8Array | undefined>>) =>
    Object.fromEntries(
      [...views].map(([proxy, view]) => [
        proxy,
        Object.fromEntries([...view].map(([name, body]) => [name, place(body)])),
      ]),
    );
  const stored: Stored = {
    version,
    date,
    base: flat(base),
    cases: Object.fromEntries([...cases].map(([name, changes]) => [name, flat(changes)])),
    bodies: [],
  };
  stored.bodies = [...bodies.keys()];
  writeFileSync(FILES[edition], brotliCompressSync(JSON.stringify(stored)));
}

/** Reads what is kept. */
export function readAnswers(edition: Edition): Answers {
  // A cast: the function above has written it.
  const stored = JSON.parse(brotliDecompressSync(readFileSync(FILES[edition])).toString('utf8')) as Stored;
  const bodies = stored.bodies.map(body => new Uint8Array(Buffer.from(body, 'base64')));
  const read = <T>(views: Record<string, Record<string, number>>) =>
    new Map(
      Object.entries(views).map(([proxy, view]) => [
        proxy as ProxyName, // as it was written
        new Map(Object.entries(view).map(([name, at]) => [name, bodies[at] as T])),
      ]),
    );
  return {
    version: stored.version,
    date: stored.date,
    base: read<Uint8Array>(stored.base),
    cases: new Map(
      Object.entries(stored.cases).map(([name, changes]) => [name, read<Uint8Array | undefined>(changes)]),
    ),
  };
}
