/** One entry of a VirtualService's `http`, as istiod keeps it (networking.istio.io, HTTPRoute). */
import type {
  CorsPolicy,
  DirectResponse,
  Fault,
  HeaderEdits,
  Rewrite,
  Share,
  TextMatch,
} from '../../xds/routes.ts';
import type { Destination } from './destination.ts';

/** What may be done with the requests that match one of the conditions. */
export interface HttpRouteConfig {
  /** One is enough; without any all requests match. */
  readonly matches: readonly HttpMatch[];
  readonly action: HttpAction;
  readonly fault: Fault | undefined;
  readonly headers: RouteHeaders | undefined;
  readonly cors: CorsPolicy | undefined;
}

/** Exactly one of three actions. */
export type HttpAction =
  | {
      readonly kind: 'route';
      readonly destinations: readonly WeightedDestination[];
      readonly timeoutMs: number | undefined;
      readonly retries: HttpRetries | undefined;
      readonly rewrite: Rewrite | undefined;
      /** Where copies go, each of a part of the requests. */
      readonly mirrors: readonly { readonly destination: Destination; readonly share: Share }[];
    }
  | { readonly kind: 'redirect'; readonly redirect: HttpRedirect }
  | { readonly kind: 'direct-response'; readonly response: DirectResponse };

/** One of a route's destinations, and its part of the requests. */
export interface WeightedDestination {
  readonly destination: Destination;
  readonly weight: number;
  readonly headers: RouteHeaders | undefined;
}

/** What changes in headers; `host` is what was given for Host or :authority. */
export interface RouteHeaders {
  readonly request: HeaderEdits | undefined;
  readonly response: HeaderEdits | undefined;
  readonly host: string | undefined;
}

/** How often and when a request is tried again. */
export interface HttpRetries {
  readonly attempts: number;
  readonly retryOn: string | undefined;
  readonly perTryTimeoutMs: number | undefined;
  /** Whether a host that was tried is left for another; undefined: as the release does. */
  readonly ignoresPreviousHosts: boolean | undefined;
  /** The base interval of the pauses between attempts. */
  readonly backOffMs: number | undefined;
}

/** An answer that sends the client elsewhere. */
export interface HttpRedirect {
  readonly status: number;
  readonly scheme: string | undefined;
  readonly host: string | undefined;
  readonly path: string | undefined;
  readonly prefix: string | undefined;
  /** `request`: the port at which the request came. */
  readonly port: number | 'request' | undefined;
}

/** All that is given must match. */
export interface HttpMatch {
  readonly uri: HttpUriMatch | undefined;
  readonly ignoresUriCase: boolean;
  /** `:method` and its like among them. Without a text the header has to be there. */
  readonly headers: readonly {
    readonly name: string;
    readonly text: TextMatch | undefined;
    readonly isInverted: boolean;
  }[];
  readonly query: readonly { readonly name: string; readonly text: TextMatch | undefined }[];
  /** Of the service, or of the gateway. */
  readonly port: number | undefined;
  readonly gateways: readonly string[] | undefined;
  /** Of the caller. */
  readonly sourceLabels: Readonly<Record<string, string>>;
  readonly sourceNamespace: string | undefined;
}

/** How the path is tested. */
export type HttpUriMatch =
  | { readonly exact: string }
  | { readonly prefix: string }
  | { readonly regex: string };
