/** Which versions go together: data, with where each comes from. */
import { HarnessError } from '../base/errors.ts';

/** Major and minor: `[1, 34]`. */
export type Line = readonly [major: number, minor: number];

export interface VersionWindow {
  /** The edition of the guide that these Istio releases go with. */
  readonly edition: string;
  /** Istio release that is installed unless another of the line is at hand. */
  readonly istio: string;
  /** Oldest and newest Kubernetes that this Istio works on. */
  readonly kubernetes: readonly [Line, Line];
  /** What kind clusters run: a version inside the window, with its digest. */
  readonly nodeImage: string;
  readonly nodeVersion: string;
  /** The image's containerd does not look into /etc/containerd/certs.d by itself. */
  readonly needsMirrorPatch: boolean;
  readonly sources: readonly string[];
}

export const WINDOWS: readonly VersionWindow[] = [
  {
    edition: '1.8',
    istio: '1.8.0',
    kubernetes: [
      [1, 16],
      [1, 21],
    ],
    nodeImage: 'kindest/node:v1.21.14@sha256:8a4e9bb3f415d2bb81629ce33ef9c76ba514c14d707f9797a01e3216376ba093',
    nodeVersion: 'v1.21.14',
    needsMirrorPatch: true,
    sources: [
      'istio.io/v1.8/about/supported-releases: tested on 1.16 to 1.19',
      'kubernetes/kubernetes CHANGELOG/CHANGELOG-1.22.md: v1beta1 of CRDs and webhooks, which 1.8 installs, are gone from 1.22 on',
      'kubernetes-sigs/kind release v0.20.0: the image and its digest',
    ],
  },
  {
    edition: 'current',
    istio: '1.30.3',
    kubernetes: [
      [1, 32],
      [1, 36],
    ],
    nodeImage: 'kindest/node:v1.34.0@sha256:7416a61b42b1662ca6ca89f02028ac133a309a2a30ba309614e8ec94d976dc5a',
    nodeVersion: 'v1.34.0',
    needsMirrorPatch: false,
    sources: [
      'istio.io/latest/docs/releases/supported-releases: 1.30 on 1.32 to 1.36',
      'kubernetes-sigs/kind release v0.30.0: the image and its digest',
      'kubernetes-sigs/kind release v0.27.0: config_path is set by default',
    ],
  },
];

/** kind that is fetched, and the oldest that is used when found: v0.20.0 made the image of 1.21; later ones still start it (pkg/cluster/internal/kubeadm/config.go @fed2688). */
export const KIND = { fetched: 'v0.30.0', oldest: [0, 20] as Line } as const;

/** kubectl may be a minor version older or newer than the API server (kubernetes.io/releases/version-skew-policy). */
export const KUBECTL_SKEW = 1;

/** @throws HarnessError ERR_UNKNOWN_EDITION */
export function windowOf(edition: string): VersionWindow {
  const found = WINDOWS.find(window => window.edition === edition);
  if (found) return found;
  throw new HarnessError('ERR_UNKNOWN_EDITION', `It is not known which versions go with edition "${edition}".`, {
    hint: `Known editions: ${WINDOWS.map(window => window.edition).join(', ')}`,
  });
}

/** The edition that an Istio release goes with. Whatever came after 1.8 is nearer to today's guide: networks by label came with 1.9. */
export function editionFor(istio: string): string {
  const line = lineOf(istio);
  return line && compare(line, [1, 8]) <= 0 ? '1.8' : 'current';
}

/** `v1.34.0+k3s1`, `kind v0.30.0 go1.24.6 linux/amd64` → `[1, 34]`, `[0, 30]`; undefined if there is no version in it */
export function lineOf(text: string): Line | undefined {
  const match = /(\d+)\.(\d+)/.exec(text);
  return match ? [Number(match[1]), Number(match[2])] : undefined;
}

/** Below zero if `one` is older. */
export const compare = (one: Line, other: Line): number => one[0] - other[0] || one[1] - other[1];
export const isWithin = (line: Line, [from, to]: readonly [Line, Line]): boolean =>
  compare(line, from) >= 0 && compare(line, to) <= 0;
export const formatLine = ([major, minor]: Line): string => `${major}.${minor}`;

/** @returns a sentence if this Kubernetes does not go with the edition's Istio; undefined if it does */
export function kubernetesMismatch(edition: string, version: string): string | undefined {
  const { istio, kubernetes, sources } = windowOf(edition);
  const line = lineOf(version);
  if (!line) return `"${version}" is no version of Kubernetes.`;
  if (isWithin(line, kubernetes)) return undefined;
  const [from, to] = kubernetes.map(formatLine);
  return `Istio ${istio} needs Kubernetes ${from} to ${to}; this is ${version} (${sources[0]}).`;
}
