/** A mesh that is up in this process, as a program sees it. */
import type { ApiClient, ExecOptions, ExecOutcome } from '../base/api-client.ts';
import { isReady, noPods, type PodSelector, podsOf } from '../faults/pods.ts';
import type { ClusterName } from '../model/names.ts';
import type { Topology } from '../model/topology.ts';
import type { Plan } from '../plan/step.ts';
import type { MeshFaults } from './faults.ts';
import { aNumber, anObject, aSignal, aText, checkOptions, texts } from './options.ts';

/** Where a program is run: in a pod that is named, or in the first ready one of those selected. */
export interface ExecTarget {
  readonly namespace: string;
  readonly pod?: string;
  readonly labelSelector?: string;
  /** The pod's default one if it is left out. */
  readonly container?: string;
}

/** A part of the simulated world failed, by a defect of mesh-harness. */
export interface MeshDefect {
  /** Absent if it cannot be said. */
  readonly cluster?: string;
  readonly message: string;
}

/**
 * Simulated clusters that listen on 127.0.0.1 and live in this process, with a mesh in them; `await using`
 * stops it. While it is up, the process does not end by itself.
 * @typeParam Name - the names of its clusters
 */
export interface Mesh<Name extends string = string> extends AsyncDisposable {
  readonly topology: Topology;
  /** What was carried out; with `bare`, what is left to do. */
  readonly plan: Plan;
  /** The path of a file for KUBECONFIG: a context for each cluster, of its name. Others cannot read it. */
  readonly kubeconfig: string;
  /** Cluster → the path of a file with its context alone. */
  readonly kubeconfigs: Readonly<Record<Name, string>>;
  /** Cluster → its context in `kubeconfig`. */
  readonly contexts: Readonly<Record<Name, string>>;
  /** Cluster → a client of its API server, as its administrator. */
  readonly clients: Readonly<Record<Name, ApiClient>>;
  /**
   * Variables for kubectl and scripts of the guide: KUBECONFIG, KUBECACHEDIR, CTX_CLUSTER1 and so on. Give
   * them to a child process beside those of this one.
   */
  readonly env: Readonly<Record<string, string>>;
  /** What can be made to fail. */
  readonly faults: MeshFaults;
  /** Defects of mesh-harness so far: none, one hopes. What was verified after one proves nothing. */
  readonly defects: readonly MeshDefect[];
  /**
   * Runs a program in a container, and waits for its end, whatever its exit code is.
   * @throws HarnessError ERR_USAGE if there is no such cluster or pod; KubernetesApiError if it could not be
   *   started
   */
  exec(
    cluster: NoInfer<Name>,
    target: ExecTarget,
    argv: readonly string[],
    options?: ExecOptions,
  ): Promise<ExecOutcome>;
  /**
   * Ends the clusters and removes their files; a second time waits for the first. Whoever asks the mesh then,
   * or has asked and waits, gets a HarnessError (ERR_USAGE).
   */
  stop(): Promise<void>;
}

const TARGET = { namespace: aText, pod: aText, labelSelector: aText, container: aText };

const EXEC = { argv: texts, stdin: aText, signal: aSignal, clock: anObject, timeoutMs: aNumber };

/** Finds the pod, and runs the program there. */
export async function execIn(
  client: ApiClient,
  cluster: string,
  target: ExecTarget,
  argv: readonly string[],
  options: ExecOptions = {},
): Promise<ExecOutcome> {
  checkOptions('exec', target, TARGET, ['namespace']);
  checkOptions('exec', { argv, ...options }, EXEC, ['argv']);
  const { namespace, pod, labelSelector, container } = target;
  const name =
    pod ??
    (await firstReady(client, cluster, { namespace, ...(labelSelector !== undefined && { labelSelector }) }));
  return await client.exec(namespace, name, container, argv, options);
}

async function firstReady(client: ApiClient, cluster: string, pods: PodSelector): Promise<string> {
  const { items } = await podsOf(client, pods);
  const name = items.find(isReady)?.metadata.name;
  if (name === undefined) throw noPods(cluster, pods);
  return name;
}

/** Makes a record with an entry for each cluster, in the topology's order. */
export const perCluster = <Value>(
  clusters: Iterable<ClusterName>,
  make: (name: ClusterName) => Value,
): Readonly<Record<string, Value>> => Object.fromEntries([...clusters].map(name => [name, make(name)]));
