/**
 * How a simulated cluster says in its own answers that it is one: whatever a kubeconfig says or has lost, who
 * asks the API server knows it.
 */

/**
 * The end of `gitVersion` in the answer of `/version`: build metadata of a semantic version, which clients
 * pass over.
 */
export const SIMULATED_SUFFIX = '+mesh-harness';

/** `status.nodeInfo.containerRuntimeVersion` of simulated nodes: the form `<runtime>://<version>`. */
export const SIMULATED_RUNTIME = 'simulated://1';

/** Tells whether an API server's `gitVersion`, or a node's `kubeletVersion`, is our simulator's. */
export const isSimulatedVersion = (version: string): boolean => version.endsWith(SIMULATED_SUFFIX);

/** Tells whether a node's `containerRuntimeVersion` is our simulator's. */
export const isSimulatedRuntime = (runtime: string): boolean => runtime.startsWith('simulated:');
