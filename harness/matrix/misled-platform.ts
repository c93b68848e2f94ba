/** The simulator, with a world that is another than the plan was made for, or contexts that mislead. */
import { clusterName, networkName } from '../model/names.ts';
import type { Topology } from '../model/topology.ts';
import type { Cluster, Platform, StartedPlatform } from '../platform/platform.ts';
import { SimulatorPlatform } from '../platform/simulator/simulator-platform.ts';
import type { World } from '../simulator/world.ts';
import type { Edit } from './schema.ts';

/** Makes the platform that a misconfiguration is tried on. */
export function misledPlatform(edits: readonly Edit[], seed: string): Platform {
  const simulator = new SimulatorPlatform({ seed, onWorld: world => setFirewalls(world, edits) });
  return {
    name: simulator.name,
    clock: simulator.clock,
    capabilities: simulator.capabilities,
    doctor: () => simulator.doctor(),
    start: async (topology, signal) =>
      withContexts(await simulator.start(edits.reduce(worldOf, topology), signal), edits),
  };
}

function worldOf(topology: Topology, edit: Edit): Topology {
  if (!('world' in edit)) return topology;
  const { clusters } = topology;
  switch (edit.world) {
    case 'one-pod-range':
      return { ...topology, clusters: clusters.map(each => ({ ...each, podRange: '10.244.0.0/16' })) };
    case 'one-service-range':
      return { ...topology, clusters: clusters.map(each => ({ ...each, serviceRange: '10.96.0.0/16' })) };
    case 'networks-apart': {
      const nameOf = (index: number) => networkName(`real${index}`);
      return {
        ...topology,
        networks: clusters.map((_, index) => ({ name: nameOf(index), range: `172.30.${index * 8}.0/21` })),
        clusters: clusters.map((each, index) => ({ ...each, network: nameOf(index) })),
      };
    }
  }
}

function setFirewalls(world: World, edits: readonly Edit[]): void {
  for (const edit of edits) {
    if (!('firewall' in edit)) continue;
    const { firewall, from, ports } = edit;
    world.network.faults[firewall](
      flow => flow.from.cluster === from && flow.to.cluster !== from && ports.includes(flow.dialled.port),
    );
  }
}

/** Each name leads to the cluster that its context names. */
function withContexts(started: StartedPlatform, edits: readonly Edit[]): StartedPlatform {
  const leadsTo = new Map(edits.flatMap(edit => ('contexts' in edit ? Object.entries(edit.contexts) : [])));
  if (leadsTo.size === 0) return started;
  const clusters = new Map(
    [...started.clusters].map(([name, own]): [typeof name, Cluster] => {
      const other = started.clusters.get(clusterName(leadsTo.get(name) ?? name)) ?? own;
      return [name, { ...other, name }];
    }),
  );
  return { ...started, clusters };
}
