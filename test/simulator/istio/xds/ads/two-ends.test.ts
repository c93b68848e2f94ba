/** Both ends joined by queues, while the mesh changes, proxies refuse and streams break, at random. */
import t, { type Test } from 'tap';
import { createRandom, type Random } from '../../../../../harness/base/random.ts';
import type { AdsClientStream } from '../../../../../harness/simulator/istio/xds/ads/client-stream.ts';
import { DeltaClient } from '../../../../../harness/simulator/istio/xds/ads/delta-client.ts';
import { DeltaServer } from '../../../../../harness/simulator/istio/xds/ads/delta-server.ts';
import type { AdsServerStream } from '../../../../../harness/simulator/istio/xds/ads/server-stream.ts';
import { StateOfTheWorldClient } from '../../../../../harness/simulator/istio/xds/ads/state-of-the-world-client.ts';
import { StateOfTheWorldServer } from '../../../../../harness/simulator/istio/xds/ads/state-of-the-world-server.ts';
import { TYPE_URLS } from '../../../../../harness/simulator/istio/xds/ads/type-urls.ts';
import { type Mesh, type Short, SmallMesh } from './small-mesh.ts';
import { SmallProxy } from './small-proxy.ts';

const SEQUENCES = 2000; // of each dialect
const TYPES = ['cds', 'eds', 'lds', 'rds'] as const satisfies readonly Short[];
const NAMES: Readonly<Record<(typeof TYPES)[number], readonly string[]>> = {
  cds: ['a:e1', 'b:e2', 'c:e1:e3', 'd'],
  eds: ['e1', 'e2', 'e3'],
  lds: ['l:r1', 'm:r1:r2', 'n'],
  rds: ['r1', 'r2'],
};

interface Dialect<Request, Response extends { typeUrl: string; nonce: string }> {
  readonly server: (small: SmallMesh) => AdsServerStream<string, Request, Response>;
  readonly client: (proxy: SmallProxy) => AdsClientStream<string, Request, Response>;
  /** A state of the world cannot say that endpoints or routes are gone that a proxy subscribes to. */
  readonly removesByName: boolean;
}

/** One proxy and one istiod, which comes up anew with each stream. */
class Pair<Request, Response extends { typeUrl: string; nonce: string }> {
  readonly small = new SmallMesh();
  readonly proxy = new SmallProxy();
  readonly client: AdsClientStream<string, Request, Response>;
  server: AdsServerStream<string, Request, Response>;
  readonly #random: Random;
  readonly #dialect: Dialect<Request, Response>;
  #requests: Request[] = [];
  #responses: Response[] = [];
  #changes = 0;

  constructor(dialect: Dialect<Request, Response>, random: Random) {
    this.#dialect = dialect;
    this.#random = random;
    this.client = dialect.client(this.proxy);
    this.server = dialect.server(this.small);
    this.reconnect();
  }

  /** What was on its way is lost. */
  reconnect(): void {
    this.server = this.#dialect.server(this.small);
    this.#responses = [];
    this.#requests = [...this.client.open()];
  }

