/** What istiod told an Envoy, as a bootstrap that holds it all: for `envoy --mode validate`. */
import { askEnvoy } from './envoy-admin.ts';
import type { RealSidecar } from './real-sidecar.ts';

interface Section {
  readonly '@type': string;
  readonly bootstrap?: Bootstrap;
  readonly dynamic_active_clusters?: readonly { readonly cluster: object }[];
  readonly dynamic_listeners?: readonly { readonly active_state?: { readonly listener: object } }[];
}

interface Bootstrap {
  readonly static_resources: { readonly clusters: readonly object[]; readonly listeners: readonly object[] };
  readonly dynamic_resources: { readonly ads_config: object };
}

/** A bootstrap, and how much of it came from istiod. */
export interface StaticBootstrap {
  readonly bootstrap: object;
  readonly clusters: number;
  readonly listeners: number;
}

/** @throws Error if Envoy's dump has no bootstrap */
export async function staticBootstrapOf({ pod }: RealSidecar): Promise<StaticBootstrap> {
  const dump = JSON.parse(await askEnvoy(pod, '/config_dump')) as { readonly configs: readonly Section[] };
  const own = dump.configs.find(({ bootstrap }) => bootstrap)?.bootstrap;
  if (!own) throw new Error('no bootstrap in /config_dump');
  const clusters = dump.configs.flatMap(({ dynamic_active_clusters: found = [] }) =>
    found.map(({ cluster }) => withoutType(cluster)),
  );
  const listeners = dump.configs.flatMap(({ dynamic_listeners: found = [] }) =>
    found.flatMap(({ active_state: state }) => (state ? [withoutType(state.listener)] : [])),
  );
  return {
    bootstrap: {
      ...own,
      dynamic_resources: { ads_config: own.dynamic_resources.ads_config },
      static_resources: {
        clusters: [...own.static_resources.clusters, ...clusters],
        listeners: [...own.static_resources.listeners, ...listeners],
      },
    },
    clusters: clusters.length,
    listeners: listeners.length,
  };
}

const withoutType = (resource: object): object =>
  Object.fromEntries(Object.entries(resource).filter(([name]) => name !== '@type'));
