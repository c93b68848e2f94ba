/** istiod's debug pages by their paths (pilot/pkg/xds/debug.go; docs/reference/istio.md I14). */
import {
  authorization,
  cache,
  configObjects,
  injectionTemplates,
  kinds,
  mesh,
  pushContext,
  telemetry,
} from './debug-config.ts';
import { type DebugSources, demandedConnection, type Page, PageRefusal } from './debug-page.ts';
import { connections, dumpOf, instances, proxyDump, subscriptions, sync } from './debug-proxies.ts';
import { clusters, networks, registry, serviceInstances, shards } from './debug-services.ts';

/** What a real istiod has and the simulated one has not. */
const notSimulated: Page = () => {
  throw new PageRefusal(501, 'This page is not simulated.');
};

const PAGES: Readonly<Record<string, Page>> = {
  adsz: subscriptions,
  ambientz: () => ({ workloads: null, services: null, policies: null }), // there is no ambient mode
  authorizationz: authorization,
  cachez: cache,
  clusterz: clusters,
  config_dump: proxyDump,
  configz: configObjects,
  connections,
  ecdsz: dumpOf('ecds'),
  edsz: dumpOf('eds'),
  endpointShardz: shards,
  inject: injectionTemplates,
  instancesz: instances,
  krtz: notSimulated,
  mcsz: () => null, // Services of several clusters by the name of MCS are off, as they are by default
  mesh,
  ndsz: dumpOf('nds'),
  networkz: networks,
  push_status: () => ({}),
  pushcontext: pushContext,
  registryz: registry,
  resourcesz: kinds,
  sidecarz: (sources, query) => {
    demandedConnection(sources, query);
    return notSimulated(sources, query);
  },
  syncz: sync,
  telemetryz: telemetry,
};

/** In current, endpointz is another name of endpointShardz. */
const ENDPOINT_PAGES: Readonly<Record<'instances' | 'shards', Page>> = {
  instances: serviceInstances,
  shards,
};

/** What `/debug/list` has besides the pages' names: queries that mean something else. */
const QUERIES = ['adsz?push=true', 'cachez?clear=true', 'cachez?sizes=true', 'endpointz'];

/** An answer of HTTP. */
export interface RenderedPage {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

const plain = (status: number, body: string): RenderedPage => ({
  status,
  contentType: 'text/plain; charset=utf-8',
  body,
});

/**
 * Computes the page at a path.
 * @param path - with its query: `/debug/syncz?proxyID=…`; `?pretty` breaks lines
 */
export function debugPage(sources: DebugSources, path: string): RenderedPage {
  const { pathname, searchParams } = new URL(path, 'http://istiod');
  const page = pageOf(sources, /^\/debug\/([^/]+)$/.exec(pathname)?.[1] ?? '');
  if (!page) return plain(404, '404 page not found\n');
  try {
    const value = page(sources, searchParams);
    if (typeof value === 'string') return plain(200, value);
    const body = JSON.stringify(value, null, searchParams.has('pretty') ? 4 : undefined);
    return { status: 200, contentType: 'application/json', body };
  } catch (error) {
    if (error instanceof PageRefusal) return plain(error.status, `${error.message}\n`);
    throw error;
  }
}

function pageOf({ settings }: DebugSources, name: string): Page | undefined {
  if (name === 'list') return () => [...Object.keys(PAGES), ...QUERIES].sort();
  if (name === 'endpointz') return ENDPOINT_PAGES[settings.behaviour.endpointPage];
  return Object.hasOwn(PAGES, name) ? PAGES[name] : undefined;
}
