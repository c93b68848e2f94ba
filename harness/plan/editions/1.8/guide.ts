/**
 * Where the guide's page says what: sections and lines of `multicluster-install.md`, one table for its four
 * tabs.
 */
import type { ClusterName } from '../../../model/names.ts';
import {
  type ClusterSpec,
  isMultiNetwork,
  isRemote,
  remotesOf,
  type Topology,
} from '../../../model/topology.ts';
import { isControlPlane, type RemoteSecret } from '../../mesh.ts';
import type { GuideReference } from '../../step.ts';

type Lines = readonly [number, number];
interface Passage {
  readonly section: (cluster: ClusterName) => string;
  /** For the first cluster of the mesh; the page says most things twice. */
  readonly first: Lines;
  readonly others: Lines;
}
type Subject = 'install' | 'gateway' | 'expose-istiod' | 'expose-services' | 'address' | 'secret';
type Tab = Readonly<Partial<Record<`${'primary' | 'remote'} ${Subject}`, Passage>>>;

const passage = (section: Passage['section'], first: Lines, others: Lines = first): Passage => ({
  section,
  first,
  others,
});

const MULTI_PRIMARY: Tab = {
  'primary install': passage(c => `Configure ${c} as a primary`, [111, 134], [138, 161]),
  'primary secret': passage(() => 'Enable Endpoint Discovery', [165, 172], [174, 181]),
};
const exposed = (c: ClusterName) => `Configure ${c} as a primary with services exposed`;
const MULTI_PRIMARY_MULTI_NETWORK: Tab = {
  'primary install': passage(exposed, [205, 233], [261, 289]),
  'primary gateway': passage(exposed, [235, 246], [291, 298]),
  'primary expose-services': passage(exposed, [248, 257], [291, 303]),
  'primary secret': passage(() => 'Enable Endpoint Discovery', [307, 314], [316, 323]),
};
const controlPlaneExposed = (c: ClusterName) => `Configure ${c} as a primary with control plane exposed`;
const remote = (c: ClusterName) => `Configure ${c} as a remote`;
const PRIMARY_REMOTE: Tab = {
  'primary install': passage(controlPlaneExposed, [352, 375]),
  'primary gateway': passage(controlPlaneExposed, [377, 388]),
  'primary expose-istiod': passage(controlPlaneExposed, [390, 396]),
  'primary address': passage(remote, [400, 407]),
  'remote install': passage(remote, [409, 425]),
  'remote secret': passage(c => `Enable Endpoint Discovery for ${c}`, [429, 437]),
};
const allExposed = (c: ClusterName) => `Configure ${c} as a primary with control plane and services exposed`;
const remoteExposed = (c: ClusterName) => `Configure ${c} as a remote with services exposed`;
const PRIMARY_REMOTE_MULTI_NETWORK: Tab = {
  'primary install': passage(allExposed, [468, 494]),
  'primary gateway': passage(allExposed, [496, 506]),
  'primary expose-istiod': passage(allExposed, [508, 514]),
  'primary expose-services': passage(allExposed, [516, 525]),
  'primary address': passage(remoteExposed, [529, 536]),
  'remote install': passage(remoteExposed, [538, 554]),
  'remote gateway': passage(remoteExposed, [556, 563]),
  'remote expose-services': passage(remoteExposed, [556, 568]),
  'remote secret': passage(c => `Enable Endpoint Discovery for ${c}`, [572, 579]),
};

/**
 * Returns the passage on `subject` in the tab that fits the cluster: the tab of its role, and of a mesh with
 * as many networks.
 */
export function passageOn(subject: Subject, topology: Topology, cluster: ClusterSpec): GuideReference {
  const inPrimaryRemote = isRemote(cluster) || (isControlPlane(topology, cluster) && subject !== 'secret');
  const [one, several] = inPrimaryRemote
    ? [PRIMARY_REMOTE, PRIMARY_REMOTE_MULTI_NETWORK]
    : [MULTI_PRIMARY, MULTI_PRIMARY_MULTI_NETWORK];
  const found = (isMultiNetwork(topology) ? several : one)[`${cluster.role.kind} ${subject}`];
  if (!found) throw new Error(`The guide says nothing on ${subject} for ${cluster.name}.`);
  const isFirst = topology.clusters[0]?.name === cluster.name;
  // The page saves the address of the primary in the section on its remote.
  const named = subject === 'address' ? (remotesOf(topology, cluster.name)[0] ?? cluster) : cluster;
  return { section: found.section(named.name), lines: isFirst ? found.first : found.others };
}

export const passageOnSecret = (topology: Topology, { watched }: RemoteSecret): GuideReference =>
  passageOn('secret', topology, watched);

export const TRUST: GuideReference = { section: 'Configure Trust', lines: [68, 71] };
