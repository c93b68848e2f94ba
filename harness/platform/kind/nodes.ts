/** Finds the containers of kind's nodes, and runs programs in them. */
import { HarnessError } from '../../base/errors.ts';
import { quoteArgv } from '../../base/quote.ts';
import type { ClusterName, NetworkName } from '../../model/names.ts';
import type { Engine, EngineContainer } from './engine/engine.ts';
import { KIND_CLUSTER_LABEL, KIND_ROLE_LABEL } from './labels.ts';

/** A node when kind has made its cluster. */
export interface KindNode {
  /** Name of the container, which is the Node's name in Kubernetes too. */
  readonly container: string;
  readonly cluster: ClusterName;
  readonly network: NetworkName;
  readonly isControlPlane: boolean;
  /** On the network of its cluster. */
  readonly address: string;
  /** On the transit network, where there is one. */
  readonly transitAddress?: string;
}

/** A node that is ready for pods. */
export interface ReadyNode extends KindNode {
  /** The addresses of its pods: a /24, as a rule, of the cluster's range. */
  readonly podCidr: string;
}

/** Returns the node's address that the other clusters can reach. */
export const addressForOthers = ({ address, transitAddress }: KindNode): string => transitAddress ?? address;

/** Lists the containers of a cluster, its control plane first, then by name. */
export async function nodeContainers(engine: Engine, kindName: string): Promise<readonly EngineContainer[]> {
  const rank = ({ labels }: EngineContainer) => (labels[KIND_ROLE_LABEL] === 'control-plane' ? 0 : 1);
  return [...(await engine.containers(KIND_CLUSTER_LABEL, kindName))].sort(
    (one, other) => rank(one) - rank(other) || (one.name < other.name ? -1 : 1),
  );
}

/**
 * Runs a program that must succeed.
 * @throws HarnessError ERR_PLATFORM_NOT_READY with the line to paste and its output
 */
export async function onNode(engine: Engine, container: string, argv: readonly string[]): Promise<string> {
  const { exitCode, output } = await engine.exec(container, argv);
  if (exitCode === 0) return output;
  throw new HarnessError(
    'ERR_PLATFORM_NOT_READY',
    `${quoteArgv(['docker', 'exec', container, ...argv])} ended with exit code ${exitCode}: ${output.trim()}`,
  );
}
