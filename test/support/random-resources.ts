/** Random resources of each type: anything that a model can say and protobuf can carry. */
import type { Random } from '../../harness/base/random.ts';
import type { Rbac, RbacCondition } from '../../harness/simulator/istio/xds/rbac.ts';
import type {
  Cluster,
  ClusterLoadAssignment,
  FilterChain,
  Listener,
  NetworkFilter,
  ResourcesByType,
  ResourceType,
  UpstreamTls,
} from '../../harness/simulator/istio/xds/resources.ts';
import { RETRY_CONDITIONS } from '../../harness/simulator/istio/xds/retry-policy.ts';
import type {
  CorsPolicy,
  Fault,
  HeaderChanges,
  HeaderEdits,
  PathMatch,
  Rewrite,
  RouteAction,
  RouteConfiguration,
  RouteMatch,
  TextMatch,
} from '../../harness/simulator/istio/xds/routes.ts';

const LETTERS = 'abcxyz019|._-*:/ \u00e4\u4e16\u{1f600}';

const PERMISSIONS = [
  'any',
  'and',
  'or',
  'not',
  'header',
  'path',
  'path-template',
  'port',
  'server-name',
  'destination',
] as const;
const PRINCIPALS = ['any', 'and', 'or', 'not', 'header', 'path', 'identity', 'source', 'remote'] as const;

/** Makes resources out of one source of chance. */
export class RandomResources {
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  /** @returns a resource of the type */
  make<T extends ResourceType>(type: T): ResourcesByType[T][number] {
    const makers: { readonly [K in ResourceType]: () => ResourcesByType[K][number] } = {
      cluster: () => this.#cluster(),
      endpoint: () => this.#assignment(),
      listener: () => this.#listener(),
      route: () => this.#routes(),
    };
    return makers[type]();
  }

