/** A proxy as it introduces itself to istiod (Envoy's core.v3.Node, cut). */

/** The first message of a discovery stream carries it. */
export interface XdsNode {
  /** `sidecar~10.10.0.5~sleep-xyz.sample~sample.svc.cluster.local`, or `router~…`. */
  readonly id: string;
  /**
   * The proxy's environment `ISTIO_META_*` without the prefix: CLUSTER_ID, NETWORK, MESH_ID, ROUTER_MODE,
   * REQUESTED_NETWORK_VIEW, …
   */
  readonly metadata: Readonly<Record<string, string>>;
  /** The pod's labels, which Gateway selectors match. */
  readonly labels: Readonly<Record<string, string>>;
  /** The mesh's `ProxyConfig` that the agent was started with. Who asks istiod a question has none. */
  readonly proxyConfig?: Readonly<Record<string, unknown>>;
}
