/** The Docker engine, as far as this platform needs it; testcontainers finds it. */
import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { HarnessError, messageOf } from '../../base/errors.ts';

/** How a program in a container ended. */
export interface ExecResult {
  readonly exitCode: number;
  /** Both streams. */
  readonly output: string;
}

export interface EngineInfo {
  readonly id: string;
  readonly version: string;
  readonly operatingSystem: string;
  readonly cpus: number;
  readonly memoryBytes: number;
  readonly isRootless: boolean;
  /** `docker` or another program that speaks its language. */
  readonly kind: 'docker' | 'podman';
  /**
   * Whether bridged packets pass the host's packet filter: what isolates an internal network. Undefined if
   * the engine does not say.
   */
  readonly filtersBridges: boolean | undefined;
}

export interface EngineNetwork {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly subnets: readonly string[];
  readonly options: Readonly<Record<string, string>>;
  readonly containers: readonly { readonly id: string; readonly name: string }[];
}

export interface EngineContainer {
  readonly id: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly isRunning: boolean;
  /** Network → IPv4 address. */
  readonly addresses: Readonly<Record<string, string>>;
}

export interface NetworkOptions {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly subnet: string;
  readonly gateway: string;
  /** Where Docker takes addresses from that no one has asked for. */
  readonly ipRange: string;
  readonly mtu?: string;
  readonly internal: boolean;
}

export interface Engine {
  /** Resolves when the engine answers. */
  ping(): Promise<void>;
  info(): Promise<EngineInfo>;
  networks(): Promise<readonly EngineNetwork[]>;
  /** @throws EngineError with `overlaps` if the subnet is taken */
  createNetwork(options: NetworkOptions): Promise<void>;
  /** Nothing happens if there is none. */
  removeNetwork(name: string): Promise<void>;
  connect(network: string, container: string, address?: string): Promise<void>;
  disconnect(network: string, container: string): Promise<void>;
  /** All containers with this label, or all that there are; running or not. */
  containers(label?: string, value?: string): Promise<readonly EngineContainer[]>;
  /**
   * Tells of each of these containers that ends, until `signal` aborts. It watches when the promise resolves.
   * @param onLost - the engine has ended its answer
   */
  watchEnds(
    names: readonly string[],
    onEnd: (name: string, exitCode: string) => void,
    onLost: (error: unknown) => void,
    signal: AbortSignal,
  ): Promise<void>;
  createContainer(options: ContainerOptions): Promise<void>;
  /** With its anonymous volumes; nothing happens if there is none. */
  removeContainer(nameOrId: string): Promise<void>;
  /** Nothing happens if there is one of that name. */
  createVolume(name: string, labels: Readonly<Record<string, string>>): Promise<void>;
  removeVolume(name: string): Promise<void>;
  volumes(label: string): Promise<readonly string[]>;
  hasImage(reference: string): Promise<boolean>;
  pull(reference: string): Promise<void>;
  exec(container: string, argv: readonly string[]): Promise<ExecResult>;
}

export interface ContainerOptions {
  readonly name: string;
  readonly image: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
  /** Volume name → path. */
  readonly volumes: Readonly<Record<string, string>>;
}

type Client = Awaited<ReturnType<typeof import('testcontainers')['getContainerRuntimeClient']>>;

/** @throws HarnessError ERR_PLATFORM_NOT_READY if no engine answers */
export async function connectEngine(): Promise<Engine> {
  let client: Client;
  try {
    const { getContainerRuntimeClient } = await import('testcontainers');
    client = await getContainerRuntimeClient();
  } catch (error) {
    throw new HarnessError('ERR_PLATFORM_NOT_READY', `No Docker engine answers: ${messageOf(error)}`, {
      hint: 'Start Docker, and make sure that `docker info` works for this user.',
      cause: error,
    });
  }
  return engineOf(client);
}

