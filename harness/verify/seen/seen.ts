/** What was seen of a mesh when its steps and checks had ended: evidence, never a guess. Types only. */

/**
 * How a thing was seen: `present`, `absent` (the API server or istiod told so), `broken` (there, but of no
 * use), or `not-seen` (nobody could be asked, or the answer was an error).
 */
export type SightState = 'present' | 'absent' | 'broken' | 'not-seen';

/** How one thing was seen. */
export interface Sight {
  readonly state: SightState;
  /** Why it is broken, or was not seen. */
  readonly error?: string;
}

/** Pods of one kind: present if one of them is ready. */
export interface SeenPods extends Sight {
  readonly pods: number;
  readonly ready: number;
}

/** An istiod, by its pods. */
export interface SeenIstiod extends SeenPods {
  /** The tag of its image. */
  readonly version?: string;
  /** What the program says that it is: `1.31.0`; the same as the tag, if the image is what it is called. */
  readonly says?: string;
}

/** Whose an address is; null of one that belongs to nobody who was seen. */
export type SeenOwner = {
  readonly kind: 'gateway' | 'istiod' | 'pod';
  readonly cluster: string;
} | null;

/** The Service without a selector by which the proxies of a remote find their istiod. */
export interface SeenIstiodService extends Sight {
  readonly name?: string;
  /** Where its endpoints point. */
  readonly leadsTo: readonly { readonly address: string; readonly owner: SeenOwner }[];
}

/** An east-west gateway: its Service and its pods. */
export interface SeenGateway extends SeenPods {
  readonly addresses: readonly string[];
}

/** A remote secret that a cluster holds. */
export interface SeenSecret extends Sight {
  /** `istio-system/istio-remote-secret-cluster2` */
  readonly secret: string;
  /** The cluster of the topology that it gives access to; null if it is for none of them. */
  readonly cluster: string | null;
  /** The id under which istiod knows that cluster; null of an empty secret. */
  readonly id: string | null;
  readonly hasLabel: boolean;
  /** What istiod says of it: `synced`; null if it was not asked, or does not tell. */
  readonly istiodSays: string | null;
}

/** The remote secrets of a cluster. */
export interface SeenSecrets extends Sight {
  readonly secrets: readonly SeenSecret[];
}

/** The proxies of one workload, and the istiods that have them connected, as istiod itself reports it. */
export interface SeenProxy extends Sight {
  /** `sleep`, `helloworld-v1`, `istio-eastwestgateway` */
  readonly workload: string;
  readonly pods: readonly string[];
  /** The clusters whose istiod has them connected. */
  readonly istiods: readonly string[];
}

/** An endpoint of HelloWorld in the proxy of a client. */
export interface SeenEndpoint {
  readonly address: string;
  readonly owner: SeenOwner;
}

/** The endpoints of HelloWorld that the client's proxy has. */
export interface SeenEndpoints extends Sight {
  readonly endpoints: readonly SeenEndpoint[];
}

/** What was seen in one cluster. */
export interface SeenCluster {
  readonly cluster: string;
  /** Broken if it was asked and refused to tell all; not seen if it did not answer. */
  readonly apiServer: Sight;
  /** `v1.32.4` */
  readonly kubernetes?: string;
  readonly istiod: SeenIstiod;
  readonly istiodService: SeenIstiodService;
  readonly gateway: SeenGateway;
  readonly remoteSecrets: SeenSecrets;
  /** Of each version that the topology has here, or that was found. */
  readonly helloWorld: readonly (SeenPods & { readonly version: string })[];
  readonly client: SeenPods & { readonly name: string };
  readonly proxies: readonly SeenProxy[];
  /** What the proxies that are connected to its istiods say that they are, each once. */
  readonly proxyVersions?: readonly string[];
  readonly endpoints: SeenEndpoints;
}

/** Calls from one cluster's client to HelloWorld in another, or in its own. */
export interface SeenCalls extends Sight {
  readonly from: string;
  readonly to: string;
  readonly requests: number;
  readonly answered: number;
  /**
   * The cluster whose gateway they go through, null for the pods' own addresses, as the client's proxy has
   * its endpoints; absent where it has none, or was not asked.
   */
  readonly via?: string | null;
}

/** What was seen of a mesh. */
export interface Seen {
  /** In the order of the topology. */
  readonly clusters: readonly SeenCluster[];
  readonly calls: readonly SeenCalls[];
}

/** Returns what is known of a cluster that was not looked at. */
export function unseenCluster(
  cluster: string,
  why: string,
  { client, helloWorld }: { readonly client: string; readonly helloWorld: readonly string[] },
): SeenCluster {
  const unseen = { state: 'not-seen', error: why } as const;
  const noPods = { ...unseen, pods: 0, ready: 0 };
  return {
    cluster,
    apiServer: unseen,
    istiod: noPods,
    istiodService: { ...unseen, leadsTo: [] },
    gateway: { ...noPods, addresses: [] },
    remoteSecrets: { ...unseen, secrets: [] },
    helloWorld: helloWorld.map(version => ({ ...noPods, version })),
    client: { ...noPods, name: client },
    proxies: [],
    endpoints: { ...unseen, endpoints: [] },
  };
}
