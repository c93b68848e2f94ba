/** The gateways between networks, with the host names of load balancers looked up. */
import { isIPv4 } from 'node:net';
import type { IstioBehaviour } from '../../behaviour.ts';
import type { MeshConfig } from '../model/mesh-config.ts';
import { discoverGateways, NetworkGateways } from '../model/network-of.ts';
import type { ClusterRegistry } from '../watch/cluster-registry.ts';

/** Knows the gateways as they were last read. */
export class GatewayDiscovery {
  readonly #behaviour: IstioBehaviour;
  readonly #resolve: (host: string) => Promise<readonly string[]>;
  #resolved: ReadonlyMap<string, readonly string[]> = new Map();
  #gateways = new NetworkGateways([]);

  /** @param resolve - looks up a host name; one that rejects has no addresses */
  constructor(behaviour: IstioBehaviour, resolve: (host: string) => Promise<readonly string[]>) {
    this.#behaviour = behaviour;
    this.#resolve = resolve;
  }

  get gateways(): NetworkGateways {
    return this.#gateways;
  }

  /** @returns whether the gateways are others than before */
  async read(registries: readonly ClusterRegistry[], mesh: MeshConfig): Promise<boolean> {
    let gateways = discoverGateways(this.#behaviour, mesh, registries, this.#resolved);
    if (this.#behaviour.resolvesHostnameGateways) {
      const hosts = registries.flatMap(registry =>
        [...registry.labelledServices()].flatMap(({ externalAddresses }) =>
          externalAddresses.filter(address => !isIPv4(address)),
        ),
      );
      const answers = await Promise.all(
        hosts.map(async host => [host, await this.#resolve(host).catch(() => [])] as const),
      );
      this.#resolved = new Map(answers);
      if (hosts.length > 0) gateways = discoverGateways(this.#behaviour, mesh, registries, this.#resolved);
    }
    if (gateways.fingerprint === this.#gateways.fingerprint) return false;
    this.#gateways = gateways;
    return true;
  }
}
