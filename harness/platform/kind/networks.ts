/** One Docker network for each network of the topology, and the transit network that joins their nodes. */
import { networkInterfaces } from 'node:os';
import { readFileSync } from '../../base/disk/disk.ts';
import type { CleanupStack } from '../../base/dispose.ts';
import { HarnessError } from '../../base/errors.ts';
import { type Cidr, parseCidrOrAddress } from '../../base/ipv4.ts';
import type { NetworkName } from '../../model/names.ts';
import type { Topology } from '../../model/topology.ts';
import type { Ledger } from '../ledger.ts';
import { type AddressPlan, candidates, planAddresses, readRouteTable } from '../subnets.ts';
import type { Engine, EngineNetwork } from './engine/engine.ts';
import { EngineError } from './engine/errors.ts';
import { CACHE_LABEL, ownName, ROLE_LABEL, RUN_LABEL, TRANSIT } from './labels.ts';

export interface DockerNetwork extends AddressPlan {
  /** In Docker. */
  readonly name: string;
}

export interface DockerNetworks {
  readonly ofTopology: ReadonlyMap<NetworkName, DockerNetwork>;
  /** Present with several networks. */
  readonly transit?: DockerNetwork;
}

export interface NetworkContext {
  readonly engine: Engine;
  readonly ledger: Ledger;
  readonly cleanUp: CleanupStack;
  readonly runId: string;
}

const MTU_OPTION = 'com.docker.network.driver.mtu';
/** Another run may take the subnet that we have just seen free. */
const ATTEMPTS = 32;

export async function createNetworks(topology: Topology, context: NetworkContext): Promise<DockerNetworks> {
  const { engine } = context;
  const existing = await engine.networks();
  // A network made by us would have 1500; behind a VPN or in a cloud that makes TLS hang.
  const mtu = existing.find(({ name }) => name === 'bridge')?.options[MTU_OPTION];
  const taken = takenRanges(existing, topology);

  const make = async (role: string, internal: boolean): Promise<DockerNetwork> => {
    const network = await createOne(context, { role, internal, taken, ...(mtu !== undefined && { mtu }) });
    taken.push(...[parseCidrOrAddress(network.subnet)].flatMap(subnet => subnet ?? []));
    return network;
  };
  const ofTopology = new Map<NetworkName, DockerNetwork>();
  const used = topology.networks.filter(({ name }) =>
    topology.clusters.some(({ network }) => network === name),
  );
  // These must not be internal: the entrypoint of kind's nodes needs a default route.
  for (const { name } of used) ofTopology.set(name, await make(name, false));
  // Internal: a network with a gateway would take the default route over if its name sorts first, and Docker
  // drops what pods send over an internal one, which is the isolation of pod ranges (kind-traps: measured).
  return used.length > 1 ? { ofTopology, transit: await make(TRANSIT, true) } : { ofTopology };
}

/** Lists the ranges that no new network may overlap: Docker's, the clusters' own and this machine's. */
function takenRanges(existing: readonly EngineNetwork[], topology: Topology): Cidr[] {
  const texts = [
    ...existing.flatMap(({ subnets }) => subnets),
    ...topology.clusters.flatMap(({ podRange, serviceRange }) => [podRange, serviceRange]),
  ];
  return [...texts.flatMap(text => parseCidrOrAddress(text) ?? []), ...hostRanges()];
}

async function createOne(
  { engine, ledger, cleanUp, runId }: NetworkContext,
  options: {
    readonly role: string;
    readonly internal: boolean;
    readonly taken: readonly Cidr[];
    readonly mtu?: string;
  },
): Promise<DockerNetwork> {
  const { role, internal, taken, mtu } = options;
  const name = ownName(runId, role);
  ledger.write({ type: 'network', name });
  cleanUp.add(`remove the Docker network ${name}`, () => removeNetwork(engine, name));
  let attempt = 0;
  for (const subnet of candidates(taken)) {
    const plan = planAddresses(subnet);
    const { subnet: cidr, gateway, ipRange } = plan;
    try {
      const labels = { [RUN_LABEL]: runId, [ROLE_LABEL]: role };
      await engine.createNetwork({
        name,
        labels,
        subnet: cidr,
        gateway,
        ipRange,
        internal,
        ...(mtu !== undefined && { mtu }),
      });
      return { name, ...plan };
    } catch (error) {
      if (!(error instanceof EngineError && error.overlaps) || ++attempt >= ATTEMPTS) throw error;
    }
  }
  throw new HarnessError(
    'ERR_PLATFORM_NOT_READY',
    'There is no free range of addresses for a Docker network.',
    {
      hint: '`docker network prune` removes networks that no container uses.',
    },
  );
}

/**
 * Removes a network of a run. It disconnects the cache's containers first. If any other container is on the
 * network, it stays, and the error names that container.
 */
export async function removeNetwork(engine: Engine, name: string): Promise<void> {
  const network = (await engine.networks()).find(each => each.name === name && RUN_LABEL in each.labels);
  if (!network) return;
  const caches = await engine.containers(CACHE_LABEL);
  for (const { id } of network.containers) {
    if (caches.some(cache => cache.id === id)) await engine.disconnect(name, id);
  }
  await engine.removeNetwork(name);
}

/**
 * Lists the ranges that this machine reaches by itself: its interfaces, and on Linux its routes, such as a
 * VPN's.
 */
export function hostRanges(): readonly Cidr[] {
  const interfaces = Object.values(networkInterfaces()).flatMap(addresses =>
    (addresses ?? []).flatMap(({ cidr, family }) =>
      family === 'IPv4' && cidr !== null ? (parseCidrOrAddress(cidr) ?? []) : [],
    ),
  );
  try {
    return [...interfaces, ...readRouteTable(readFileSync('/proc/net/route', 'utf8'))];
  } catch {
    return interfaces; // not Linux: Docker runs in a machine of its own there
  }
}
