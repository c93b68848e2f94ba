/** What the user decides about kind clusters, and what one run knows while it brings them up. */
import type { Clock } from '../../base/clock.ts';
import type { CleanupStack } from '../../base/dispose.ts';
import type { Topology } from '../../model/topology.ts';
import type { ProxySettings } from '../../process/proxies.ts';
import type { Ledger } from '../ledger.ts';
import type { Programs } from '../platform.ts';
import type { ProgramOptions } from '../programs.ts';
import type { VersionWindow } from '../version-windows.ts';
import type { Engine } from './engine/engine.ts';
import type { OpenedBundle } from './images/opened-bundle.ts';

export interface KindOptions extends Omit<ProgramOptions, 'signal'> {
  /** Decides which Kubernetes and which Istio. */
  readonly edition: string;
  /** The folder of all runs' state. */
  readonly state: string;
  /** Lower-case letters and digits; made up by default. */
  readonly runId?: string;
  readonly imageArchives?: readonly string[];
  /** A file of `mesh-harness images save`: what it holds need not be fetched. */
  readonly bundle?: string;
  /** In the place of the edition's node image: what kind build node-image makes, in any registry. */
  readonly nodeImage?: string;
  readonly noCache?: boolean;
  readonly hub?: string;
  readonly tag?: string;
  /** `values.…=…` for every `istioctl install`. */
  readonly set?: readonly string[];
  readonly loadBalancer?: string;
  /** A configuration of Docker's with credentials for private registries. */
  readonly registryConfig?: string;
  /** Image of the pull-through cache; `registry:2` by default. */
  readonly cacheImage?: string;
  /**
   * Milliseconds for `kind create cluster`; a quarter of an hour by default, since an image may have to be
   * pulled first.
   */
  readonly createMs?: number;
  /** How many clusters are made at a time; by default as many as the machine bears. */
  readonly createAtOnce?: number;
  /** Milliseconds without an answer until an API server or the engine is lost; a minute by default. */
  readonly lostMs?: number;
}

/** What a run on kind has found out before it makes anything. */
export interface Prepared {
  readonly engine: Engine;
  readonly programs: Programs;
  /** Path of the program. */
  readonly kind: string;
  /** The release that is installed: that of `programs`. */
  readonly istio: string;
  /** With the node image as it is here, and what hangs on its Kubernetes. */
  readonly window: VersionWindow;
  /** Those of the user, completed by the settings of a bundle. */
  readonly options: KindOptions;
  /** The bundle that was verified; its images for nodes are still in it. */
  readonly bundle?: OpenedBundle;
  /** Those that nodes need, where they had to be known beforehand. */
  readonly images?: readonly string[];
  /** What the report tells beside the adjustments. */
  readonly remarks: readonly string[];
  /** `kind`, `docker`, `node image` → the version that was found. */
  readonly versions: Readonly<Record<string, string>>;
  /** The user's, which kind gives to nodes. */
  readonly proxies?: ProxySettings;
}

/** All that the parts of one run share. */
export interface RunContext extends Prepared {
  readonly topology: Topology;
  readonly ledger: Ledger;
  readonly runId: string;
  /** What nodes and programs reach without proxies, once the networks are there. */
  readonly noProxy?: string;
  readonly cleanUp: CleanupStack;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Called with messages for the user and for the diagnostics. */
  readonly tell: (message: string) => void;
}
