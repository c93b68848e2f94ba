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

/**
 * Istio's lines → oldest and newest Kubernetes: the column "Supported Kubernetes Versions" of istio.io/latest/docs/releases/supported-releases, as
 * kept in istio/istio.io data/compatibility/supportStatus.yml @0a759c7 (1.13 to 1.22) and endoflife-date/endoflife.date products/istio.md
 * @0118c30 (1.9 to 1.12, 1.23 to 1.29). Of 1.8 and 1.30 the windows above tell more.
 */
const KUBERNETES_OF: Readonly<Record<string, readonly [Line, Line]>> = {
  ...Object.fromEntries(WINDOWS.map(({ istio, kubernetes }) => [istio.replace(/\.\d+$/, ''), kubernetes])),
  '1.9': between(17, 20),
  '1.10': between(18, 21),
  '1.11': between(18, 22),
  '1.12': between(19, 22),
  '1.13': between(20, 23),
  '1.14': between(21, 24),
  '1.15': between(22, 25),
  '1.16': between(22, 25),
  '1.17': between(23, 26),
  '1.18': between(24, 27),
  '1.19': between(25, 28),
  '1.20': between(25, 29),
  '1.21': between(26, 29),
  '1.22': between(27, 30),
  '1.23': between(27, 30),
  '1.24': between(28, 31),
  '1.25': between(29, 32),
  '1.26': between(29, 33),
  '1.27': between(29, 33),
  '1.28': between(30, 34),
  '1.29': between(31, 35),
};

function between(from: number, to: number): readonly [Line, Line] {
  return [
    [1, from],
    [1, to],
  ];
}

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

/**
 * @param version - of Kubernetes
 * @param istio - the release, where it is another than the edition's own; of a line that is not known, nothing is said
 * @returns a sentence if this Kubernetes does not go with it; undefined if it does
 */
export function kubernetesMismatch(edition: string, version: string, istio?: string): string | undefined {
  const window = windowOf(edition);
  const release = istio ?? window.istio;
  const line = lineOf(version);
  if (!line) return `"${version}" is no version of Kubernetes.`;
  const istioLine = lineOf(release);
  const range = istioLine && KUBERNETES_OF[formatLine(istioLine)];
  if (!range || isWithin(line, range)) return undefined;
  const [from, to] = range.map(formatLine);
  const source = lineOf(window.istio)?.join() === istioLine.join() ? window.sources[0] : SUPPORTED_RELEASES;
  return `Istio ${release} needs Kubernetes ${from} to ${to}; this is ${version} (${source}).`;
}

const SUPPORTED_RELEASES = 'istio.io/latest/docs/releases/supported-releases';

/** @returns a sentence if the release's guide is another edition than the one that is to be run; undefined if it is that one */
export function editionMismatch(edition: string, istio: string): string | undefined {
  const followed = editionFor(istio);
  return followed === edition ? undefined : `Istio ${istio} goes with edition ${followed}, not with ${edition}.`;
}
