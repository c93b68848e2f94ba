/** The gateways between networks, with the host names of load balancers looked up. */
import { isIPv4 } from 'node:net';
import type { Clock, Timer } from '../../../../base/clock.ts';
import type { IstioBehaviour } from '../../behaviour.ts';
import type { MeshConfig } from '../model/mesh-config.ts';
import { discoverGateways, NetworkGateways } from '../model/network-of.ts';
import type { ClusterRegistry } from '../watch/cluster-registry.ts';

/** Names are looked up again after so long: MinGatewayTTL (pilot/pkg/model/network.go @1.30.3). */
const REFRESH_MS = 30_000;

/** How names are looked up, and who hears of it. */
export interface NamedGateways {
  readonly clock: Clock;
  /** Looks up a host name; one that rejects has no addresses. */
  readonly resolve: (host: string) => Promise<readonly string[]>;
  /** Told of a name that no gateway can be reached by. */
  readonly warn: (message: string) => void;
  /** It is time to look the names up again. */
  readonly onDue: () => void;
}

/** Knows the gateways as they were last read. */
export class GatewayDiscovery {
  readonly #behaviour: IstioBehaviour;
  readonly #names: NamedGateways;
  #resolved: ReadonlyMap<string, readonly string[]> = new Map();
  #gateways = new NetworkGateways([]);
  #timer: Timer | undefined;

  constructor(behaviour: IstioBehaviour, names: NamedGateways) {
    this.#behaviour = behaviour;
    this.#names = names;
  }

  get gateways(): NetworkGateways {
    return this.#gateways;
  }

  /** Looks no names up any more. */
  close(): void {
    this.#names.clock.clearTimeout(this.#timer);
  }

  /** @returns whether the gateways are others than before */
  async read(registries: readonly ClusterRegistry[], mesh: MeshConfig): Promise<boolean> {
    let gateways = discoverGateways(this.#behaviour, mesh, registries, this.#resolved);
    const hosts = hostsOf(registries, mesh);
    if (hosts.size > 0) {
      await this.#lookUp(hosts);
      gateways = discoverGateways(this.#behaviour, mesh, registries, this.#resolved);
    }
    if (gateways.fingerprint === this.#gateways.fingerprint) return false;
    this.#gateways = gateways;
    return true;
  }

  /** resolveHostnameGateways: 1.8 has nothing to say of names, and nothing to do with them. */
  async #lookUp(hosts: ReadonlyMap<string, number>): Promise<void> {
    const { clock, resolve, warn, onDue } = this.#names;
    if (!this.#behaviour.resolvesHostnameGateways) {
      if (this.#behaviour.tellsOfNamedGateways)
        for (const host of hosts.keys())
          warn(
            `Failed parsing gateway address ${host} from Service Registry. Set RESOLVE_HOSTNAME_GATEWAYS ` +
              'on istiod to enable resolving hostnames in the control plane.',
          );
      return;
    }
    const answers = await Promise.all(
      [...hosts.keys()].map(async host => [host, await resolve(host).catch(() => [])] as const),
    );
    this.#resolved = new Map(answers);
    for (const [host, addresses] of answers)
      if (addresses.length === 0)
        warn(`could not resolve hostname ${JSON.stringify(host)} for ${hosts.get(host)} gateways`);
    clock.clearTimeout(this.#timer);
    this.#timer = clock.setTimeout(onDue, REFRESH_MS);
  }
}

/** Lists the names of gateways, and how many gateways have each. */
function hostsOf(registries: readonly ClusterRegistry[], mesh: MeshConfig): ReadonlyMap<string, number> {
  const hosts = new Map<string, number>();
  const add = (address: string): void => {
    if (!isIPv4(address)) hosts.set(address, (hosts.get(address) ?? 0) + 1);
  };
  for (const registry of registries)
    for (const { externalAddresses } of registry.labelledServices()) externalAddresses.forEach(add);
  for (const { gateways } of mesh.networks.values())
    for (const { address } of gateways) if (address !== undefined) add(address);
  return hosts;
}
