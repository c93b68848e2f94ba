/** Which versions go together: data, with where each comes from. */
import { HarnessError } from '../base/errors.ts';

/** Major and minor: `[1, 34]`. */
export type Line = readonly [major: number, minor: number];

export interface VersionWindow {
  /** The edition of the guide that these Istio releases go with. */
  readonly edition: string;
  /** Istio release that is installed unless another of the line is at hand. */
  readonly istio: string;
  /** Oldest and newest line of Istio that has what the edition's steps ask for. */
  readonly releases: readonly [Line, Line];
  /** Oldest and newest Kubernetes that this Istio works on. */
  readonly kubernetes: readonly [Line, Line];
  /** What kind clusters run: a version inside the window, with its digest. */
  readonly nodeImage: string;
  readonly nodeVersion: string;
  /** The oldest kind that works with this node image. */
  readonly oldestKind: Line;
  /** The image's containerd does not look into /etc/containerd/certs.d by itself. */
  readonly needsMirrorPatch: boolean;
  readonly sources: readonly string[];
}

export const WINDOWS: readonly VersionWindow[] = [
  {
    edition: '1.8',
    istio: '1.8.0',
    releases: [
      [1, 8],
      [1, 8],
    ],
    kubernetes: [
      [1, 16],
      [1, 21],
    ],
    nodeImage:
      'kindest/node:v1.21.14@sha256:8a4e9bb3f415d2bb81629ce33ef9c76ba514c14d707f9797a01e3216376ba093',
    nodeVersion: 'v1.21.14',
    oldestKind: [0, 20],
    needsMirrorPatch: true,
    sources: [
      'istio.io/v1.8/about/supported-releases: tested on 1.16 to 1.19',
      'kubernetes/kubernetes CHANGELOG/CHANGELOG-1.22.md: v1beta1 of CRDs and webhooks, which 1.8 installs, are gone from 1.22 on',
      'kubernetes-sigs/kind release v0.20.0: the image and its digest; pkg/cluster/internal/kubeadm/config.go @v0.32.0: later ones still start it',
    ],
  },
  {
    edition: 'current',
    istio: '1.30.3',
    releases: [
      [1, 24],
      [1, Number.POSITIVE_INFINITY],
    ],
    kubernetes: [
      [1, 32],
      [1, 36],
    ],
    nodeImage: 'kindest/node:v1.34.0@sha256:7416a61b42b1662ca6ca89f02028ac133a309a2a30ba309614e8ec94d976dc5a',
    nodeVersion: 'v1.34.0',
    oldestKind: [0, 27],
    needsMirrorPatch: false,
    sources: [
      'istio.io/latest/docs/releases/supported-releases: 1.30 on 1.32 to 1.36',
      'kubernetes-sigs/kind release v0.30.0: the image and its digest',
      'kubernetes-sigs/kind release v0.27.0: config_path is set by default',
      'kubernetes-sigs/kind pkg/cluster/nodeutils/util.go: up to 0.26 it cannot read the configuration of containerd 2, and so loads no archive',
      'istio/istio samples/curl: absent @1.23.0, there @1.24.0',
    ],
  },
];

/**
 * Istio's lines → oldest and newest Kubernetes: the column "Supported Kubernetes Versions" of
 * istio.io/latest/docs/releases/supported-releases, as kept in endoflife-date/endoflife.date
 * products/istio.md @0118c30. Of 1.8 and 1.30 the windows above tell more; what lies between has no edition.
 */
const KUBERNETES_OF: Readonly<Record<string, readonly [Line, Line]>> = {
  ...Object.fromEntries(WINDOWS.map(({ istio, kubernetes }) => [istio.replace(/\.\d+$/, ''), kubernetes])),
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

/** The kind that is fetched where none is found that will do. */
export const FETCHED_KIND = 'v0.30.0';

/**
 * kubectl may be a minor version older or newer than the API server
 * (kubernetes.io/releases/version-skew-policy).
 */
export const KUBECTL_SKEW = 1;

/** What a run asks of a release, and the line that it came with. */
const CAME_WITH = {
  /**
   * `create-remote-secret --server`; istio/istio istioctl/pkg/multicluster/remote_secret.go: absent @1.8.0,
   * there @1.9.0.
   */
  serverFlag: [1, 9],
  /** An archive for macOS on ARM; istio/istio release/downloadIstioCandidate.sh. */
  armArchiveForMac: [1, 10],
} as const satisfies Readonly<Record<string, Line>>;

/** Whether a release of Istio has it. */
export function istioHas(feature: keyof typeof CAME_WITH, istio: string): boolean {
  const line = lineOf(istio);
  return line !== undefined && compare(line, CAME_WITH[feature]) >= 0;
}

/** @throws HarnessError ERR_UNKNOWN_EDITION */
export function windowOf(edition: string): VersionWindow {
  const found = WINDOWS.find(window => window.edition === edition);
  if (found) return found;
  throw new HarnessError(
    'ERR_UNKNOWN_EDITION',
    `It is not known which versions go with edition "${edition}".`,
    {
      hint: `Known editions: ${WINDOWS.map(window => window.edition).join(', ')}`,
    },
  );
}

/**
 * The edition that an Istio release goes with. Whatever came after 1.8 is nearer to today's guide: networks
 * by label came with 1.9.
 */
export function editionFor(istio: string): string {
  const line = lineOf(istio);
  return line && compare(line, [1, 8]) <= 0 ? '1.8' : 'current';
}

/**
 * `v1.34.0+k3s1`, `kind v0.30.0 go1.24.6 linux/amd64` → `[1, 34]`, `[0, 30]`; undefined if there is no
 * version in it
 */
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
 * @param istio - the release, where it is another than the edition's own; of a line that is not known,
 *   nothing is said
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

/** @returns a sentence if the edition's steps cannot be run with this release; undefined if they can */
export function editionMismatch(edition: string, istio: string): string | undefined {
  const line = lineOf(istio);
  if (!line) return `"${istio}" is no version of Istio.`;
  if (isWithin(line, windowOf(edition).releases)) return undefined;
  const fitting = WINDOWS.find(({ releases }) => isWithin(line, releases));
  if (fitting) return `Istio ${istio} goes with edition ${fitting.edition}, not with ${edition}.`;
  const windows = WINDOWS.map(window => `${window.edition} is for ${releasesOf(window)}`);
  return `Istio ${istio} goes with no edition: ${windows.join(', ')}.`;
}

/** `1.24 and later`. */
export function releasesOf({ releases: [from, to] }: VersionWindow): string {
  if (compare(from, to) === 0) return formatLine(from);
  return Number.isFinite(to[1])
    ? `${formatLine(from)} to ${formatLine(to)}`
    : `${formatLine(from)} and later`;
}
