/** In which ways releases differ in what they install, and in what injection puts into pods. */

/** A variable of a container. */
interface EnvironmentEntry {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: unknown;
}

/** A port of a container. */
interface ContainerPort {
  readonly containerPort: number;
  readonly protocol: string;
  readonly name?: string;
}

/** What the charts of a release do. */
export interface InstallBehaviour {
  readonly names: {
    /** Of its images. */
    readonly hub: string;
    readonly istiodServiceAccount: string;
    readonly istiodClusterRole: string;
    readonly istiodRole: string;
    readonly readerClusterRole: string;
    /** Of the rights to run gateways of the Gateway API; empty where there are none. */
    readonly gatewayControllerRole: string;
  };
  /** Validating webhook configurations and their webhook; istiod makes them strict. */
  readonly validators: readonly {
    readonly name: string;
    readonly webhook: string;
    /** Whether it looks at objects of the revision only. */
    readonly ofRevision?: boolean;
  }[];
  /** One webhook, or four for each revision and its tag. */
  readonly injectionWebhooks: 'one' | 'four-tagged';
  /** What makes a remote: an address (its own istiod stays), or the profile (it has none). */
  readonly remoteBy: 'address' | 'profile';
  /** Of istio-system, if istioctl makes it. */
  readonly namespaceLabels: (network: string) => Readonly<Record<string, string>>;
  /** True if a resource of its own records the installation. */
  readonly recordsState: boolean;
  /**
   * A gateway's pod is complete; where its values name an `injectionTemplate` injection may fill it in
   * (image `auto`).
   */
  readonly gatewayPods: 'complete' | 'injected-on-request';
  /** Of the complete pod; 1.8 has those of injection. */
  readonly gatewayProbes: Readonly<Record<string, Readonly<Record<string, number>>>> | undefined;
  /** Variables of a complete gateway, beside the common ones. */
  readonly gatewayEnvironment: (jwtPolicy: string) => readonly EnvironmentEntry[];
  /** Ports of the ingress gateway's Service. */
  readonly gatewayPorts: readonly {
    readonly name: string;
    readonly port: number;
    readonly targetPort: number;
  }[];
  /** True if a workload of a single replica has a PodDisruptionBudget. */
  readonly budgetsForSingleReplicas: boolean;
  /** The component that brings istiod's service account and roles. */
  readonly istiodAccessIn: 'Istio core' | 'Istiod';
  /** Beside the common variables. */
  readonly istiodEnvironment: (asked: {
    readonly jwtPolicy: string;
    readonly externalIstiod: boolean;
    readonly revision: string;
  }) => readonly EnvironmentEntry[];
  readonly istiodPorts: readonly ContainerPort[];
  /** Of istiod's Deployment. */
  readonly istiodSelector: Readonly<Record<string, string>>;
  /** Of istiod's pods, beside the common ones. */
  readonly istiodTolerations: readonly unknown[];
  /** Whether istiod takes its serving certificate from istio-csr where that is. */
  readonly mountsCsrFiles: boolean;
  /** Whether istiod has its ConfigMaps as files too. */
  readonly mountsConfigMaps: boolean;
  /** Whether istiod looks after the Gateway API and its own resources' statuses, with the rights for it. */
  readonly managesGateways: boolean;
  /** Labels of all objects of a chart; those of workloads' pods too. */
  readonly chartLabels: (component: string, version: string) => Readonly<Record<string, string>>;
  /** The installation's name in labels, from that of its document. */
  readonly ownerOf: (document: string | undefined) => string;
  /** Whether an operator's list of gateways takes the place of the profile's, or is merged with it. */
  readonly gatewayLists: 'replaced' | 'merged';
  /** Whether some values of `--set` stay texts, and a path alone is an empty one. */
  readonly keepsTexts: boolean;
  /** Whether `values` tells what a chart was rendered from. */
  readonly tellsValues: boolean;
  readonly validatedGroups: readonly string[];
  readonly admissionReviewVersions: readonly string[];
  /**
   * True if other clusters' istiods may read ConfigMaps, definitions, and gateways and services of
   * Kubernetes' own multicluster APIs.
   */
  readonly readerReadsMore: boolean;
  /** Telemetry is a matter of EnvoyFilters, or built in. */
  readonly telemetryFilters: boolean;
  /** Beside the common settings of the mesh. */
  readonly meshConfig: Readonly<Record<string, unknown>>;
}

/** The injection of a release. */
export interface InjectionBehaviour {
  /** Variables of the proxy, beside the common ones. */
  readonly environment: readonly unknown[];
  /** Arguments of `istio-init` after the common ones. */
  readonly initArguments: readonly string[];
  /** Sockets and files that a proxy may be given, by the volume's name: where they are mounted. */
  readonly emptyVolumes: Readonly<Record<string, string>>;
  /** Whether sidecars have the mesh's list of revoked certificates. */
  readonly mountsRevocations: boolean;
  /** Capabilities that a sidecar drops. */
  readonly dropsCapabilities: boolean;
  /** One template for all pods, or several by name: `sidecar`, `gateway`. */
  readonly templates: 'one' | 'named';
  /** Variables of the proxy that tell a field of its pod, beside the common ones. */
  readonly podFields: Readonly<Record<string, string>>;
  /** @param domain - of the pod's namespace; `{{ serviceCluster }}` is for the template */
  readonly agentArguments: (domain: string) => readonly string[];
  readonly probes: Readonly<
    Record<string, { readonly periodSeconds: number; readonly [setting: string]: unknown }>
  >;
  readonly podLabels: Readonly<Record<string, string>>;
  readonly podAnnotations: Readonly<Record<string, string>>;
  readonly podSecurity: Readonly<Record<string, number>>;
  /** True if the label `sidecar.istio.io/inject` counts, not the annotation alone. */
  readonly heedsInjectLabel: boolean;
  /** True if istiod believes a pod's own word on its network. */
  readonly heedsNetworkLabel: boolean;
  /** True if `sidecar.istio.io/status` contains the revision. */
  readonly statusTellsRevision: boolean;
  /** The pull policy of what is injected, where the values name none; empty: the API server chooses. */
  readonly pullPolicy: '' | 'Always';
}
