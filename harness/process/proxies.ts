/**
 * The proxies that programs of this machine give to containers: kind and the docker command hand the user's
 * on. Where they are found, and by which rules; the values, which may hold a password, are never shown.
 */
import { homedir } from 'node:os';
import { join } from 'node:path';
import { readFileSync } from '../base/disk/disk.ts';
import { isObject } from '../base/untyped.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** Proxies as variables, by their names in capitals; only those that are set. */
interface ProxyVariables {
  readonly HTTP_PROXY?: string;
  readonly HTTPS_PROXY?: string;
  /** Of Docker's configuration only; kind does not pass the user's own on. */
  readonly ALL_PROXY?: string;
  readonly NO_PROXY?: string;
}

/** A user's proxies. */
export interface ProxySettings {
  readonly variables: ProxyVariables;
  /** Where they were found: `HTTPS_PROXY`, `proxies.default in /home/me/.docker/config.json`. */
  readonly from: readonly string[];
}

interface ProxySources {
  readonly env?: Env;
  /** The engine's address as the docker command has it: the key of its own entry in `proxies`. */
  readonly dockerHost?: string;
  readonly read?: (file: string) => string;
}

const PROXIES = ['HTTP_PROXY', 'HTTPS_PROXY'] as const;
/** Docker's configuration may name one for everything. */
const ALL_PROXIES = [...PROXIES, 'ALL_PROXY'] as const;

/**
 * kind: the name in capitals counts first (pkg/cluster/internal/providers/common/proxy.go @v0.20.0,
 * @v0.33.0).
 */
const readVariable = (env: Env, name: string): string | undefined =>
  env[name] || env[name.toLowerCase()] || undefined;

/**
 * Finds the proxies that kind 0.33 and the docker command give to nodes. Variables of the environment count
 * first; what they leave open is taken from `proxies` in Docker's configuration, of the engine's own entry or
 * else of `default` (kind pkg/cluster/internal/providers/docker/proxyconfig.go @v0.33.0; docker/cli
 * cli/config/configfile/file.go @v20.10.24: ParseProxyConfig). Earlier kinds leave the second part to the
 * docker command alone, with the same outcome.
 * @returns undefined if there is no proxy; a configuration that cannot be read names none
 */
export function proxySettings({
  env = process.env,
  dockerHost,
  read = file => readFileSync(file, 'utf8'),
}: ProxySources = {}): ProxySettings | undefined {
  const file = join(env['DOCKER_CONFIG'] || join(env['HOME'] || homedir(), '.docker'), 'config.json');
  const { key, ...docker } = dockerProxies(file, dockerHost ?? env['DOCKER_HOST'], read);
  const own = Object.fromEntries(
    [...PROXIES, 'NO_PROXY'].flatMap(name => {
      const value = readVariable(env, name);
      return value === undefined ? [] : [[name, value] as const];
    }),
  ) as ProxyVariables; // of these names alone
  const isOwn = PROXIES.some(name => own[name] !== undefined);
  // kind reads Docker's configuration only if no proxy is in the environment, and always gives nodes a
  // NO_PROXY, which the docker command leaves alone then.
  const { NO_PROXY: _, ...withoutList } = docker;
  const variables = { ...(isOwn ? withoutList : docker), ...own };
  if (!ALL_PROXIES.some(name => variables[name] !== undefined)) return undefined;
  const ofDocker = ALL_PROXIES.some(name => docker[name] !== undefined && !(name in own));
  return {
    variables,
    from: [
      ...PROXIES.flatMap(name => (own[name] === undefined ? [] : [env[name] ? name : name.toLowerCase()])),
      ...(ofDocker ? [`proxies.${key} in ${file}`] : []),
    ],
  };
}

/** Reads the proxies in Docker's configuration that count for an engine. */
function dockerProxies(
  file: string,
  host: string | undefined,
  read: (file: string) => string,
): ProxyVariables & { readonly key: string } {
  const proxies = proxiesIn(file, read);
  const key = host !== undefined && isObject(proxies[host]) ? host : 'default';
  const entry = proxies[key];
  const text = (name: string): string | undefined => {
    const value = isObject(entry) ? entry[name] : undefined;
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const found = {
    HTTP_PROXY: text('httpProxy'),
    HTTPS_PROXY: text('httpsProxy'),
    ALL_PROXY: text('allProxy'),
    NO_PROXY: text('noProxy'),
  };
  return { key, ...Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined)) };
}

function proxiesIn(file: string, read: (file: string) => string): Readonly<Record<string, unknown>> {
  try {
    const document: unknown = JSON.parse(read(file));
    const proxies = isObject(document) ? document['proxies'] : undefined;
    return isObject(proxies) ? proxies : {};
  } catch {
    return {}; // as kind and the docker command take it
  }
}

/** Names the hosts of the proxies, without users and passwords: `proxy.example.com:3128`. */
export function proxyHosts({ variables }: ProxySettings): readonly string[] {
  const hosts = ALL_PROXIES.flatMap(name => (variables[name] ? [hostOf(variables[name])] : []));
  return [...new Set(hosts)];
}

/**
 * A proxy may be given as a URL or as `host:port` alone. User and password stand before the last `@`: whoever
 * writes a password as it is may have any letter in it.
 */
const hostOf = (value: string): string =>
  value
    .slice(value.lastIndexOf('@') + 1)
    .replace(/^(?:[a-z][a-z0-9+.-]*:)?\/\//i, '')
    .replace(/[/?#].*$/s, '');

/**
 * Returns all of a user's proxies as variables of a container, in both spellings: programs differ in theirs.
 */
export const proxyEnvironment = ({ variables }: ProxySettings): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(variables).flatMap(([name, value]: readonly [string, string]) => [
      [name, value],
      [name.toLowerCase(), value],
    ]),
  );
