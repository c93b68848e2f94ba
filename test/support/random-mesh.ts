/** Meshes by seed: how many clusters, on which networks, in which roles. */
import type { Random } from '../../harness/base/random.ts';
import type { Topology } from '../../harness/model/topology.ts';
import { parseScenario } from '../../harness/scenario/load.ts';

const PRIMARY = 'primary';

/** Draws a mesh of 3 to 6 clusters on one to three networks; about a third of them are remotes. */
export function randomMesh(random: Random): Topology {
  const count = 3 + random.integer(4);
  const networks = 1 + random.integer(3);
  const primaries: string[] = ['cluster1'];
  const clusters = Array.from({ length: count }, (_, index) => {
    const name = `cluster${index + 1}`;
    // Each network has a cluster.
    const network = `network${1 + (index < networks ? index : random.integer(networks))}`;
    const isRemote = index > 0 && random.integer(3) === 0;
    const role = isRemote ? `remote, controlPlane: ${random.pick(primaries)}` : PRIMARY;
    if (!isRemote && index > 0) primaries.push(name);
    return `  - {name: ${name}, network: ${network}, role: ${role}}`;
  });
  const names = Array.from({ length: networks }, (_, index) => `{name: network${index + 1}}`);
  const text = `networks: [${names.join(', ')}]\nclusters:\n${clusters.join('\n')}`;
  return parseScenario('by-chance', text, 'by-chance').topology;
}

/** Writes a mesh in a line: `cluster1@network1, cluster2@network2→cluster1`. */
export const meshInWords = ({ clusters }: Topology): string =>
  clusters
    .map(
      ({ name, network, role }) =>
        `${name}@${network}${role.kind === 'remote' ? `→${role.controlPlane}` : ''}`,
    )
    .join(', ');
