/** The Docker engine, as far as this platform needs it: words only. */

/** How a program in a container ended. */
export interface ExecResult {
  readonly exitCode: number;
  /** Both streams. */
  readonly output: string;
}

/** What the engine says of itself and of the machine that it runs on. */
export interface EngineInfo {
  readonly id: string;
  readonly version: string;
  readonly operatingSystem: string;
  readonly cpus: number;
  readonly memoryBytes: number;
  readonly isRootless: boolean;
  /** `1` or `2`; undefined if the engine does not say. */
  readonly cgroupVersion: string | undefined;
  /** `linux/amd64`, in the words that images use. */
  readonly platform: string;
  /** containerd keeps the images: one reference may then stand for images of several platforms. */
  readonly keepsPlatforms: boolean;
  /** `docker` or another program that speaks its language. */
  readonly kind: 'docker' | 'podman';
  /**
   * True if bridged packets pass the host's packet filter, which isolates an internal network. Undefined if
   * the engine does not say.
   */
  readonly filtersBridges: boolean | undefined;
}

/** An image that the engine has. */
export interface EngineImage {
  /** `sha256:…` of its configuration, or of its manifest where containerd keeps images. */
  readonly id: string;
  readonly bytes: number;
  /** `name@sha256:…` for each registry that it was pulled from; none for what an archive has brought. */
  readonly digests: readonly string[];
  /** `linux/amd64` */
  readonly platform: string;
}

/** A network of the engine. */
export interface EngineNetwork {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly subnets: readonly string[];
  readonly options: Readonly<Record<string, string>>;
  readonly containers: readonly { readonly id: string; readonly name: string }[];
}

/** A container, running or not. */
export interface EngineContainer {
  readonly id: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly isRunning: boolean;
  /** Network → IPv4 address. */
  readonly addresses: Readonly<Record<string, string>>;
}

/** The wanted properties of a bridge network. */
export interface NetworkOptions {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly subnet: string;
  readonly gateway: string;
  /** The range of addresses that Docker gives to containers that ask for none. */
  readonly ipRange: string;
  readonly mtu?: string;
  readonly internal: boolean;
}

/**
 * The calls of the engine that this platform makes. Each throws what the engine answers, unless it says
 * more.
 */
export interface Engine {
  /** Resolves when the engine answers. */
  ping(): Promise<void>;
  info(): Promise<EngineInfo>;
  networks(): Promise<readonly EngineNetwork[]>;
  /** @throws EngineError with `overlaps` if the subnet is taken */
  createNetwork(options: NetworkOptions): Promise<void>;
  /** Removes a network. Does nothing if it does not exist. */
  removeNetwork(name: string): Promise<void>;
  connect(network: string, container: string, address?: string): Promise<void>;
  disconnect(network: string, container: string): Promise<void>;
  /** Lists the containers with this label, or all containers; running or not. */
  containers(label?: string, value?: string): Promise<readonly EngineContainer[]>;
  /**
   * Reports each of these containers that ends, until `signal` aborts. It watches when the promise resolves.
   * @param onLost - the engine has ended its answer
   */
  watchEnds(
    names: readonly string[],
    onEnd: (name: string, exitCode: string) => void,
    onLost: (error: unknown) => void,
    signal: AbortSignal,
  ): Promise<void>;
  /**
   * Tells whether a container, running or not, has such a file or folder; not if there is no such
   * container.
   */
  hasPath(container: string, path: string): Promise<boolean>;
  createContainer(options: ContainerOptions): Promise<void>;
  /** Removes a container with its anonymous volumes. Does nothing if it does not exist. */
  removeContainer(nameOrId: string): Promise<void>;
  /** Makes a volume. Does nothing if one of that name exists. */
  createVolume(name: string, labels: Readonly<Record<string, string>>): Promise<void>;
  removeVolume(name: string): Promise<void>;
  volumes(label: string): Promise<readonly string[]>;
  hasImage(reference: string): Promise<boolean>;
  /** Describes an image. @returns undefined if the engine does not have it */
  image(reference: string): Promise<EngineImage | undefined>;
  pull(reference: string): Promise<void>;
  /** Gives an image one more name, `repository:tag`. */
  tagImage(reference: string, name: string): Promise<void>;
  /**
   * Opens what `docker save` writes.
   * @param platform - `linux/amd64`: of an image of several, that one; engines before 28 do not heed it
   */
  saveImage(reference: string, platform?: string): Promise<NodeJS.ReadableStream>;
  /** Takes the images of an archive that `docker save` has written. */
  loadImages(archive: NodeJS.ReadableStream): Promise<void>;
  /**
   * Reads a text file of an image that the engine has, from a container that is made for it and never
   * started.
   * @param labels - of that container
   * @returns undefined if the image has no such file
   */
  fileInImage(
    reference: string,
    path: string,
    labels: Readonly<Record<string, string>>,
  ): Promise<string | undefined>;
  exec(container: string, argv: readonly string[]): Promise<ExecResult>;
}

/** The wanted properties of a container. It starts at once and never restarts. */
export interface ContainerOptions {
  readonly name: string;
  readonly image: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
  /** Volume name → path. */
  readonly volumes: Readonly<Record<string, string>>;
}

/** The part of testcontainers' client that the calls are made with. */
export type Client = Awaited<ReturnType<typeof import('testcontainers')['getContainerRuntimeClient']>>;
