/** The contract between the kubelet and the programs in containers. Types only. */
import type { Clock } from '../base/clock.ts';
import type { Random } from '../base/random.ts';
import type { NetworkNamespace } from './network/interfaces.ts';

/**
 * Read access to the container's files: image, mounted ConfigMaps, Secrets and projected tokens. Kubelet
 * refreshes volumes.
 */
export interface ContainerFiles {
  /**
   * Reads a file.
   * @throws an Error with code ENOENT
   */
  read(path: string): string;
  exists(path: string): boolean;
  /** Lists the names in a folder, sorted; empty if the folder does not exist. */
  list(folder: string): readonly string[];
  /** Writes a file of the container (emptyDir or its own layer), which goes with it. */
  write(path: string, content: string): void;
}

/**
 * The context of a process in a container: the counterpart of argv, environ, the file system, the network
 * namespace and the kernel's clock.
 */
export interface ProcessContext {
  /** argv[0] is the program's name as it was called. */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly uid: number;
  /** The pod's name. */
  readonly hostname: string;
  readonly files: ContainerFiles;
  readonly network: NetworkNamespace;
  readonly clock: Clock;
  /** A stream of chance that belongs to this process. */
  readonly random: Random;
  readonly stdin?: AsyncIterable<Buffer>;
  /** True if stdout is a terminal: C programs buffer what they print to anything else. */
  readonly isTerminal?: boolean;
  stdout(text: string): void;
  stderr(text: string): void;
  /** Gets what cannot be seen from outside, like an attached debugger. Absent: nobody looks. */
  readonly trace?: (note: ProcessNote) => void;
  /** Aborts when the process must end (SIGTERM, or the exec was cancelled); main must return soon. */
  readonly signal: AbortSignal;
}

/** What a process shows to those who look into it. */
export type ProcessNote =
  | { readonly kind: 'output'; readonly stream: 'stdout' | 'stderr'; readonly text: string }
  | XdsNote;

/** istiod pushed resources to a proxy, or the proxy answered. */
export interface XdsNote {
  readonly kind: 'xds';
  /** The proxy's node id: `sidecar~10.10.0.5~sleep-….sample~sample.svc.cluster.local`. */
  readonly proxy: string;
  /** cds, eds, lds, rds, … */
  readonly type: string;
  readonly version: string;
  readonly outcome: 'PUSH' | 'ACK' | 'NACK';
  /** Of the resources that were pushed. */
  readonly names?: readonly string[];
  /** The length of those resources' messages together, without what is around them. */
  readonly bytes?: number;
  /** Why the proxy refused them. */
  readonly error?: string;
}

/** Where and when a process showed something. */
export interface ProcessSource {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  /** Milliseconds since the epoch, on the world's clock. */
  readonly atMs: number;
}

/** Gets what the main processes of containers show. */
export type OnProcess = (source: ProcessSource, note: ProcessNote) => void;

/** A program: runs until it ends by itself or `signal` aborts. @returns the exit code */
export type Main = (context: ProcessContext) => Promise<number>;

/** An image: which references it stands for, and the programs in it. */
export interface Image {
  /**
   * Which references it stands for, without registry and tag: `istio/proxyv2`; matched against the end of the
   * reference's path.
   */
  readonly name: string;
  /** Restricts the tags; without it every tag matches. */
  readonly tags?: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly user: number;
  /** As in a Dockerfile; a container's `command` replaces both. */
  readonly entrypoint: readonly string[];
  readonly cmd: readonly string[];
  /**
   * Programs by path or name: `/bin/sleep` is found as `sleep` too. A program that is not here cannot be run or
   * exec'ed (exit code 127 or 126).
   */
  readonly programs: Readonly<Record<string, Main>>;
}

/** @returns undefined for an image that cannot be pulled (ErrImagePull) */
export type ImageCatalog = (reference: string) => Image | undefined;
