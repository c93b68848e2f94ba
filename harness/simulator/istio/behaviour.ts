/** In which ways Istio's releases may differ: the questions to which `releases.ts` has the answers. */
import type { RetryPolicy } from './xds/retry-policy.ts';

/** A source of an endpoint's network; the order in `networkPrecedence` is the order of precedence. */
export type NetworkSource = 'fromCidr' | 'podLabel' | 'fromRegistry' | 'namespaceLabel';

/** The behaviour of one line of Istio releases. */
export interface IstioBehaviour {
  /** For tables with a column for each line; code asks for one of the properties below. */
  readonly line: '1.8' | 'current';

  // ---- what istioctl installs
  readonly install: InstallBehaviour;
  // ---- what istiod puts into pods
  readonly injection: InjectionBehaviour;

  // ---- what istiod computes
  /** Of clusters without a DestinationRule. */
  readonly lbPolicy: 'ROUND_ROBIN' | 'LEAST_REQUEST';
  readonly connectTimeoutMs: number;
  /** Of routes without one of their own. */
  readonly retryPolicy: RetryPolicy;
  /** 1.8 `pilot/pkg/xds/ep_filters.go`, current `pilot/pkg/xds/endpoints/ep_filters.go`. */
  readonly endpointFilter: 'product-of-gateways' | 'least-common-multiple';
  /** Which source of an endpoint's network wins: the first that has an answer. */
  readonly networkPrecedence: readonly NetworkSource[];
  /** Whether a gateway Service must have the port (15443) that it is to be reached at. */
  readonly gatewayServiceMustExposePort: boolean;
  /**
   * Whether a load balancer known by its host name can be a gateway (resolved), or is known and of no use.
   */
  readonly resolvesHostnameGateways: boolean;
  /**
   * A gateway has the `outbound_.…` clusters: by `ISTIO_META_ROUTER_MODE`, or because a Gateway with
   * AUTO_PASSTHROUGH selects it.
   */
  readonly routerMode: 'environment' | 'auto-passthrough-gateway';
  /** How AUTO_PASSTHROUGH finds the upstream: by the SNI itself, or a filter chain for each service port. */
  readonly autoPassthrough: 'sni-cluster' | 'chain-per-service';
  /** Whether `outbound_.…` clusters leave out endpoints that have no mTLS. */
  readonly sniClustersDemandMtls: boolean;
  /** The name of the cluster that hands a request to the application, and the address it dials. */
  readonly inbound: {
    readonly clusterName: (
      ports: { service: number; container: number },
      protocol: string,
      host: string,
    ) => string;
    readonly upstream: 'loopback' | 'pod-address';
  };

  // ---- how istiod keeps remote clusters
  /**
   * 1.8 syncs one remote secret at a time and its readiness waits for them; current does so side by side,
   * with a deadline.
   */
  readonly remoteSync:
    | { readonly kind: 'blocking' }
    | { readonly kind: 'asynchronous'; readonly timeoutMs: number };
  /** A remote secret with the cluster id of istiod's own cluster. */
  readonly acceptsOwnClusterId: boolean;
  /** `Endpoints` or `EndpointSlice`. */
  readonly endpointSource: 'endpoints' | 'endpoint-slices';
  /**
   * Whether an istiod may write root certificates and CA bundles into remote clusters (`EXTERNAL_ISTIOD`,
   * `controlPlaneClusters`).
   */
  readonly leadsRemoteClusters: boolean;
  /** The URL path of the webhook may name cluster and network: `/inject/cluster/x/net/y`. */
  readonly injectionPathParameters: boolean;
  /**
   * Which webhook configurations get istiod's CA bundle: the one that `INJECTION_WEBHOOK_CONFIG_NAME` names,
   * or those of its revision.
   */
  readonly ownsWebhooksBy: 'name' | 'revision-label';
  /** Whether a proxy that says it is in cluster `Kubernetes`, the default name, is taken for a local one. */
  readonly defaultClusterIdIsLocal: boolean;
  /** istiod's words about a proxy in a cluster that it does not know. */
  readonly unknownCluster: (claimed: string, own: string, remotes: readonly string[]) => string;
  /** Whether namespace and service account that a proxy gives itself out for must be those of its token. */
  readonly checksIdentity: boolean;
  /** What `/debug/endpointz` shows. */
  readonly endpointPage: 'instances' | 'shards';
  /**
   * Whether cacerts must be complete to be used: current refuses a partial bundle by name, 1.8 looks for
   * `ca-key.pem` only.
   */
  readonly partialCaBundle: 'fails-to-read' | 'refused-as-incomplete';

