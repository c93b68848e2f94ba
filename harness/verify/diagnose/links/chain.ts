/** All that the links of a chain look at: facts, names, and answers of probes. */
import type { ClusterName } from '../../../model/names.ts';
import type { ClusterSpec } from '../../../model/topology.ts';
import type { Facts, KnownEndpoint } from '../facts.ts';
import type { Installed } from '../installed.ts';
import type { StepIndex } from '../steps.ts';

/** How a cluster was reached. */
export interface ContextAnswer {
  readonly spec: ClusterSpec;
  /** The name of the context. */
  readonly context: string;
  readonly server: string;
  /** Why its API server could not be asked; then the cluster has no facts. */
  readonly trouble?: string;
}

/** An answer, or why there is none. */
export type Answered<T> = { readonly answer: T } | { readonly trouble: string };

/** How curl in a client's pod ended: its exit code, and what it wrote. */
export interface CurlAnswer {
  readonly exitCode: number;
  readonly stdout: string;
}

/** A cluster as an istiod knows it (`/debug/clusterz`). */
export interface IstiodCluster {
  readonly id: string;
  /** `istio-system/istio-remote-secret-cluster2`; empty for its own. */
  readonly secret: string;
  /** `synced`, `syncing`, `timeout`. */
  readonly status: string;
}

/** What was asked of pods, proxies and other identities. */
export interface Probes {
  /** Of each primary's istiod: the clusters that it reads. */
  readonly istiods: ReadonlyMap<ClusterName, Answered<readonly IstiodCluster[]>>;
  /** From each client's proxy: the endpoints of HelloWorld. */
  readonly endpoints: ReadonlyMap<ClusterName, Answered<readonly KnownEndpoint[]>>;
  /** Of each client: one call of HelloWorld. */
  readonly calls: ReadonlyMap<ClusterName, Answered<CurlAnswer>>;
  /** By `reachKey`: whether a client's pod gets an answer from a URL. */
  readonly reach: ReadonlyMap<string, Answered<CurlAnswer>>;
  /** By `tokenKey`: the status with which an API server answers the bearer of a remote secret's token. */
  readonly tokens: ReadonlyMap<string, Answered<number>>;
}

/** Names one way: from a cluster's client to a URL. */
export const reachKey = (from: ClusterName, url: string): string => `${from} ${url}`;
/** @param into - the cluster that holds the secret, @param of - the cluster whose server is asked */
export const tokenKey = (into: ClusterName, secret: string, of: ClusterName): string =>
  `${into} ${secret} ${of}`;

/** The facts of a mesh, with the answers of probes. */
export interface Chain extends Facts {
  readonly contexts: ReadonlyMap<ClusterName, ContextAnswer>;
  /** Of each cluster that has facts. */
  readonly installed: ReadonlyMap<ClusterName, Installed>;
  readonly steps: StepIndex;
  /** The client's `app` label, and its container. */
  readonly client: string;
  readonly probes: Probes;
}
