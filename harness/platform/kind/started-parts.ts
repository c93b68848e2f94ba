/** The parts that the bring-up of kind clusters hands over to the run. */
import type { ClusterName } from '../../model/names.ts';
import type { FoundPlatform } from '../platform.ts';
import type { ImageCache } from './image-cache.ts';
import type { DockerNetworks } from './networks.ts';
import type { KindNode } from './nodes.ts';

/** The clusters, and how to let go of them. */
export interface StartedParts {
  /** What clusters and programs told of themselves. */
  readonly found: FoundPlatform;
  readonly nodes: readonly KindNode[];
  /** Cluster → the file that kind has written. */
  readonly kubeconfigs: ReadonlyMap<ClusterName, string>;
  readonly networks: DockerNetworks;
  readonly proven: Promise<void>;
  readonly defect: AbortSignal;
  readonly cache: ImageCache | undefined;
  /** The messages to the user on the way. */
  readonly told: readonly string[];
  /** Removes all that was made. @returns the rest, for a message */
  readonly undo: () => Promise<string>;
  /** Ends what this process holds, and leaves the rest. */
  readonly letGo: () => void;
}