function engineOf(client: Client): Engine {
  const docker = client.container.dockerode;
  return {
    ping: async () => {
      await docker.ping();
    },
    info: async () => {
      // dockerode types it as any; only these fields are used.
      const info = (await docker.info()) as Record<string, unknown>;
      const security = Array.isArray(info['SecurityOptions']) ? info['SecurityOptions'].map(String) : [];
      const system = String(info['OperatingSystem'] ?? '');
      const filters = info['BridgeNfIptables'];
      return {
        id: String(info['ID'] ?? ''),
        version: String(info['ServerVersion'] ?? ''),
        operatingSystem: system,
        cpus: Number(info['NCPU'] ?? 0),
        memoryBytes: Number(info['MemTotal'] ?? 0),
        isRootless: security.some(option => option.includes('rootless')),
        kind: /podman/i.test(
          `${system} ${String(info['ProductLicense'] ?? '')} ${String(info['InitBinary'] ?? '')}`,
        )
          ? 'podman'
          : 'docker',
        // Engines from 28 on no longer say it; they load what they need themselves.
        filtersBridges: typeof filters === 'boolean' ? filters : undefined,
      };
    },
    networks: async () => {
      const all = await docker.listNetworks();
      return await Promise.all(
        all.map(async ({ Id, Name, Labels, IPAM, Options }) => {
          // The list names no containers; a network may be gone by the time that it is asked for.
          const details = await ignoreMissing(() => docker.getNetwork(Id).inspect());
          const containers: Readonly<Record<string, { readonly Name?: string }>> = details?.Containers ?? {};
          return {
            name: Name,
            labels: Labels ?? {},
            subnets: (IPAM?.Config ?? []).flatMap(({ Subnet }) => (Subnet === undefined ? [] : [Subnet])),
            options: Options ?? {},
            containers: Object.entries(containers).map(([id, { Name: name = '' }]) => ({ id, name })),
          };
        }),
      );
    },
    createNetwork: async ({ name, labels, subnet, gateway, ipRange, mtu, internal }) => {
      try {
        await client.network.create({
          Name: name,
          CheckDuplicate: true,
          Driver: 'bridge',
          Internal: internal,
          EnableIPv6: false,
          IPAM: { Driver: 'default', Config: [{ Subnet: subnet, Gateway: gateway, IPRange: ipRange }] },
          Labels: { ...labels },
          Options: mtu === undefined ? {} : { 'com.docker.network.driver.mtu': mtu },
        });
      } catch (error) {
        throw new EngineError(`The network ${name} could not be made`, error);
      }
    },
    removeNetwork: async name => {
      // By id, since a name may stand for several networks and for parts of an id.
      const found = (await docker.listNetworks()).filter(network => network.Name === name);
      for (const { Id } of found) await ignoreMissing(() => docker.getNetwork(Id).remove());
    },
    connect: async (network, container, address) => {
      await docker.getNetwork(network).connect({
        Container: container,
        ...(address !== undefined && { EndpointConfig: { IPAMConfig: { IPv4Address: address } } }),
      });
    },
    disconnect: async (network, container) => {
      await ignoreMissing(() => docker.getNetwork(network).disconnect({ Container: container, Force: true }));
    },
    containers: async (label, value) => {
      const found = await docker.listContainers({
        all: true,
        ...(label !== undefined && {
          filters: { label: [value === undefined ? label : `${label}=${value}`] },
        }),
      });
      return found.map(({ Id, Names, Labels, State, NetworkSettings }) => ({
        id: Id,
        name: (Names[0] ?? '').replace(/^\//, ''),
        labels: Labels,
        isRunning: State === 'running',
        addresses: Object.fromEntries(
          Object.entries(NetworkSettings?.Networks ?? {}).map(([name, { IPAddress }]) => [name, IPAddress]),
        ),
      }));
    },
    watchEnds: async (names, onEnd, onLost, signal) => {
      const events = await docker.getEvents({
        abortSignal: signal,
        filters: { type: ['container'], event: ['die'], container: [...names] },
      });
      // Lines of JSON; one event may come in several pieces.
      const lines = createInterface({ input: events, crlfDelay: Number.POSITIVE_INFINITY });
      lines.on('line', line => {
        // An events message.
        const { Actor } = JSON.parse(line) as { Actor?: { Attributes?: Record<string, string> } };
        onEnd(Actor?.Attributes?.['name'] ?? '', Actor?.Attributes?.['exitCode'] ?? 'unknown');
      });
      const lost = (error?: unknown) => {
        if (!signal.aborted) onLost(error ?? new Error('its answer ended'));
      };
      events.on('error', lost);
      lines.on('error', lost);
      lines.on('close', () => lost());
    },
    createContainer: async ({ name, image, labels, env, volumes }) => {
      const container = await docker.createContainer({
        name,
        Image: image,
        Labels: { ...labels },
        Env: Object.entries(env).map(([key, value]) => `${key}=${value}`),
        HostConfig: {
          Binds: Object.entries(volumes).map(([volume, path]) => `${volume}:${path}`),
          RestartPolicy: { Name: 'no' },
        },
      });
      await container.start();
    },
    removeContainer: async nameOrId => {
      await ignoreMissing(() => docker.getContainer(nameOrId).remove({ force: true, v: true }));
    },
    createVolume: async (name, labels) => {
      await docker.createVolume({ Name: name, Labels: { ...labels } });
    },
    removeVolume: async name => {
      await ignoreMissing(() => docker.getVolume(name).remove());
    },
    volumes: async label => {
      const { Volumes } = await docker.listVolumes({ filters: { label: [label] } });
      return (Volumes ?? []).map(({ Name }) => Name);
    },
    hasImage: async reference =>
      (await ignoreMissing(() => docker.getImage(reference).inspect())) !== undefined,
    pull: async reference => {
      const stream = await docker.pull(reference);
      await new Promise<void>((resolve, reject) => {
        docker.modem.followProgress(stream, error => (error ? reject(error) : resolve()));
      });
    },
    exec: async (container, argv) => {
      // Without a standard input. That of testcontainers' own exec stays open where the engine refuses to
      // start the program, as in a container
      // that is being removed, and keeps its connection and with it this process for the five minutes until
      // the engine forgets it.
      const exec = await docker
        .getContainer(container)
        .exec({ Cmd: [...argv], AttachStdout: true, AttachStderr: true });
      const stream = await exec.start({ stdin: false });
      const chunks: Buffer[] = [];
      const both = new Writable({
        write: (chunk: Buffer, _encoding, done) => {
          chunks.push(chunk);
          done();
        },
      });
      docker.modem.demuxStream(stream, both, both);
      await finished(stream, { writable: false });
      const { ExitCode } = await exec.inspect();
      return { exitCode: ExitCode ?? -1, output: Buffer.concat(chunks).toString('utf8') };
    },
  };
}

/** The engine refused. */
export class EngineError extends Error {
  override readonly name = 'EngineError';
  /** The subnet is in use by someone else: another one may do. */
  readonly overlaps: boolean;

  constructor(what: string, cause: unknown) {
    super(`${what}: ${messageOf(cause)}`, { cause });
    // moby/moby libnetwork ipamapi: "Pool overlaps with other one on this address space" (20.10 to 28),
    // "…invalid pool request…" around it.
    this.overlaps = /[Pp]ool overlaps/.test(this.message);
  }
}

const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'statusCode' in error && error.statusCode === 404;
/**
 * Another removal of the same container goes on: it will be gone (409, "removal of container … is already in
 * progress").
 */
const isBeingRemoved = (error: unknown): boolean =>
  error instanceof Error &&
  'statusCode' in error &&
  error.statusCode === 409 &&
  /already in progress/.test(error.message);

async function ignoreMissing<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (isMissing(error) || isBeingRemoved(error)) return undefined;
    throw error;
  }
}
