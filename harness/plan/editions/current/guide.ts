/** Where the pages of today say what: istio.io, Setup, Install Multicluster, one page for each topology. */
import { type ClusterSpec, isMultiNetwork, isRemote, type Topology } from '../../../model/topology.ts';
import { isControlPlane } from '../../mesh.ts';
import type { GuideReference } from '../../step.ts';

/**
 * Returns a section of the page that fits the cluster: the page of its role, and of a mesh with as many
 * networks.
 */
export function sectionFor(topology: Topology, cluster: ClusterSpec, section: string): GuideReference {
  const roles = isRemote(cluster) || isControlPlane(topology, cluster) ? 'primary-remote' : 'multi-primary';
  return { page: `multicluster/${roles}${isMultiNetwork(topology) ? '_multi-network' : ''}`, section };
}

export const BEFORE_YOU_BEGIN = 'multicluster/before-you-begin';
export const VERIFY_PAGE = 'multicluster/verify';
