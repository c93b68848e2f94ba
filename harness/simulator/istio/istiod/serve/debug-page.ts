/** What a debug page is made from, and how one refuses. */
import type { KubernetesObject } from '../../../../base/kubernetes-client.ts';
import type { MeshState } from '../mesh/mesh-state.ts';
import type { RemoteClusters } from '../mesh/remote-clusters.ts';
import type { IstiodSettings } from '../model/settings.ts';
import type { DiscoveryServer } from './discovery-server.ts';
import type { AnyProxyConnection } from './proxy-connection.ts';
import type { Resources } from './resources.ts';

/** The parts of istiod that pages show. */
export interface DebugSources {
  readonly settings: IstiodSettings;
  readonly state: MeshState;
  readonly remotes: RemoteClusters;
  readonly discovery: DiscoveryServer;
  readonly resources: Resources;
  /** Templates of injection by name: `sidecar`, `gateway`. */
  readonly injectionTemplates: Readonly<Record<string, string>>;
  /** Istio's resources as they are stored. */
  readonly configObjects: readonly KubernetesObject[];
  /** Whose proxies the asker may see; absent: all. */
  readonly onlyNamespace?: string;
}

/** Computes a page; text goes out as it is, anything else as JSON. */
export type Page = (sources: DebugSources, query: URLSearchParams) => unknown;

/** A page that there is, but not for this query. */
export class PageRefusal extends Error {
  readonly status: number;

  constructor(status: number, text: string) {
    super(text);
    this.status = status;
  }
}

/** pilot/pkg/xds/debug.go, errorHandler @1.30.3 */
const NOT_CONNECTED = 'Proxy not connected to this Pilot instance. It may be connected to another instance.';

/** Finds the connection whose id contains a text, as people give it: `sleep-xyz.sample`. */
export function findConnection(
  { discovery, onlyNamespace }: Pick<DebugSources, 'discovery' | 'onlyNamespace'>,
  proxyId: string,
): AnyProxyConnection | undefined {
  const found = [...discovery.connections].find(({ id }) => id.includes(proxyId));
  return onlyNamespace === undefined || found?.proxy.namespace === onlyNamespace ? found : undefined;
}

/**
 * Finds the connection that `?proxyID=` names.
 * @returns undefined if it names none
 * @throws PageRefusal if there is no such connection
 */
export function askedConnection(
  sources: DebugSources,
  query: URLSearchParams,
): AnyProxyConnection | undefined {
  const proxyId = query.get('proxyID') ?? '';
  if (proxyId === '') return undefined;
  const found = findConnection(sources, proxyId);
  if (!found) throw new PageRefusal(404, NOT_CONNECTED);
  return found;
}

/** @throws PageRefusal if the query names no connection, or one that is not there */
export function demandedConnection(sources: DebugSources, query: URLSearchParams): AnyProxyConnection {
  const found = askedConnection(sources, query);
  if (!found) throw new PageRefusal(400, 'You must provide a proxyID in the query string');
  return found;
}
