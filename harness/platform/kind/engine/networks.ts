/** Networks of the engine, and who is on them. */
import type { Client, Engine } from './engine.ts';
import { EngineError, ignoreMissing } from './errors.ts';

/** Returns the calls that make, list, join and remove networks. */
export function networkCalls(
  client: Client,
): Pick<Engine, 'networks' | 'createNetwork' | 'removeNetwork' | 'connect' | 'disconnect'> {
  const docker = client.container.dockerode;
  return {
    networks: async () => {
      const all = await docker.listNetworks();
      return await Promise.all(
        all.map(async ({ Id, Name, Labels, IPAM, Options }) => {
          // The list names no containers; a network may be gone by the time that it is asked for.
          const details = await ignoreMissing(() => docker.getNetwork(Id).inspect());
          const containers: Readonly<Record<string, { readonly Name?: string }>> = details?.Containers ?? {};
          return {
            name: Name,
            labels: Labels ?? {},
            subnets: (IPAM?.Config ?? []).flatMap(({ Subnet }) => (Subnet === undefined ? [] : [Subnet])),
            options: Options ?? {},
            containers: Object.entries(containers).map(([id, { Name: name = '' }]) => ({ id, name })),
          };
        }),
      );
    },
    createNetwork: async ({ name, labels, subnet, gateway, ipRange, mtu, internal }) => {
      try {
        await client.network.create({
          Name: name,
          CheckDuplicate: true,
          Driver: 'bridge',
          Internal: internal,
          EnableIPv6: false,
          IPAM: { Driver: 'default', Config: [{ Subnet: subnet, Gateway: gateway, IPRange: ipRange }] },
          Labels: { ...labels },
          Options: mtu === undefined ? {} : { 'com.docker.network.driver.mtu': mtu },
        });
      } catch (error) {
        throw new EngineError(`The network ${name} could not be made`, error);
      }
    },
    removeNetwork: async name => {
      // By id, since a name may stand for several networks and for parts of an id.
      const found = (await docker.listNetworks()).filter(network => network.Name === name);
      for (const { Id } of found) await ignoreMissing(() => docker.getNetwork(Id).remove());
    },
    connect: async (network, container, address) => {
      await docker.getNetwork(network).connect({
        Container: container,
        ...(address !== undefined && { EndpointConfig: { IPAMConfig: { IPv4Address: address } } }),
      });
    },
    disconnect: async (network, container) => {
      await ignoreMissing(() => docker.getNetwork(network).disconnect({ Container: container, Force: true }));
    },
  };
}
