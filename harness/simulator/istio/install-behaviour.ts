/** In which ways releases differ in what they install, and in what injection puts into pods. */

/** What the charts of a release do. */
export interface InstallBehaviour {
  readonly names: {
    /** Of its images. */
    readonly hub: string;
    readonly istiodServiceAccount: string;
    readonly istiodClusterRole: string;
    readonly istiodRole: string;
    readonly readerClusterRole: string;
  };
  /** Validating webhook configurations and their webhook; istiod makes the first one strict. */
  readonly validators: readonly { readonly name: string; readonly webhook: string }[];
  /** One webhook, or four for each revision and its tag. */
  readonly injectionWebhooks: 'one' | 'four-tagged';
  /** What makes a remote: an address (its own istiod stays), or the profile (it has none). */
  readonly remoteBy: 'address' | 'profile';
  /** Of istio-system, if istioctl makes it. */
  readonly namespaceLabels: (network: string) => Readonly<Record<string, string>>;
  /** True if a resource of its own records the installation. */
  readonly recordsState: boolean;
  /** A gateway's pod is complete, or filled in by injection (image `auto`). */
  readonly gatewayPods: 'complete' | 'injected';
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
  readonly istiodEnvironment: Readonly<Record<string, string>>;
  /** True if istiod has its ConfigMaps as files too. */
  readonly mountsConfigMaps: boolean;
  /** True if istiod may make Deployments for gateways of the Gateway API. */
  readonly managesGateways: boolean;
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
}
