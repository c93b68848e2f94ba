/** What the `egress` of a Sidecar takes in (pilot/pkg/model/sidecar.go @1.30.3). */
import type { VirtualServiceConfig } from '../model/istio-config.ts';
import type { SidecarConfig } from '../model/sidecar.ts';
import { hostCovers } from './host-names.ts';
import type { MeshService } from './mesh-service.ts';

/** One of `hosts`, taken apart. */
interface ImportedHost {
  readonly namespace: string;
  readonly host: string;
}

/** Some hosts, and some that are not among them (`~namespace/host`). */
interface Imports {
  readonly port: number | undefined;
  readonly hosts: readonly ImportedHost[];
  readonly excluded: readonly ImportedHost[];
}

/** What a Sidecar's proxies know. */
export interface EgressScope {
  /** Services that they have listeners and routes for, cut to the ports that are asked for. */
  readonly services: readonly MeshService[];
  readonly virtualServices: readonly VirtualServiceConfig[];
}

/**
 * Chooses among what is exported to a namespace.
 * @param namespace - of the proxies: for the mesh's own Sidecar it is not the Sidecar's
 */
export function egressScope(
  { egress }: SidecarConfig,
  namespace: string,
  exported: EgressScope,
): EgressScope {
  const listeners = egress.map(({ port, hosts }): Imports => {
    const read = hosts.map(text => readHost(text, namespace));
    return {
      port,
      hosts: read.flatMap(({ isExcluded, ...host }) => (isExcluded ? [] : host)),
      excluded: read.flatMap(({ isExcluded, ...host }) => (isExcluded ? host : [])),
    };
  });
  if (listeners.length === 0) return exported;
  return {
    services: exported.services.flatMap(service => importedService(listeners, service)),
    virtualServices: exported.virtualServices.filter(virtual =>
      listeners.some(({ hosts }) =>
        hosts.some(
          imported =>
            isIn(imported, virtual.namespace) &&
            virtual.hosts.some(host => hostCovers(imported.host, host) || hostCovers(host, imported.host)),
        ),
      ),
    ),
  };
}

/** `~` alone stands for no namespace; before a name it takes hosts out. */
function readHost(text: string, own: string): ImportedHost & { readonly isExcluded: boolean } {
  const [, place = '', host = ''] = /^([^/]*)\/(.*)$/.exec(text) ?? [];
  const isExcluded = place.startsWith('~') && !(place === '~' && host === '*');
  const named = isExcluded ? place.slice(1) || '*' : place;
  return { isExcluded, namespace: named === '.' ? own : named, host };
}

const isIn = ({ namespace }: ImportedHost, own: string): boolean => namespace === '*' || namespace === own;

function importedService(listeners: readonly Imports[], service: MeshService): readonly MeshService[] {
  const covers = (imported: ImportedHost): boolean =>
    isIn(imported, service.namespace) && hostCovers(imported.host, service.hostname);
  const takers = listeners.filter(({ hosts, excluded }) => hosts.some(covers) && !excluded.some(covers));
  if (takers.some(({ port }) => port === undefined)) return [service];
  const ports = service.ports.filter(({ port }) => takers.some(taker => taker.port === port));
  return ports.length > 0 ? [{ ...service, ports }] : [];
}
