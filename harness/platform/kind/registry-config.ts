/**
 * Credentials for private registries, from a configuration of Docker's to the kubelets of all nodes. They
 * reach no report and no log.
 */
import { join } from 'node:path';
import { writeFileSync } from '../../base/disk/disk.ts';
import { OWNER_ONLY } from '../../base/disk/modes.ts';
import { readTextFile } from '../../base/disk/read-file.ts';
import { HarnessError, messageOf } from '../../base/errors.ts';
import * as z from '../../base/zod.ts';

/**
 * Where a kubelet looks for them (kind, docs/user/private-registries: "Mount a Config File to Each Node").
 */
export const KUBELET_CONFIG = '/var/lib/kubelet/config.json';

export interface RegistryConfig {
  /** A file of this run's own, readable by its owner only. */
  readonly file: string;
  /** As `auths` has them, without scheme and path. */
  readonly registries: ReadonlySet<string>;
  /** Registries whose entries hold what kubelets do not take. */
  readonly ignored: readonly string[];
}

const dockerConfig = z.looseObject({
  auths: z.record(z.string(), z.record(z.string(), z.unknown())).nullish(),
});

type DockerConfig = z.infer<typeof dockerConfig>;
type Entry = Readonly<Record<string, unknown>>;

interface Credentials {
  readonly usable: readonly (readonly [registry: string, entry: Entry])[];
  readonly ignored: readonly string[];
}

/**
 * @param source - as `docker login` writes it, with the credentials themselves in it
 * @throws HarnessError ERR_USAGE if it holds none, for instance since a program of this machine keeps them
 */
export function readCredentials(source: string): Credentials {
  const entries = Object.entries(read(source).auths ?? {});
  const usable = entries.filter(([, entry]) => isForKubelets(entry));
  const ignored = entries.flatMap(([name, entry]) =>
    Object.keys(entry).length > 0 && !isForKubelets(entry) ? [hostOf(name)] : [],
  );
  if (usable.length > 0) return { usable, ignored };
  throw new HarnessError('ERR_USAGE', `${source} holds no credentials that a node could use.`, {
    hint:
      ignored.length > 0
        ? `Kubelets take a user and a password, and there is none for ${ignored.join(', ')}: an identity token is for the docker command alone.`
        : 'Where a credsStore or credHelpers keeps them, nodes cannot ask: docker --config DIR login writes a file that holds them itself.',
  });
}

/**
 * Kubelets read these fields and no tokens, and none of the file if one `auth` in it is no `user:password`
 * (kubernetes/kubernetes pkg/credentialprovider/config.go: dockerConfigEntryWithAuth,
 * decodeDockerConfigFieldAuth).
 */
function isForKubelets({ auth, username, password }: Entry): boolean {
  if (typeof auth === 'string' && auth !== '')
    return /^[^:]+:./s.test(Buffer.from(auth, 'base64').toString('utf8'));
  return [username, password].every(each => typeof each === 'string' && each !== '');
}

/**
 * Writes the usable credentials of a registry configuration to a file of the run.
 * @param folder - the run's own, which goes with the run
 */
export function prepareRegistryConfig(source: string, folder: string): RegistryConfig {
  const { usable, ignored } = readCredentials(source);
  const file = join(folder, 'registry-config.json');
  // Nothing else of the file: it may name helpers, proxies and contexts of this machine.
  writeFileSync(file, JSON.stringify({ auths: Object.fromEntries(usable) }), { mode: OWNER_ONLY });
  return { file, registries: new Set(usable.map(([name]) => hostOf(name))), ignored };
}

function read(source: string): DockerConfig {
  try {
    return dockerConfig.parse(contentOf(readTextFile(source)));
  } catch (error) {
    const why = error instanceof z.ZodError ? 'it has another shape' : messageOf(error);
    throw new HarnessError('ERR_USAGE', `${source} cannot be read as a configuration of Docker: ${why}`, {
      hint: '--registry-config names a file such as ~/.docker/config.json.',
    });
  }
}

/** Reads JSON without the parser's message, which cites the text: it may be a password. */
function contentOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error('it is no JSON');
  }
}

/**
 * Returns the registry of a key of credentials; `https://index.docker.io/v1/` is Docker Hub (docker/cli
 * cli/config).
 */
function hostOf(key: string): string {
  const host = key.replace(/^https?:\/\//, '').replace(/\/.*$/, '');
  return host === 'index.docker.io' || host === 'registry-1.docker.io' ? 'docker.io' : host;
}
