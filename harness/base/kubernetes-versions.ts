/** The versions of Kubernetes that the simulator's API can be. */

/** A minor version that the simulator's API can be. */
export type KubernetesMinor = '1.34' | '1.35' | '1.36';

/**
 * By minor version: the release that the API server says it is. The pinned Istio supports these
 * (istio.io/latest/docs/releases/supported-releases: 1.30 on 1.32 to 1.36).
 */
export const KUBERNETES_VERSIONS: Readonly<Record<KubernetesMinor, string>> = {
  '1.34': 'v1.34.3',
  '1.35': 'v1.35.4',
  '1.36': 'v1.36.3',
};

/** The one whose answers are held against a real API server (docs/parity.md). */
export const DEFAULT_KUBERNETES: KubernetesMinor = '1.34';

/** The minor versions, the oldest first: the keys of the table, which has no others. */
export const KUBERNETES_MINORS = Object.keys(KUBERNETES_VERSIONS) as readonly KubernetesMinor[];

/** Returns the number behind the dot, by which what a version has is compared: 34. */
export const minorNumber = (minor: KubernetesMinor): number => Number(minor.slice('1.'.length));