  // ---- the agent and the pod
  /** Sidecars are init containers that stay (restartPolicy Always) where Kubernetes has them. */
  readonly nativeSidecars: boolean;
  /** Threads among which Envoy shares its connections. */
  readonly workers: number;
  /** The agent logs an attempt to reach istiod, or only a success. */
  readonly logsConnectAttempts: boolean;
  readonly certificateLog: {
    readonly issued: (ttlSeconds: number) => string;
    readonly failed: (identity: string, message: string, waitMs: number) => string;
  };
  readonly notReadyReason: string;
  readonly envoy: EnvoyWording;
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
  };
  /** Validating webhook configurations and their webhook; istiod makes the first one strict. */
  readonly validators: readonly { readonly name: string; readonly webhook: string }[];
  /** One webhook, or four for each revision and its tag. */
  readonly injectionWebhooks: 'one' | 'four-tagged';
  /** What makes a remote: an address (its own istiod stays), or the profile (it has none). */
  readonly remoteBy: 'address' | 'profile';
  /** Of istio-system, if istioctl makes it. */
  readonly namespaceLabels: (network: string) => Readonly<Record<string, string>>;
  /** Whether the installation is recorded in a resource of its own. */
  readonly recordsState: boolean;
  /** A gateway's pod is complete, or filled in by injection (image `auto`). */
  readonly gatewayPods: 'complete' | 'injected';
  /** Ports of the ingress gateway's Service. */
  readonly gatewayPorts: readonly {
    readonly name: string;
    readonly port: number;
    readonly targetPort: number;
  }[];
  /** Whether a workload of a single replica has a PodDisruptionBudget. */
  readonly budgetsForSingleReplicas: boolean;
  /** The component that brings istiod's service account and roles. */
  readonly istiodAccessIn: 'Istio core' | 'Istiod';
  /** Beside the common variables. */
  readonly istiodEnvironment: Readonly<Record<string, string>>;
  /** Whether istiod has its ConfigMaps as files too. */
  readonly mountsConfigMaps: boolean;
  /** Whether istiod may make Deployments for gateways of the Gateway API. */
  readonly managesGateways: boolean;
  /**
   * Whether other clusters' istiods may read ConfigMaps, definitions, and gateways and services of
   * Kubernetes' own multicluster APIs.
   */
  readonly readerReadsMore: boolean;
  /** Telemetry is a matter of EnvoyFilters, or built in. */
  readonly telemetryFilters: boolean;
  /** Beside the common settings of the mesh. */
  readonly meshConfig: Readonly<Record<string, unknown>>;
}

/** What a release's injection does. */
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
  /** Whether the label `sidecar.istio.io/inject` is heeded, not the annotation alone. */
  readonly heedsInjectLabel: boolean;
  /** Whether a pod that says which network it is on is believed. */
  readonly heedsNetworkLabel: boolean;
  /** Whether `sidecar.istio.io/status` tells the revision. */
  readonly statusTellsRevision: boolean;
}

/** How a release of Envoy speaks of what went wrong upstream. */
export interface EnvoyWording {
  readonly version: string;
  /** Whether a reply after a retry says `retried and the latest`. */
  readonly tellsRetry: boolean;
  /** The reset reason of a connection that could not be made. */
  readonly connectionFailure: string;
  /** The reset reason of a connection that was not made in time: 1.16.0 takes it for a reset of its own. */
  readonly connectTimeout: string;
  /**
   * What the kernel said to a connect, as the transport's failure reason; `undefined` where Envoy did not
   * tell yet.
   */
  readonly connectError: ((message: string) => string) | undefined;
  /** @param detail - what the verifier found, where the release tells */
  readonly tlsError: (code: number, name: string, detail?: string) => string;
  /** The status of an answer that was no HTTP. */
  readonly protocolErrorStatus: number;
}
