/** Where clusters come from: the one interface that kind, existing clusters and the simulator implement. */
import type { Duplex } from 'node:stream';
import type { Clock } from '../base/clock.ts';
import type { ClusterName } from '../model/names.ts';
import type { Topology } from '../model/topology.ts';
import type { FaultPoints } from './fault-points.ts';

/** Something that `doctor` found out. */
export interface Finding {
  readonly subject: string;
  readonly ok: boolean;
  readonly found: string;
  /** What to do about it; present if not ok. */
  readonly fix?: string;
}

export interface PlatformCapabilities {
  /** Envoy and istiod are the real ones: the run is evidence about Istio. */
  readonly realProxies: boolean;
  /** Networks can be partitioned and slowed down on demand. */
  readonly faults: boolean;
}

/** A real istiod among simulated proxies. */
export interface ControlPlane {
  /** As the program tells it. */
  readonly version: string;
}

/** The platforms that come with mesh-harness; the catalog makes them. */
export type PlatformName = 'simulator' | 'kind' | 'existing';

export interface Platform {
  readonly name: string;
  /** The abilities beyond the guide. A check asks for these, never for a name. */
  readonly capabilities: PlatformCapabilities;
  /** The kind of clock of a started platform. A run's first event, before the start, contains it. */
  readonly clock: Clock['kind'];
  /** Present where istiod is a real one and the proxies are not. */
  readonly controlPlane?: ControlPlane;
  doctor(signal: AbortSignal): Promise<readonly Finding[]>;
  /**
   * Finds what of its settings does not fit the topology, before anything is started.
   * @throws HarnessError ERR_USAGE
   */
  check?(topology: Topology): void;
  /**
   * @param diagnosticsFolder - where a start that fails may be described, before what it made is removed
   * @throws HarnessError ERR_PLATFORM_NOT_READY; whatever was made until then is gone again
   */
  start(topology: Topology, signal: AbortSignal, diagnosticsFolder?: string): Promise<StartedPlatform>;
}

/** What the clusters and the programs around them told of themselves, not what was asked for. */
export interface FoundPlatform {
  /** True if an API server or a node says that it is our simulator's: the run is no evidence about Istio. */
  readonly isSimulated: boolean;
  /** `kubernetes`, `kubelet`, `runtime`, `kind`, `docker` → the versions that were told, each once. */
  readonly versions: Readonly<Record<string, readonly string[]>>;
}

export interface StartedPlatform extends AsyncDisposable {
  readonly clusters: ReadonlyMap<ClusterName, Cluster>;
  /** The wall's clock, or the simulated world's virtual one. */
  readonly clock: Clock;
  /**
   * Present where the clusters can be used before it is known whether they are what the topology asks for:
   * resolves when they are. No verdict may come before that.
   * @throws HarnessError ERR_PLATFORM_NOT_READY, ERR_TIMEOUT; the reason of the start's signal
   */
  readonly proven?: Promise<void>;
  /** Aborts with a HarnessError when the platform itself cannot go on. */
  readonly defect?: AbortSignal;
  /**
   * Arguments that this platform needs beyond the guide, by tool and verb; listed apart from errata and shown
   * in the report.
   * For instance `create-remote-secret --server https://…` for each cluster.
   */
  readonly adjustments: readonly PlatformAdjustment[];
  /** Absent of a platform that is simulated by design. */
  readonly found?: FoundPlatform;
  /** What else the report tells of it; a sentence each. */
  readonly remarks?: readonly string[];
  /** What was written to simulated clusters until now and is not simulated; a sentence each. */
  readonly notSimulated?: () => readonly string[];
  /** What can be made to fail; present where the platform's capabilities say so. */
  readonly faults?: FaultPoints;
  /** The real programs that run the plan's commands; absent: our own, inside this process. */
  readonly programs?: Programs;
  /**
   * Writes what people need to see why a run did not pass: redacted, at most 25 MB, without changing
   * anything.
   */
  collectDiagnostics(folder: string): Promise<void>;
  /** Lines for the user about what outlives every run by intent. */
  readonly stays?: readonly string[];
  /**
   * Leaves everything where it is: the disposal only closes what this process holds. Absent: nothing outlives
   * the process.
   * @returns lines for the user: what is left, how to reach it, how to remove it
   */
  keep?(): readonly string[];
}

/** Paths of the programs that run a plan on this platform. */
export interface Programs {
  readonly kubectl: string;
  readonly istioctl: string;
  /** The unpacked Istio release, whose `samples` are used. */
  readonly istioFolder: string;
  /** In the samples, the beginning of an image's reference → its replacement. */
  readonly sampleImages?: Readonly<Record<string, string>>;
  /** Laid over the environment of every program. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface PlatformAdjustment {
  readonly tool: 'kubectl' | 'istioctl';
  /** Applies to commands whose first words are these: `['x', 'create-remote-secret']`. */
  readonly verb: readonly string[];
  readonly cluster: ClusterName;
  readonly addArgs: readonly string[];
  readonly because: string;
}

export interface Cluster {
  readonly name: ClusterName;
  /** Returns a kubeconfig document (YAML) with one context, named like the cluster. */
  kubeconfig(reachableFrom: 'this-machine' | 'other-clusters'): string;
  /** Opens a connection to the API server inside this process; absent: over TCP. */
  readonly dial?: (host: string, port: number) => Duplex;
}
