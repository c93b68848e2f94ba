/**
 * What differs between the istioctl releases that are simulated: all of it, side by side. What they install
 * differs in `simulator/istio/releases.ts`.
 */

/** Entries are what `proxy-status` shows of one proxy. */
export interface ProxyEntry {
  readonly proxy: string;
  readonly cluster_id?: string;
  readonly istio_version?: string;
  readonly cluster_status?: string;
  readonly listener_status?: string;
  readonly endpoint_status?: string;
  readonly route_status?: string;
}

export interface IstioctlRelease {
  /** Where `create-remote-secret` and `uninstall` are found (docs/reference/istio.md I5). */
  readonly remoteSecretsBelow: 'x' | 'root';
  /** `remote-clusters` came later. */
  readonly tellsRemoteClusters: boolean;
  /** Whether `create-remote-secret` warns of a server that others cannot reach. */
  readonly warnsOfLoopback: boolean;
  readonly install: {
    /**
     * 1.8 asks for confirmation before it has read a file, and so has no profile to name
     * (operator/cmd/mesh/install.go @1.8.0).
     */
    readonly readsFirst: boolean;
    /** 1.8 lays objects over those that are there; later releases apply on the server. */
    readonly overlays: boolean;
    /** Whether it says which component it is at, and that it prunes. */
    readonly tellsComponents: boolean;
    readonly ornaments: Readonly<Record<string, string>>;
    readonly refused: (object: string, why: string) => string;
    readonly timedOut: string;
    readonly failed: string;
  };
  /** istioctl/pkg/writer/pilot/status.go */
  readonly proxyStatus: {
    readonly header: readonly string[];
    readonly row: (entry: ProxyEntry, istiod: string) => readonly string[];
  };
  /** istioctl/pkg/writer/envoy/configdump */
  readonly proxyConfig: {
    /** Whether tables begin with a note on what they leave out. */
    readonly hasNotes: boolean;
    readonly listenerAddress: string;
    readonly routeHeader: readonly string[];
    readonly routeRow: (
      route: string,
      host: string,
      domains: readonly string[],
      match: string,
    ) => readonly string[];
    /** Of hexadecimal digits. */
    readonly serial: (serial: string) => string;
    /** Whether a route that passes everything on to one cluster is shown as that. */
    readonly tellsMatchAll: boolean;
    /** Whether routes to hosts that the mesh does not know are left out. */
    readonly hidesPassthrough: boolean;
  };
}

const TYPES = ['cluster', 'listener', 'endpoint', 'route'] as const;
const NOT_SENT = 'NOT SENT';

/** @1.8.0 */
const ISTIOCTL_1_8: IstioctlRelease = {
  remoteSecretsBelow: 'x',
  tellsRemoteClusters: false,
  warnsOfLoopback: false,
  install: {
    readsFirst: false,
    overlays: true,
    tellsComponents: true,
    ornaments: {},
    refused: (object, why) => `failed to create "${object}": ${why}`,
    timedOut: 'timed out waiting for the condition',
    failed: 'errors occurred during operation',
  },
  proxyStatus: {
    header: ['NAME', 'CDS', 'LDS', 'EDS', 'RDS', 'ISTIOD', 'VERSION'],
    row: (entry, istiod) => [
      entry.proxy,
      ...TYPES.map(type => entry[`${type}_status`] ?? NOT_SENT),
      istiod,
      entry.istio_version ?? '',
    ],
  },
  proxyConfig: {
    hasNotes: true,
    listenerAddress: 'ADDRESS',
    routeHeader: ['NAME', 'DOMAINS', 'MATCH', 'VIRTUAL SERVICE'],
    routeRow: (route, _host, domains, match) => [route, shortest(domains), match, ''],
    serial: serial => BigInt(`0x${serial}`).toString(),
    tellsMatchAll: false,
    hidesPassthrough: false,
  },
};

/** @1.30.3 */
const ISTIOCTL_CURRENT: IstioctlRelease = {
  remoteSecretsBelow: 'root',
  tellsRemoteClusters: true,
  warnsOfLoopback: true,
  install: {
    readsFirst: true,
    overlays: false,
    tellsComponents: false,
    ornaments: { 'Istio core': ' ⛵️', Istiod: ' 🧠', 'Ingress gateways': ' 🛬' },
    refused: (object, why) => `failed to update resource with server-side apply for obj ${object}: ${why}`,
    timedOut: 'context deadline exceeded',
    failed: 'failed to wait for resource',
  },
  proxyStatus: {
    header: ['NAME', 'CLUSTER', 'ISTIOD', 'VERSION', 'SUBSCRIBED TYPES'],
    row: (entry, istiod) => [
      entry.proxy,
      entry.cluster_id ?? '',
      istiod,
      entry.istio_version ?? '',
      subscribed(entry),
    ],
  },
  proxyConfig: {
    hasNotes: false,
    listenerAddress: 'ADDRESSES',
    routeHeader: ['NAME', 'VHOST NAME', 'DOMAINS', 'MATCH', 'VIRTUAL SERVICE'],
    routeRow: (route, host, domains, match) => [route, host, firstTwo(domains), match, ''],
    serial: serial => serial,
    tellsMatchAll: true,
    hidesPassthrough: true,
  },
};

/** @param version - of Istio: `1.8.0` */
export const releaseOf = (version: string): IstioctlRelease =>
  version.startsWith('1.8.') ? ISTIOCTL_1_8 : ISTIOCTL_CURRENT;

/** `4 (CDS,LDS,EDS,RDS)`. */
function subscribed(entry: ProxyEntry): string {
  const types = TYPES.filter(type => (entry[`${type}_status`] ?? NOT_SENT) !== NOT_SENT);
  return `${types.length} (${types.map(type => `${type[0]?.toUpperCase()}DS`).join(',')})`;
}

/** One domain: the shortest that is no address. */
function shortest(domains: readonly string[]): string {
  const names = domains.filter(domain => !/^[\d.:]+$/.test(domain));
  return [...(names.length > 0 ? names : domains)].sort((a, b) => a.length - b.length)[0] ?? '';
}

function firstTwo(domains: readonly string[]): string {
  const names = domains.filter(domain => domain === '*' || !/:\d+$/.test(domain));
  return `${names.slice(0, 2).join(', ')}${names.length > 2 ? ` + ${names.length - 2} more...` : ''}`;
}
