/** Credentials for private registries, from a configuration of Docker's to the kubelets of all nodes. They reach no report and no log. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { HarnessError, messageOf } from '../../base/errors.ts';

const OWNER_ONLY = 0o600;
/** Where a kubelet looks for them (kind, docs/user/private-registries: "Mount a Config File to Each Node"). */
export const KUBELET_CONFIG = '/var/lib/kubelet/config.json';

export interface RegistryConfig {
  /** A file of this run's own, readable by its owner only. */
  readonly file: string;
  /** As `auths` has them, without scheme and path. */
  readonly registries: ReadonlySet<string>;
}

interface DockerConfig {
  readonly auths?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

type Credentials = readonly (readonly [registry: string, entry: Readonly<Record<string, unknown>>])[];

/**
 * @param source - as `docker login` writes it, with the credentials themselves in it
 * @throws HarnessError ERR_USAGE if it holds none, for instance since a program of this machine keeps them
 */
export function readCredentials(source: string): Credentials {
  const { auths = {} } = read(source);
  const kinds = ['auth', 'identitytoken', 'registrytoken', 'password'];
  const usable = Object.entries(auths).filter(([, entry]) =>
    kinds.some(key => typeof entry[key] === 'string' && entry[key] !== ''),
  );
  if (usable.length > 0) return usable;
  throw new HarnessError('ERR_USAGE', `${source} holds no credentials that a node could use.`, {
    hint: 'Where a credsStore or credHelpers keeps them, nodes can not ask: docker --config DIR login writes a file that holds them itself.',
  });
}

/** @param folder - of the run: the file goes when the run goes */
export function prepareRegistryConfig(source: string, folder: string): RegistryConfig {
  const credentials = readCredentials(source);
  const file = join(folder, 'registry-config.json');
  // Nothing else of the file: it may name helpers, proxies and contexts of this machine.
  writeFileSync(file, JSON.stringify({ auths: Object.fromEntries(credentials) }), { mode: OWNER_ONLY });
  return { file, registries: new Set(credentials.map(([name]) => hostOf(name))) };
}

function read(source: string): DockerConfig {
  try {
    return JSON.parse(readFileSync(source, 'utf8')) as DockerConfig; // what is missing is refused above
  } catch (error) {
    throw new HarnessError('ERR_USAGE', `${source} can not be read as a configuration of Docker: ${messageOf(error)}`, {
      hint: '--registry-config names a file such as ~/.docker/config.json.',
    });
  }
}

/** `https://index.docker.io/v1/` is Docker Hub (docker/cli cli/config: the key of its credentials). */
function hostOf(key: string): string {
  const host = key.replace(/^https?:\/\//, '').replace(/\/.*$/, '');
  return host === 'index.docker.io' || host === 'registry-1.docker.io' ? 'docker.io' : host;
}