  #maybe<K extends string, V>(key: K, make: () => V): { [P in K]?: V } {
    // One key of the type's own: TypeScript widens computed keys to string.
    return this.#random.integer(2) === 0 ? {} : ({ [key]: make() } as { [P in K]?: V });
  }

  #text(least = 1): string {
    const letters = [...LETTERS];
    return Array.from({ length: least + this.#random.integer(12) }, () => this.#random.pick(letters)).join(
      '',
    );
  }

  #list<T>(make: () => T, least = 0): T[] {
    return Array.from({ length: least + this.#random.integer(4) }, make);
  }

  #port(): number {
    return this.#random.pick([0, 1, 80, 5000, 15_443, 65_535, this.#random.integer(65_536)]);
  }

  #milliseconds(): number {
    return this.#random.pick([0, 1, 999, 1000, 10_000, 86_400_000, 0.5, this.#random.integer(1_000_000)]);
  }

  #cluster(): Cluster {
    return {
      name: this.#text(0),
      type: this.#random.pick(['EDS', 'STATIC', 'ORIGINAL_DST']),
      lbPolicy: this.#random.pick(['ROUND_ROBIN', 'LEAST_REQUEST', 'CLUSTER_PROVIDED']),
      connectTimeoutMs: this.#milliseconds(),
      ...this.#maybe('loadAssignment', () => this.#assignment()),
      ...this.#maybe('sourceAddress', () => this.#text(0)),
      ...this.#maybe('panicThreshold', () => this.#random.pick([0, 1, 50, 99.5])),
      ...this.#maybe('transportSocketMatches', () =>
        this.#random.integer(4) === 0
          ? [{ name: 'istio-mutual', match: {}, tls: this.#tls() }]
          : this.#list(
              () => ({
                name: this.#text(),
                match: this.#maybe('tlsMode', () => 'istio' as const),
                ...this.#maybe('tls', () => this.#tls()),
              }),
              1,
            ),
      ),
    };
  }

  #tls(): UpstreamTls {
    return {
      sni: this.#text(0),
      alpn: this.#list(() => this.#text(0)),
      matchSubjectAltNames: this.#list(() => this.#text(0)),
    };
  }

  #assignment(): ClusterLoadAssignment {
    return {
      clusterName: this.#text(0),
      endpoints: this.#list(() => ({
        address: this.#text(0),
        port: this.#port(),
        weight: this.#random.pick([0, 1, 2, 128, 2 ** 32 - 1]),
        tlsMode: this.#random.pick(['istio', 'disabled']),
        ...this.#maybe('isHealthy', () => false as const),
      })),
    };
  }

  #listener(): Listener {
    return {
      name: this.#text(0),
      address: this.#text(0),
      port: this.#port(),
      bindToPort: this.#random.integer(2) === 0,
      ...this.#maybe('useOriginalDst', () => this.#random.integer(2) === 0),
      ...this.#maybe('tlsInspector', () => true),
      ...this.#maybe('httpInspector', () => true),
      filterChains: this.#list(() => this.#chain()),
      ...this.#maybe('defaultFilterChain', () => this.#chain()),
    };
  }

  #chain(): FilterChain {
    return {
      ...this.#maybe('name', () => this.#text()),
      ...this.#maybe('match', () => ({
        ...this.#maybe('destinationPort', () => this.#port()),
        ...this.#maybe('prefixRanges', () => this.#list(() => this.#range(), 1)),
        ...this.#maybe('serverNames', () => this.#list(() => this.#text(0), 1)),
        ...this.#maybe('transportProtocol', () => this.#random.pick(['tls', 'raw_buffer'] as const)),
        ...this.#maybe('applicationProtocols', () => this.#list(() => this.#text(0), 1)),
      })),
      ...this.#maybe('downstreamTls', () => ({
        alpn: this.#list(() => this.#text(0)),
        ...this.#maybe('clientPrefixes', () => this.#list(() => this.#text(0), 1)),
      })),
      filter: this.#filter(),
    };
  }

  #filter(): NetworkFilter {
    const statPrefix = this.#text(0);
    const way = this.#random.pick([{ rds: this.#text(0) }, { routeConfig: this.#routes() }]);
    return this.#random.pick<NetworkFilter>([
      { type: 'tcp_proxy', cluster: this.#text(0), statPrefix, ...this.#maybe('rbac', () => this.#rbac()) },
      {
        type: 'tcp_proxy',
        weightedClusters: this.#list(
          () => ({ cluster: this.#text(0), weight: 1 + this.#random.integer(9) }),
          1,
        ),
        statPrefix,
        ...this.#maybe('hashesSource', () => true as const),
      },
      { type: 'sni_cluster_tcp_proxy', fallbackCluster: this.#text(0), statPrefix },
      {
        type: 'http_connection_manager',
        ...way,
        statPrefix,
        ...this.#maybe('rbac', () => this.#rbac()),
        ...this.#maybe('alpn', () => this.#list(() => this.#text(0))),
        ...this.#maybe('usesRemoteAddress', () => true as const),
        ...this.#maybe('trustedHops', () => 1 + this.#random.integer(9)),
        ...this.#maybe('forwardsClientCertificate', () => true as const),
      },
    ]);
  }

  #routes(): RouteConfiguration {
    return {
      name: this.#text(0),
      ...this.#maybe('ignoresPort', () => true as const),
      virtualHosts: this.#list(() => ({
        name: this.#text(0),
        domains: this.#list(() => this.#text(0)),
        ...this.#maybe('tellsAttempts', () => true as const),
        routes: this.#list(() => ({
          match: this.#match(),
          ...this.#action(),
          ...this.#maybe('fault', () => this.#fault()),
          ...this.#maybe('headers', () => this.#changes()),
          ...this.#maybe('cors', () => this.#cors()),
        })),
      })),
    };
  }

  #rbac(): Rbac[] {
    return this.#list(
      () => ({
        action: this.#random.pick(['ALLOW', 'DENY']),
        policies: [
          [
            this.#text(),
            {
              permissions: this.#list(() => this.#condition(PERMISSIONS, 2), 1),
              principals: this.#list(() => this.#condition(PRINCIPALS, 2), 1),
            },
          ],
        ],
      }),
      1,
    );
  }

  #condition(kinds: readonly RbacCondition['kind'][], depth: number): RbacCondition {
    const kind = this.#random.pick(depth > 0 ? kinds : (['any'] as const));
    const deeper = (): RbacCondition => this.#condition(kinds, depth - 1);
    switch (kind) {
      case 'any':
        return { kind };
      case 'and':
      case 'or':
        return { kind, of: this.#list(deeper, 1) };
      case 'not':
        return { kind, of: deeper() };
      case 'header':
        return { kind, header: { name: this.#text().toLowerCase(), text: this.#textMatch() } };
      case 'path':
      case 'identity':
      case 'server-name':
        return { kind, text: this.#textMatch() };
      case 'path-template':
        return { kind, template: this.#text() };
      case 'port':
        return { kind, port: this.#port() };
      case 'source':
      case 'remote':
      case 'destination':
        return { kind, range: this.#range() };
    }
  }

  #range(): string {
    return this.#random.pick(['10.0.0.0/8', '0.0.0.0/0', '10.10.0.5/32']);
  }

  #match(): RouteMatch {
    const path = this.#random.pick<PathMatch>([
      { prefix: this.#text(0) },
      { exact: this.#text(0) },
      { regex: this.#expression() },
      { separatedPrefix: this.#text(0) },
    ]);
    return {
      ...path,
      ...this.#maybe('ignoresCase', () => true as const),
      ...this.#maybe('headers', () =>
        this.#list(
          () => ({
            name: this.#text().toLowerCase(),
            ...this.#maybe('text', () => this.#textMatch()),
            ...this.#maybe('isInverted', () => true as const),
            ...this.#maybe('takesMissingForEmpty', () => true as const),
          }),
          1,
        ),
      ),
      ...this.#maybe('query', () =>
        this.#list(() => ({ name: this.#text(), ...this.#maybe('text', () => this.#textMatch()) }), 1),
      ),
    };
  }

  #expression(): string {
    return this.#random.pick(['', '.*', '/(v1|v2)/[a-z]+', '\\d{1,3}']);
  }

  #textMatch(): TextMatch {
    const test = this.#random.pick<TextMatch>([
      { exact: this.#text(0) },
      { prefix: this.#text(0) },
      { suffix: this.#text(0) },
      { contains: this.#text(0) },
      { regex: this.#expression() },
    ]);
    return { ...test, ...this.#maybe('ignoresCase', () => true as const) };
  }

  #action(): RouteAction {
    const forwarding = {
      timeoutMs: this.#milliseconds(),
      ...this.#maybe('retryPolicy', () => this.#retryPolicy()),
      ...this.#maybe('rewrite', () => this.#rewrite()),
      ...this.#maybe('mirrors', () =>
        this.#list(
          () => ({ cluster: this.#text(), share: { numerator: 7, denominator: 10_000 } as const }),
          1,
        ),
      ),
    };
    return this.#random.pick<RouteAction>([
      { cluster: this.#text(0), ...forwarding },
      {
        weightedClusters: this.#list(
          () => ({
            cluster: this.#text(0),
            weight: 1 + this.#random.integer(100),
            ...this.#maybe('host', () => this.#text()),
            ...this.#maybe('headers', () => this.#changes()),
          }),
          1,
        ),
        ...forwarding,
      },
      {
        redirect: {
          status: this.#random.pick([301, 302, 303, 307, 308]),
          ...this.#maybe('scheme', () => this.#text()),
          ...this.#maybe('host', () => this.#text()),
          ...this.#maybe('port', () => 1 + this.#random.integer(65_535)),
          ...this.#random.pick([{}, { path: this.#text() }, { prefix: this.#text() }]),
        },
      },
      { directResponse: { status: 200 + this.#random.integer(400), body: this.#text(0) } },
    ]);
  }

  #cors(): CorsPolicy {
    return {
      allowOrigins: this.#list(() => this.#textMatch()),
      allowMethods: this.#text(0),
      allowHeaders: this.#text(0),
      exposeHeaders: this.#text(0),
      maxAge: this.#text(0),
      ...this.#maybe('allowCredentials', () => this.#random.integer(2) === 0),
      ...this.#maybe('answersOthers', () => true as const),
    };
  }

  #retryPolicy() {
    return {
      numRetries: this.#random.integer(5),
      retryOn: RETRY_CONDITIONS.filter(() => this.#random.integer(2) === 0),
      retriableStatusCodes: this.#list(() => 400 + this.#random.integer(200)),
      hostSelectionRetryMaxAttempts: this.#random.integer(9),
      ...this.#maybe('perTryTimeoutMs', () => this.#milliseconds()),
    };
  }

  #rewrite(): Rewrite {
    return this.#random.pick([
      { prefix: this.#text() },
      { regex: { pattern: this.#expression(), substitution: this.#text(0) } },
      { prefix: this.#text(), host: this.#text() },
      { host: this.#text() },
    ]);
  }

  #changes(): HeaderChanges {
    return this.#random.pick([
      { request: this.#edits() },
      { response: this.#edits() },
      { request: this.#edits(), response: this.#edits() },
    ]);
  }

  #edits(): HeaderEdits {
    return {
      add: this.#list(
        () => ({
          name: this.#text().toLowerCase(),
          value: this.#random.pick(['', '%', 'a%b', this.#text(0)]),
          isAppended: this.#random.integer(2) === 0,
        }),
        1,
      ),
      remove: this.#list(() => this.#text().toLowerCase()),
    };
  }

  #fault(): Fault {
    const perMillion = this.#random.integer(1_000_001);
    const delay = { perMillion, delayMs: this.#milliseconds() };
    const abort = { perMillion, status: 200 + this.#random.integer(400) };
    return this.#random.pick([{ delay }, { abort }, { delay, abort }]);
  }
}
