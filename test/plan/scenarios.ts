/** The topologies that the tests of plans go through. */
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Topology } from '../../harness/model/topology.ts';
import { planTopology } from '../../harness/plan/plan.ts';
import type { Plan } from '../../harness/plan/step.ts';
import { loadScenario, parseScenario } from '../../harness/scenario/load.ts';

const folder = fileURLToPath(new URL('../../scenarios', import.meta.url));

export const FOUR = [
  'multi-primary',
  'multi-primary-multi-network',
  'primary-remote',
  'primary-remote-multi-network',
] as const;
export const EXAMPLES = ['two-primaries-one-remote', 'three-networks'] as const;
export const EDITION_NAMES = ['1.8', 'current'] as const;

export async function topologyOf(name: string): Promise<Topology> {
  const isExample = EXAMPLES.some(example => example === name);
  const { topology } = await loadScenario(isExample ? path.join(folder, 'examples', `${name}.yaml`) : name, {
    folder,
  });
  return topology;
}

export const planOf = async (name: string, edition: string): Promise<Plan> =>
  planTopology(await topologyOf(name), edition);

/** `count` primaries on as many networks as given, and a remote for every second of them. */
export function largeTopology(count: number, networks: number): Topology {
  const clusters = Array.from({ length: count }, (_, index) => {
    const role = index % 3 === 2 ? `remote, controlPlane: cluster${index}` : 'primary';
    return `  - {name: cluster${index + 1}, network: network${(index % networks) + 1}, role: ${role}}`;
  });
  const names = Array.from({ length: networks }, (_, index) => `{name: network${index + 1}}`);
  return parseScenario('large', `networks: [${names.join(', ')}]\nclusters:\n${clusters.join('\n')}`, 'large')
    .topology;
}
