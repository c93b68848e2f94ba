/** The versions that go together, as data, each with its source. */
import type { Line } from './version-line.ts';

/** The versions that one edition of the guide works with. */
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

/** One window for each edition. */
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
      'kubernetes-sigs/kind release v0.20.0: the image and its digest; pkg/cluster/internal/kubeadm/config.go @v0.33.0: later ones still start it',
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
 * products/istio.md @0118c30. The windows above say more of 1.8 and 1.30; the
 * lines between have no edition.
 */
export const KUBERNETES_OF: Readonly<Record<string, readonly [Line, Line]>> = {
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
export const FETCHED_KIND = 'v0.33.0';

/**
 * kubectl may be a minor version older or newer than the API server
 * (kubernetes.io/releases/version-skew-policy).
 */
export const KUBECTL_SKEW = 1;

/** What a run asks of a release, and the line that it came with. */
export const CAME_WITH = {
  /**
   * `create-remote-secret --server`; istio/istio istioctl/pkg/multicluster/remote_secret.go: absent @1.8.0,
   * there @1.9.0.
   */
  serverFlag: [1, 9],
  /** An archive for macOS on ARM; istio/istio release/downloadIstioCandidate.sh. */
  armArchiveForMac: [1, 10],
} as const satisfies Readonly<Record<string, Line>>;

/** The page that `KUBERNETES_OF` is taken from. */
export const SUPPORTED_RELEASES = 'istio.io/latest/docs/releases/supported-releases';
