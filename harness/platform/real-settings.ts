/** What platforms with real clusters need to know. */
import type { ProgramOptions } from './programs.ts';

/** Settings for real clusters and the programs that work on them. */
export interface RealSettings extends Omit<ProgramOptions, 'signal'> {
  readonly edition: string;
  /** The folder of the ledgers. */
  readonly state: string;
  readonly contexts: readonly string[];
  readonly apiServers: readonly string[];
  /** The environment: `CTX_CLUSTER1` and so on are read from it. */
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly kubeconfigs: readonly string[];
  readonly imageArchives: readonly string[];
  readonly noCache: boolean;
  /** A file of `mesh-harness images save`; for kind. */
  readonly bundle?: string;
  /** Of kind's nodes, in the place of the edition's. */
  readonly nodeImage?: string;
  readonly loadBalancer?: string;
  /** Credentials for private registries, as `docker login` writes them. */
  readonly registryConfig?: string;
  /** On existing clusters: removes what an Istio that was taken off has left, and nothing else. */
  readonly cleanLeftovers?: boolean;
  readonly hub?: string;
  readonly tag?: string;
  readonly set: readonly string[];
}
