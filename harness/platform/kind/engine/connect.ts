/** Finds the Docker engine; testcontainers knows where to look. */
import path from 'node:path';
import { existsSync } from '../../../base/disk/disk.ts';
import { HarnessError, messageOf } from '../../../base/errors.ts';
import { packageManifest, packageRoot } from '../../../base/package-root.ts';
import { quoteArgv } from '../../../base/quote.ts';
import { containerCalls } from './containers.ts';
import type { Client, Engine, EngineInfo } from './engine.ts';
import { eventCalls } from './events.ts';
import { imageFileCalls } from './image-files.ts';
import { imageCalls } from './images.ts';
import { networkCalls } from './networks.ts';

/** Docker's client: an optional dependency, as whoever runs the simulator alone needs none. */
const PACKAGE = 'testcontainers';

/**
 * Connects to the engine of this machine, or to the one that DOCKER_HOST names.
 * @param load - loads the client
 * @throws HarnessError ERR_PLATFORM_NOT_READY if no engine answers, or the client for it is not installed
 */
export async function connectEngine(load = () => import('testcontainers')): Promise<Engine> {
  const { getContainerRuntimeClient } = await load().catch(refuseMissing);
  let client: Client;
  try {
    client = await getContainerRuntimeClient();
  } catch (error) {
    throw new HarnessError('ERR_PLATFORM_NOT_READY', `No Docker engine answers: ${messageOf(error)}`, {
      hint: 'Start Docker, and make sure that `docker info` works for this user.',
      cause: error,
    });
  }
  return engineOf(client);
}

/** Throws what to do about a package that was left out, or that is there and cannot be loaded. */
function refuseMissing(error: unknown): never {
  // Node adds the files that asked for it, which are ours.
  const [said = ''] = messageOf(error).split('\nRequire stack:');
  const isMissing = /Cannot find (?:package|module) 'testcontainers'/.test(said);
  const line = installLine(packageRoot(), packageManifest().optionalDependencies[PACKAGE] ?? '');
  throw new HarnessError(
    'ERR_PLATFORM_NOT_READY',
    isMissing
      ? `The package ${PACKAGE}, through which Docker is reached, is not installed.`
      : `The package ${PACKAGE}, through which Docker is reached, cannot be loaded: ${said}`,
    {
      hint: `${line} installs it; the simulator does without.`,
      // Reports show a cause that the message does not have.
      ...(!isMissing && { cause: new Error(said, { cause: error }) }),
    },
  );
}

/**
 * Returns the line that installs the package where this one will find it: into the project that has installed
 * us, or into our own sources.
 * @param root - our folder
 */
export function installLine(root: string, range: string): string {
  const inside = `${path.sep}node_modules${path.sep}`;
  const at = root.indexOf(inside);
  if (at < 0) return quoteArgv(['npm', 'ci', '--include=optional', '--prefix', root]);
  const project = root.slice(0, at);
  const isProject = existsSync(path.join(project, 'package.json'));
  const place = isProject ? ['--prefix', project] : ['--global'];
  return quoteArgv(['npm', 'install', ...place, `${PACKAGE}@${range}`]);
}

function engineOf(client: Client): Engine {
  const docker = client.container.dockerode;
  return {
    ping: async () => {
      await docker.ping();
    },
    // dockerode types it as any.
    info: async () => readInfo((await docker.info()) as Record<string, unknown>),
    ...networkCalls(client),
    ...containerCalls(client),
    ...imageCalls(client),
    ...imageFileCalls(client),
    ...eventCalls(client),
  };
}

/** The kernel's words for processors → those of images (containerd/platforms database.go). */
const ARCHITECTURES: Readonly<Record<string, string>> = { x86_64: 'amd64', aarch64: 'arm64' };
const architectureOf = (machine: string): string => ARCHITECTURES[machine] ?? machine;

/** Reads `docker info`; what an engine does not say is empty, or 0. */
function readInfo(info: Readonly<Record<string, unknown>>): EngineInfo {
  const security = Array.isArray(info['SecurityOptions']) ? info['SecurityOptions'].map(String) : [];
  const system = String(info['OperatingSystem'] ?? '');
  const filters = info['BridgeNfIptables'];
  return {
    id: String(info['ID'] ?? ''),
    version: String(info['ServerVersion'] ?? ''),
    operatingSystem: system,
    cpus: Number(info['NCPU'] ?? 0),
    memoryBytes: Number(info['MemTotal'] ?? 0),
    platform: `${String(info['OSType'] ?? 'linux')}/${architectureOf(String(info['Architecture'] ?? ''))}`,
    // moby/moby daemon/containerd/service.go: the driver's type, from Docker 23 on.
    keepsPlatforms: JSON.stringify(info['DriverStatus'] ?? '').includes('io.containerd.snapshotter'),
    // From API 1.41 on (Docker 20.10).
    cgroupVersion: info['CgroupVersion'] ? String(info['CgroupVersion']) : undefined,
    isRootless: security.some(option => option.includes('rootless')),
    kind: /podman/i.test(
      `${system} ${String(info['ProductLicense'] ?? '')} ${String(info['InitBinary'] ?? '')}`,
    )
      ? 'podman'
      : 'docker',
    // Engines from 28 on no longer say it; they load what they need themselves.
    filtersBridges: typeof filters === 'boolean' ? filters : undefined,
  };
}
