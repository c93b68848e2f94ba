/**
 * What a simulated world has done since its clock jumped last: how far it got, and what it does again and
 * again. Work and spinning both deliver; but work comes to an end of what it has not done yet.
 */
import type { VirtualClock } from '../../simulator/network/virtual-clock.ts';
import {
  type ConnectionRecord,
  nameOf,
  type RequestRecord,
  type Subject,
  type WorldObserver,
} from '../../simulator/world.ts';

/**
 * So often someone may do the same between two jumps and get further by it: that a proxy dials an address, a
 * user lists a resource, a controller writes a resource. The names of single objects do not count, for a loop
 * can make new ones without end.
 */
const REPEATS = 100;
/** Nobody gets further by what is new once so much was; so memory is bound. 240 clusters: 57,360 pairs. */
const MOST_KINDS = 400_000;
/** So many of the most frequent deeds are told. */
const MOST_TOLD = 3;

interface Deed {
  times: number;
  /** The first of the kind, in words. */
  readonly example: string;
}

/** Counts what a world delivers between two jumps of its clock. */
export class Activity implements WorldObserver {
  readonly #clock: VirtualClock;
  #deeds = new Map<string, Deed>();
  #jumps = 0;
  #progress = 0;
  #rests = false;

  constructor(clock: VirtualClock) {
    this.#clock = clock;
  }

  /**
   * Grows with each step forward: a jump of the clock; output of a program that the user has started, and an
   * answer to the user's own requests, of which a world makes none by itself; and whatever someone in the
   * world does for the first hundred times since the last jump.
   */
  get progress(): number {
    return this.#clock.jumps + this.#progress;
  }

  /** Tells what was done most often since the last jump, the most frequent first; empty: nothing twice. */
  get mostFrequent(): readonly string[] {
    this.#forgetBeforeJump();
    return [...this.#deeds.values()]
      .filter(({ times }) => times > 1)
      .sort((a, b) => b.times - a.times)
      .slice(0, MOST_TOLD)
      .map(({ times, example }) => `${times} times ${example}`);
  }

  onConnection({ from, to, arrivedAt, outcome, protocol }: ConnectionRecord): void {
    const target = `${to.address}:${to.port}`;
    this.#done(`${protocol} ${from} ${target} ${outcome}`, () => {
      const where = arrivedAt === undefined ? '' : ` at ${arrivedAt}`;
      return `${from} dials ${target} (${protocol}, ${outcome}${where})`;
    });
  }

  onRequest(cluster: string, { username, method, url }: RequestRecord): void {
    const [path = ''] = url.split('?');
    if (username === ADMINISTRATOR) this.#progress += 1;
    this.#done(
      `${cluster} ${username} ${method} ${collectionOf(path)}`,
      () => `${username} asks ${cluster} for ${method} ${path}`,
    );
  }

  onWrite(cluster: string, component: string, subject: Subject): void {
    this.#done(
      `${cluster} ${component} ${subject.resource ?? subject.key}`,
      () => `${component} in ${cluster} writes ${nameOf(subject)}`,
    );
  }

  onExecOutput(): void {
    this.#progress += 1;
  }

  /** Counts no more: nobody asks. */
  rest(): void {
    this.#rests = true;
    this.#deeds.clear();
  }

  #done(kind: string, inWords: () => string): void {
    if (this.#rests) return;
    this.#forgetBeforeJump();
    const deed = this.#deeds.get(kind);
    if (deed) {
      deed.times += 1;
      if (deed.times <= REPEATS) this.#progress += 1;
    } else if (this.#deeds.size < MOST_KINDS) {
      this.#deeds.set(kind, { times: 1, example: inWords() });
      this.#progress += 1;
    }
  }

  #forgetBeforeJump(): void {
    if (this.#jumps === this.#clock.jumps) return;
    this.#jumps = this.#clock.jumps;
    this.#deeds = new Map();
  }
}

/** The user of the kubeconfigs that the platform gives away. */
const ADMINISTRATOR = 'kubernetes-admin';

/** Cuts the name of an object off: `/api/v1/namespaces/a/pods/sleep` → `/api/v1/namespaces/a/pods`. */
function collectionOf(path: string): string {
  const parts = path.split('/');
  const resource = parts[1] === 'api' ? 3 : 4;
  return parts
    .slice(0, parts[resource] === 'namespaces' && parts.length > resource + 2 ? resource + 3 : resource + 1)
    .join('/');
}
