/**
 * What istiod knows about one type on one stream: what the proxy subscribes to, what it was told and what it
 * said to that (`WatchedResource`, pilot/pkg/model/context.go @1.8.0 and pkg/xds @1.30.3).
 */
import type { Resource } from './messages.ts';
import { WILDCARD } from './type-urls.ts';

/** When which response was sent or answered. */
interface ResponseMoment {
  readonly version: string;
  readonly nonce: string;
  /** Milliseconds since the epoch. */
  readonly timeMs: number;
}

/** What debug pages show of a type. */
export interface WatchState {
  /** Empty if the proxy wants all. */
  readonly names: ReadonlySet<string>;
  readonly isWildcard: boolean;
  /** The last response; absent until there is one. */
  readonly sent: ResponseMoment | undefined;
  /** The last response that the proxy accepted: the type is in sync if its nonce is the one of `sent`. */
  readonly acked: ResponseMoment | undefined;
  /** The last refusal, until the proxy accepts a response (`LastError` @1.30.3). */
  readonly refused: (ResponseMoment & { readonly message: string }) | undefined;
}

/** What a response tells. */
export interface Difference<B> {
  readonly resources: readonly Resource<B>[];
  /** Names of what is gone. */
  readonly removed: readonly string[];
}

/** The memory of one type on one stream. */
export class Watch implements WatchState {
  names: ReadonlySet<string>;
  isWildcard: boolean;
  sent: ResponseMoment | undefined;
  acked: ResponseMoment | undefined;
  refused: WatchState['refused'];
  /** Name → version that the proxy was told last, whether it took it or not. */
  readonly #told = new Map<string, string>();
  /** By nonce, oldest first: the responses without an answer, with the names that they told of. */
  readonly #unanswered = new Map<string, { readonly version: string; readonly names: readonly string[] }>();
  /** Names in refused responses, which the proxy may have in an older version. */
  readonly #doubtful = new Set<string>();

  /** @param names - with or without `*` */
  constructor(names: ReadonlySet<string>, isWildcard: boolean) {
    this.isWildcard = isWildcard || names.has(WILDCARD);
    this.names = withoutWildcard(names);
  }

  /** What to ask the source for. */
  get wanted(): ReadonlySet<string> | 'all' {
    return this.isWildcard ? 'all' : this.names;
  }

  get doubtful(): ReadonlySet<string> {
    return this.#doubtful;
  }

  /**
   * Takes a new subscription, and forgets what the proxy was told of names that it no longer wants.
   * @param names - with or without `*`
   * @returns whether it differs from the one before
   */
  subscribe(names: ReadonlySet<string>, isWildcard: boolean): boolean {
    const before = { names: this.names, isWildcard: this.isWildcard };
    this.isWildcard = isWildcard || names.has(WILDCARD);
    this.names = withoutWildcard(names);
    if (!this.isWildcard) {
      for (const name of [...this.#told.keys(), ...this.#doubtful]) {
        if (!this.names.has(name)) this.#forget(name);
      }
    }
    return before.isWildcard !== this.isWildcard || !areEqual(before.names, this.names);
  }

  /**
   * Compares what there is now, by versions alone, with what the proxy was told.
   * @returns what to tell, with all that the proxy refused before; undefined if nothing is new since then
   */
  differenceTo<B>(resources: readonly Resource<B>[]): Difference<B> | undefined {
    const isNews = ({ name, version }: Resource<B>) => this.#told.get(name) !== version;
    if (resources.length === this.#told.size && !resources.some(isNews)) return undefined; // the usual case
    const given = new Set(resources.map(({ name }) => name));
    const isGone = (name: string) => !given.has(name);
    const gone = [...this.#told.keys()].filter(isGone);
    if (gone.length === 0 && !resources.some(isNews)) return undefined;
    return {
      resources: resources.filter(each => isNews(each) || this.#doubtful.has(each.name)),
      removed: [...new Set([...gone, ...[...this.#doubtful].filter(isGone)])],
    };
  }

  /** Notes a response that is sent now. All that was in doubt is in it. */
  tell(difference: Difference<unknown>, moment: ResponseMoment): void {
    this.#doubtful.clear();
    this.note(difference);
    const { version, nonce } = moment;
    const names = [...difference.resources.map(({ name }) => name), ...difference.removed];
    this.#unanswered.set(nonce, { version, names });
    this.sent = moment;
  }

  /** Notes what the proxy is taken to have, without a response. */
  note({ resources, removed }: Difference<unknown>): void {
    for (const { name, version } of resources) this.#told.set(name, version);
    for (const name of removed) this.#told.delete(name);
  }

  /**
   * Notes that the proxy accepts the last response.
   * @returns false if it has answered that before: this is about its subscription only
   */
  accept(timeMs: number): boolean {
    if (!this.sent) return false;
    const isFirst = this.#unanswered.has(this.sent.nonce);
    this.#unanswered.clear(); // a proxy answers in order
    this.acked = { ...this.sent, timeMs };
    this.refused = undefined;
    return isFirst;
  }

  /** Notes that the proxy refuses a response, which need not be the last one. */
  refuse(nonce: string, message: string, timeMs: number): void {
    const response = this.#unanswered.get(nonce);
    this.#unanswered.delete(nonce);
    for (const name of response?.names ?? []) this.#doubtful.add(name);
    this.refused = { version: response?.version ?? '', nonce, timeMs, message };
  }

  #forget(name: string): void {
    this.#told.delete(name);
    this.#doubtful.delete(name);
  }
}

const withoutWildcard = (names: ReadonlySet<string>): ReadonlySet<string> =>
  names.has(WILDCARD) ? new Set([...names].filter(name => name !== WILDCARD)) : names;
const areEqual = (one: ReadonlySet<string>, other: ReadonlySet<string>): boolean =>
  one.size === other.size && [...one].every(name => other.has(name));
