/** What a debug page is made from. */
import type { MeshState } from '../mesh/mesh-state.ts';
import type { RemoteClusters } from '../mesh/remote-clusters.ts';
import type { IstiodSettings } from '../model/settings.ts';
import type { DiscoveryServer } from './discovery-server.ts';
import type { Resources } from './resources.ts';

/** The parts of istiod that pages show. */
export interface DebugSources {
  readonly settings: IstiodSettings;
  readonly state: MeshState;
  readonly remotes: RemoteClusters;
  readonly discovery: DiscoveryServer;
  readonly resources: Resources;
}

/** Computes a page; text goes out as it is, anything else as JSON. */
export type Page = (sources: DebugSources, query: URLSearchParams) => unknown;
