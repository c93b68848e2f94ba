/**
 * All differences between the simulated releases of istioctl, side by side. `simulator/istio/releases.ts` has
 * those between the things that they install.
 */

/** One route of a proxy. */
interface RouteRow {
  /** The name of its configuration: `5000`. */
  readonly route: string;
  /** Its virtual host. */
  readonly host: string;
  readonly domains: readonly string[];
  readonly match: string;
  /** The VirtualService that it comes from; empty without one. */
  readonly rule: string;
}

/** Entries are what istiod's `/debug/syncz` says of a proxy: nonces that it sent, and that were accepted. */
export type ProxyEntry = {
  readonly proxy: string;
  readonly cluster_id?: string;
  readonly istio_version?: string;
} & { readonly [Member in `${(typeof TYPES)[number]}_${'sent' | 'acked'}`]?: string };

export interface IstioctlRelease {
  /** Before the reason why no cluster can be asked. */
  readonly noClient: string;
  /** Whether `version` tells its own where no cluster can be asked. */
  readonly versionIsLocal: boolean;
  /** What stands before the reason why the input is no installation; `file`: before a missing one's. */
  readonly noInput: { readonly install: string; readonly generate: string; readonly file?: string };
  /** The flags of which uninstall wants one. */
  readonly uninstalls: string;
  /**
   * The parent of the commands `create-remote-secret` and `uninstall`: `x`, or istioctl itself
   * (docs/reference/istio.md I5).
   */
  readonly remoteSecretsBelow: 'x' | 'root';
  /** How it says that no istiod runs: `version` with the rest of its line, and whatever asks one. */
  readonly noIstiod: {
    readonly version: (namespace: string) => string;
    readonly remoteClusters: string;
  };
  /** Of `version` when it asks nobody. */
  readonly ownVersion: (version: string) => string;
  /** Whether what it prints has the fields that older client libraries write for nothing. */
  readonly printsEmptyFields: boolean;
  /** A name that is none of a remote secret. */
  readonly notALabel: (name: string) => string;
  /** `remote-clusters` came later. */
  readonly tellsRemoteClusters: boolean;
  /** True if `create-remote-secret` warns of a server that others cannot reach. */
  readonly warnsOfLoopback: boolean;
  readonly install: {
    /**
     * 1.8 asks for confirmation before it has read a file, and so has no profile to name
     * (operator/cmd/mesh/install.go @1.8.0).
     */
    readonly readsFirst: boolean;
    /** 1.8 lays objects over those that are there; later releases apply on the server. */
    readonly overlays: boolean;
    readonly ornaments: Readonly<Record<string, string>>;
    readonly refused: (object: string, why: string) => string;
    readonly timedOut: string;
    /** The end of the last line, from why each component failed. */
    readonly failed: (failures: readonly string[]) => string;
    /** Whether it says why a Deployment is not ready, and looks at what comes after a failure too. */
    readonly tellsCauses: boolean;
  };
  /** istioctl/pkg/writer/pilot/status.go */
  readonly proxyStatus: {
    readonly header: readonly string[];
    readonly row: (entry: ProxyEntry, istiod: string) => readonly string[];
  };
  /** istioctl/pkg/writer/envoy/configdump */
  readonly proxyConfig: {
    /** True if tables begin with a note on what they leave out. */
    readonly hasNotes: boolean;
    readonly listenerAddress: string;
    readonly routeHeader: readonly string[];
    readonly routeRow: (row: RouteRow) => readonly string[];
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

/** istioctl/pkg/writer/pilot/status.go, xdsStatus @1.8.0 */
function syncStatus(entry: ProxyEntry, type: (typeof TYPES)[number]): string {
  const sent = entry[`${type}_sent`];
  if (!sent) return NOT_SENT;
  return entry[`${type}_acked`] === sent ? 'SYNCED' : 'STALE';
}

/** @1.8.0 */
const ISTIOCTL_1_8: IstioctlRelease = {
  noClient: 'create Kubernetes client',
  versionIsLocal: false,
  noInput: { install: 'failed to install manifests: ', generate: 'failed to install manifests: ' },
  uninstalls: '--revision, --filename or --purge',
  remoteSecretsBelow: 'x',
  tellsRemoteClusters: false,
  noIstiod: {
    version: namespace => `no running Istio pods in "${namespace}"`,
    remoteClusters: 'no running Istio pods in "istio-system"',
  },
  ownVersion: version => version,
  printsEmptyFields: true,
  notALabel: name => `"${name}" is not a valid DNS 1123 label`,
  warnsOfLoopback: false,
  install: {
    readsFirst: false,
    overlays: true,
    ornaments: {},
    refused: (object, why) => `failed to create "${object}": ${why}`,
    timedOut: 'timed out waiting for the condition',
    failed: () => 'errors occurred during operation',
    tellsCauses: false,
  },
  proxyStatus: {
    header: ['NAME', 'CDS', 'LDS', 'EDS', 'RDS', 'ISTIOD', 'VERSION'],
    row: (entry, istiod) => [
      entry.proxy,
      ...TYPES.map(type => syncStatus(entry, type)),
      istiod,
      entry.istio_version ?? '',
    ],
  },
  proxyConfig: {
    hasNotes: true,
    listenerAddress: 'ADDRESS',
    routeHeader: ['NAME', 'DOMAINS', 'MATCH', 'VIRTUAL SERVICE'],
    routeRow: ({ route, domains, match, rule }) => [route, shortest(domains), match, rule],
    serial: serial => BigInt(`0x${serial}`).toString(),
    tellsMatchAll: false,
    hidesPassthrough: false,
  },
};

/** @1.30.3 */
const ISTIOCTL_CURRENT: IstioctlRelease = {
  noClient: 'failed to setup client',
  versionIsLocal: true,
  noInput: { install: 'generate config: ', generate: '', file: 'merge inputs: ' },
  uninstalls: '--revision (or --set revision=<revision>), --filename or --purge',
  remoteSecretsBelow: 'root',
  tellsRemoteClusters: true,
  noIstiod: {
    version: namespace =>
      `Istio is not present in the cluster: no running Istio pods in namespace "${namespace}"`,
    remoteClusters: 'unable to find any Istiod instances',
  },
  ownVersion: version => `client version: ${version}`,
  printsEmptyFields: false,
  notALabel: name => `${name} is not a valid DNS 1123 label`,
  warnsOfLoopback: true,
  install: {
    readsFirst: true,
    overlays: false,
    ornaments: { 'Istio core': ' ⛵️', Istiod: ' 🧠', 'Ingress gateways': ' 🛬' },
    refused: (object, why) => `failed to update resource with server-side apply for obj ${object}: ${why}`,
    timedOut: 'context deadline exceeded',
    failed: several,
    tellsCauses: true,
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
    routeRow: ({ route, host, domains, match, rule }) => [route, host, firstTwo(domains), match, rule],
    serial: serial => serial,
    tellsMatchAll: true,
    hidesPassthrough: true,
  },
};

/** @param version - of Istio: `1.8.0` */
export const releaseOf = (version: string): IstioctlRelease =>
  version.startsWith('1.8.') ? ISTIOCTL_1_8 : ISTIOCTL_CURRENT;

/** pkg/util/istiomultierror @1.30.3 */
function several(failures: readonly string[]): string {
  if (failures.length === 1) return failures[0] ?? '';
  return `${failures.length} errors occurred:\n${failures.map(failure => `\t* ${failure}\n`).join('')}\n`;
}

/** `4 (CDS,LDS,EDS,RDS)`. */
function subscribed(entry: ProxyEntry): string {
  const types = TYPES.filter(type => syncStatus(entry, type) !== NOT_SENT);
  return `${types.length} (${types.map(type => `${type[0]?.toUpperCase()}DS`).join(',')})`;
}

/** One domain: the shortest of those that are no addresses, or the first. */
function shortest(domains: readonly string[]): string {
  return domains.reduce(
    (found, each) => (each.length < found.length && !/^[1-9]/.test(each) ? each : found),
    domains[0] ?? '',
  );
}

/** The first two, after those that a shorter one stands for (configdump/route.go, describeRouteDomains). */
function firstTwo(domains: readonly string[]): string {
  const [only] = domains;
  if (domains.length === 1 && only !== undefined) return only;
  const names = domains.filter(domain => !domain.includes(':'));
  const all = new Set(names);
  const isLong = (name: string) =>
    ['.svc.cluster.local', '.svc'].some(
      ending => name.endsWith(ending) && all.has(name.slice(0, -ending.length)),
    );
  const shown = names.filter(name => !isLong(name));
  return `${shown.slice(0, 2).join(', ')}${shown.length > 2 ? ` + ${shown.length - 2} more...` : ''}`;
}
