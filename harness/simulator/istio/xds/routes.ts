/**
 * Routes as istiod says them and a proxy runs them: envoy.config.route.v3, cut to what VirtualServices ask
 * for.
 */
import type { RetryPolicy } from './retry-policy.ts';

/** The routes of one HTTP port. */
export interface RouteConfiguration {
  readonly name: string;
  readonly virtualHosts: readonly VirtualHost[];
  /** The port of a Host header is not looked at. */
  readonly ignoresPort?: true;
}

/** The routes of the hosts that share them. */
export interface VirtualHost {
  readonly name: string;
  /** Values of the Host header; `*` matches the rest. */
  readonly domains: readonly string[];
  /** Servers are told which attempt it is: `x-envoy-attempt-count`. */
  readonly tellsAttempts?: true;
  /** The first that matches is taken. */
  readonly routes: readonly Route[];
}

/** What is done with the requests that match. */
export type Route = RouteAction & {
  readonly match: RouteMatch;
  readonly fault?: Fault;
  readonly headers?: HeaderChanges;
  readonly cors?: CorsPolicy;
  /** The VirtualService that says so: `/apis/networking.istio.io/v1/namespaces/a/virtual-service/b`. */
  readonly rule?: string;
};

/** Exactly one of the four actions of a route. */
export type RouteAction =
  | (Forwarding & { readonly cluster: string })
  | (Forwarding & { readonly weightedClusters: readonly WeightedCluster[] })
  | { readonly redirect: Redirect }
  | { readonly directResponse: DirectResponse };

/** How a request goes to a cluster. */
export interface Forwarding {
  /** 0: none. */
  readonly timeoutMs: number;
  readonly retryPolicy?: RetryPolicy;
  readonly rewrite?: Rewrite;
  /** What clusters that balance by hashes hash of a request; together, in this order. */
  readonly hashPolicy?: readonly HashPolicy[];
  /** Where copies go, of whose answers nobody hears. */
  readonly mirrors?: readonly Mirror[];
}

/** A cluster that gets copies of some requests. */
export interface Mirror {
  readonly cluster: string;
  readonly share: Share;
  /** The Host header says `-shadow` behind the name. */
  readonly marksHost?: true;
}

/** So many of so many. */
export interface Share {
  readonly numerator: number;
  readonly denominator: 100 | 10_000 | 1_000_000;
}

/** What browsers are told of whose pages may call (fetch.spec.whatwg.org, CORS protocol). */
export interface CorsPolicy {
  /** One is enough; one that matches `*` lets all pages call. */
  readonly allowOrigins: readonly TextMatch[];
  /** Lists with commas; empty: nothing is said. */
  readonly allowMethods: string;
  readonly allowHeaders: string;
  readonly exposeHeaders: string;
  /** Seconds. */
  readonly maxAge: string;
  readonly allowCredentials?: boolean;
  /** Questions before a request, of pages that may not call, are answered without leave; else they go on. */
  readonly answersOthers?: true;
}

/** A part of a request that is hashed. */
export type HashPolicy = (
  | { readonly header: string }
  | { readonly query: string }
  | { readonly sourceIp: true }
  /** With a time to live, 0 for as long as the client likes, who has none is given one. */
  | { readonly cookie: { readonly name: string; readonly path: string; readonly ttlMs?: number } }
) & {
  /** What comes after it counts only if the request does not have this. */
  readonly isTerminal?: true;
};

/** One of the clusters among which requests are shared by weight. */
export interface WeightedCluster {
  readonly cluster: string;
  readonly weight: number;
  readonly host?: string;
  readonly headers?: HeaderChanges;
}

/** What a request says instead of what it said when it came. */
export interface Rewrite {
  /** In place of what the route's match has matched of the path: its prefix, or all of it. */
  readonly prefix?: string;
  /** In RE2's syntax; `\1` in the substitution is what its first group has matched. */
  readonly regex?: { readonly pattern: string; readonly substitution: string };
  /** The Host header. */
  readonly host?: string;
}

/** An answer that sends the client elsewhere. What is not given stays as the request has it. */
export interface Redirect {
  readonly status: number;
  readonly scheme?: string;
  readonly host?: string;
  readonly port?: number;
  readonly path?: string;
  readonly prefix?: string;
}

/** An answer of the proxy's own. */
export interface DirectResponse {
  readonly status: number;
  readonly body: string;
}

/** How a text is tested. A regular expression is in RE2's syntax, and matches the text as a whole. */
export type TextMatch = (
  | { readonly exact: string }
  | { readonly prefix: string }
  | { readonly suffix: string }
  | { readonly contains: string }
  | { readonly regex: string }
) & { readonly ignoresCase?: true };

/** Which part of the path decides, the query left out. */
export type PathMatch =
  | { readonly prefix: string }
  | { readonly exact: string }
  | { readonly regex: string }
  /** The prefix must end where a part of the path does. */
  | { readonly separatedPrefix: string };

/** All that is given must match. */
export type RouteMatch = PathMatch & {
  /** Of the path; not by default. */
  readonly ignoresCase?: boolean;
  readonly headers?: readonly HeaderMatch[];
  readonly query?: readonly QueryMatch[];
};

/** Tests a header; `:method`, `:authority` and `:scheme` are among them. */
export interface HeaderMatch {
  readonly name: string;
  /** Without one the header has to be there. */
  readonly text?: TextMatch;
  readonly isInverted?: true;
  /** A header that is not there counts as an empty one. */
  readonly takesMissingForEmpty?: true;
}

/** Tests a parameter of the query. */
export interface QueryMatch {
  readonly name: string;
  /** Without one the parameter has to be there. */
  readonly text?: TextMatch;
}

/** What is added to headers, and taken from them first. */
export interface HeaderChanges {
  readonly request?: HeaderEdits;
  readonly response?: HeaderEdits;
}

/** Envoy takes names in any case. */
export interface HeaderEdits {
  readonly add: readonly { readonly name: string; readonly value: string; readonly isAppended: boolean }[];
  readonly remove: readonly string[];
}

/** What goes wrong on purpose, each for a part of the requests: of a million so many. */
export interface Fault {
  readonly delay?: { readonly perMillion: number; readonly delayMs: number };
  readonly abort?: { readonly perMillion: number } & (
    | { readonly status: number }
    /** Of gRPC; told as the status of HTTP that stands for it. */
    | { readonly grpcStatus: number }
  );
}