  /** Adds, changes or removes some resources, of which the proxy hears with the next push. */
  change(): void {
    for (let left = 1 + this.#random.integer(3); left > 0; left--) {
      const type = this.#random.pick(TYPES);
      const names = { ...this.small.mesh[type] };
      const name = this.#random.pick(NAMES[type]);
      const mayGo = this.#dialect.removesByName || type === 'cds' || type === 'lds';
      if (this.#random.integer(3) === 0 && mayGo) delete names[name];
      else names[name] = String(++this.#changes);
      this.small.mesh = { ...this.small.mesh, [type]: names };
    }
    this.push();
  }

  /** Adds what needs something, so that each type has a response; what was refused before is in that. */
  extend(): void {
    const { mesh } = this.small;
    const more: Mesh = { cds: { 'z:e9': '1' }, eds: { e9: '1' }, lds: { 'z:r9': '1' }, rds: { r9: '1' } };
    this.small.mesh = Object.fromEntries(TYPES.map(type => [type, { ...mesh[type], ...more[type] }]));
    this.push();
  }

  push(): void {
    this.small.version++;
    this.#responses.push(...this.server.push());
  }

  /** Lets one message arrive. @returns false if none is on its way */
  step(): boolean {
    const takesRequest = this.#responses.length === 0 || this.#random.integer(2) === 0;
    const request = takesRequest ? this.#requests.shift() : undefined;
    if (request) {
      this.#responses.push(...this.server.receive(request));
      return true;
    }
    const response = this.#responses.shift();
    if (response) this.#requests.push(...this.client.receive(response));
    return response !== undefined;
  }

  rest(): void {
    for (let left = 10_000; this.step(); left--) if (left === 0) throw new Error('it never comes to rest');
  }

  /** @returns what the proxy runs and should not, or the reverse; refused resources are excused */
  problems(): string[] {
    const problems: string[] = [];
    for (const [typeUrl, { names, versions }] of this.client.subscriptions) {
      const short = TYPES.find(type => TYPE_URLS[type] === typeUrl);
      if (!short) throw new Error(typeUrl);
      const runs = this.proxy.of(short);
      if (versions.size !== runs.size) problems.push(`${short}: ${versions.size} versions of ${runs.size}`);
      const expected = new Map(this.small.resources(typeUrl, names).map(({ name, body }) => [name, body]));
      const watch = this.server.watches.get(typeUrl);
      // istiod takes no names out of a refusal.
      const mayNotKnow = watch?.refused !== undefined;
      for (const name of new Set([...expected.keys(), ...runs.keys()])) {
        if (expected.get(name) === runs.get(name) || this.proxy.refused.has(`${short} ${name}`)) continue;
        if (mayNotKnow && names !== 'all' && !watch.names.has(name)) continue;
        problems.push(`${short} ${name}: runs ${runs.get(name)}, istiod has ${expected.get(name)}`);
      }
      if (watch && !mayNotKnow && watch.sent?.nonce !== watch.acked?.nonce)
        problems.push(`${short}: not in sync`);
    }
    return problems;
  }
}

function play<Request, Response extends { typeUrl: string; nonce: string }>(
  dialect: Dialect<Request, Response>,
  random: Random,
): { readonly problems: readonly string[]; readonly refusals: number } {
  const pair = new Pair(dialect, random);
  let refusals = 0;
  pair.proxy.fault = () => {
    const isRefused = random.integer(5) === 0;
    if (isRefused) refusals++;
    return isRefused ? 'no' : undefined;
  };
  for (let left = 10 + random.integer(40); left > 0; left--) {
    const chance = random.integer(20);
    if (chance === 0) pair.reconnect();
    else if (chance < 5) pair.change();
    else if (chance === 5) pair.rest();
    else pair.step();
  }
  pair.rest();
  const problems = pair.problems();
  pair.proxy.fault = () => undefined;
  pair.extend();
  pair.rest();
  pair.proxy.refused.clear(); // from here on nothing is excused
  return { problems: [...problems, ...pair.problems()], refusals };
}

function playAll<Request, Response extends { typeUrl: string; nonce: string }>(
  t: Test,
  dialect: Dialect<Request, Response>,
): void {
  let refusals = 0;
  for (let seed = 0; seed < SEQUENCES; seed++) {
    const result = play(dialect, createRandom(`two ends ${seed}`));
    refusals += result.refusals;
    if (result.problems.length > 0) t.same(result.problems, [], `seed ${seed}`);
  }
  t.ok(refusals > SEQUENCES, `${refusals} refusals`);
}

t.test('in the state of the world both ends agree at rest', async t => {
  playAll(t, {
    server: small => new StateOfTheWorldServer(small.options()),
    client: proxy => new StateOfTheWorldClient(proxy.options),
    removesByName: false,
  });
});

t.test('in delta both ends agree at rest', async t => {
  playAll(t, {
    server: small => new DeltaServer(small.options()),
    client: proxy => new DeltaClient(proxy.options),
    removesByName: true,
  });
});
