/** Finds the Docker engine; testcontainers knows where to look. */
import { HarnessError, messageOf } from '../../../base/errors.ts';
import { containerCalls } from './containers.ts';
import type { Client, Engine, EngineInfo } from './engine.ts';
import { eventCalls } from './events.ts';
import { imageCalls } from './images.ts';
import { networkCalls } from './networks.ts';

/**
 * Connects to the engine of this machine, or to the one that DOCKER_HOST names.
 * @throws HarnessError ERR_PLATFORM_NOT_READY if no engine answers
 */
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
    // dockerode types it as any.
    info: async () => readInfo((await docker.info()) as Record<string, unknown>),
    ...networkCalls(client),
    ...containerCalls(client),
    ...imageCalls(client),
    ...eventCalls(client),
  };
}

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
