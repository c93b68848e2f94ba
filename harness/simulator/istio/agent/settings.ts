/** What the agent is told: its arguments, its environment, and the pod's description in files. */
import yaml from 'js-yaml';
import { messageOf } from '../../../base/errors.ts';
import type { ProcessContext } from '../../program.ts';
import type { IstioBehaviour } from '../behaviour.ts';
import { behaviourOf } from '../releases.ts';
import type { XdsNode } from '../xds/node.ts';

/** Where a service of istiod is, by name. */
export interface ServerAddress {
  /** Dialled, and the name that the server's certificate must have. */
  readonly host: string;
  readonly port: number;
}

/** Everything that the agent's process was told at its start. */
export interface AgentSettings {
  readonly kind: 'sidecar' | 'router';
  readonly version: string;
  readonly behaviour: IstioBehaviour;
  readonly discovery: ServerAddress;
  readonly ca: ServerAddress;
  readonly clusterId: string;
  /** `spiffe://cluster.local/ns/sample/sa/default`. */
  readonly identity: string;
  readonly node: XdsNode;
  readonly workers: number;
  /** For how long a certificate is asked for. */
  readonly certificateSeconds: number;
  /** Whether it asks istiod for roots beside that of its certificate (`PROXY_CONFIG_XDS_AGENT`). */
  readonly asksForRoots: boolean;
  /** Prefixes of statistics that the pod asks for besides the default ones. */
  readonly statsPrefixes: readonly string[];
  /** Path under `/app-health/` → the application's own probe. */
  readonly appProbes: Readonly<Record<string, unknown>>;
}

/** Where the kubelet puts what the injected volumes hold. */
export const TOKEN_FILE = '/var/run/secrets/tokens/istio-token';
/** The mesh's root, out of ConfigMap `istio-ca-root-cert`. */
export const ROOT_CERTIFICATE_FILE = '/var/run/secrets/istio/root-cert.pem';
const LABELS_FILE = '/etc/istio/pod/labels';
const ANNOTATIONS_FILE = '/etc/istio/pod/annotations';
const MESH_CONFIG_FILE = '/etc/istio/config/mesh';

const METADATA_PREFIX = 'ISTIO_META_';
const DEFAULT_DISCOVERY_ADDRESS = 'istiod.istio-system.svc:15012';
const STATS_ANNOTATION = 'sidecar.istio.io/statsInclusionPrefixes';

/**
 * @param args - after `proxy`: the role and its flags
 * @throws Error with a message for the user
 */
export function readSettings(context: ProcessContext, args: readonly string[]): AgentSettings {
  const { env, files } = context;
  const [role, ...rest] = args;
  if (role !== 'sidecar' && role !== 'router') throw new Error(`Invalid role: ${role ?? ''}`);
  const flags = readFlags(rest);
  const version = env['ISTIO_VERSION'] ?? '';
  const behaviour = behaviourOf(version);
  const annotations = files.exists(ANNOTATIONS_FILE) ? readDownwardApi(files.read(ANNOTATIONS_FILE)) : {};
  const proxyConfig = readProxyConfig(context);
  const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined);
  return {
    kind: role,
    version,
    behaviour,
    discovery: readAddress(text(proxyConfig['discoveryAddress']) ?? DEFAULT_DISCOVERY_ADDRESS),
    ca: readAddress(text(env['CA_ADDR']) ?? DEFAULT_DISCOVERY_ADDRESS),
    clusterId: env[`${METADATA_PREFIX}CLUSTER_ID`] ?? '',
    identity: identityOf(context),
    node: { ...describeNode(context, role, flags.get('domain')), proxyConfig },
    certificateSeconds: certificateSeconds(env, proxyConfig),
    asksForRoots: env['PROXY_CONFIG_XDS_AGENT'] === 'true',
    workers: positive(flags.get('concurrency')) ?? positive(proxyConfig['concurrency']) ?? behaviour.workers,
    statsPrefixes: (annotations[STATS_ANNOTATION] ?? '').split(',').filter(prefix => prefix !== ''),
    appProbes: readJsonObject<unknown>(env['ISTIO_KUBE_APP_PROBERS']),
  };
}

const namespaceOf = ({ env }: ProcessContext) => env['POD_NAMESPACE'] ?? 'default';
const accountOf = ({ env }: ProcessContext) => env['SERVICE_ACCOUNT'] || 'default';

/** Writes the SPIFFE id that the proxy asks a certificate for. */
const identityOf = (context: ProcessContext): string =>
  `spiffe://${context.env['TRUST_DOMAIN'] || 'cluster.local'}` +
  `/ns/${namespaceOf(context)}/sa/${accountOf(context)}`;

/** Tells who the proxy is, as istiod hears it: id, metadata and labels of the pod. */
function describeNode(
  context: ProcessContext,
  role: string,
  domain: string | undefined,
): Omit<XdsNode, 'proxyConfig'> {
  const { env, files } = context;
  const namespace = namespaceOf(context);
  const podName = env['POD_NAME'] ?? context.hostname;
  const ip = env['INSTANCE_IP'] || context.network.address;
  return {
    id: `${role}~${ip}~${podName}.${namespace}~${domain || `${namespace}.svc.cluster.local`}`,
    metadata: {
      ...istioMetadata(env),
      NAME: podName,
      NAMESPACE: namespace,
      SERVICE_ACCOUNT: accountOf(context),
      INSTANCE_IPS: ip,
      ISTIO_VERSION: env['ISTIO_VERSION'] ?? '',
    },
    labels: files.exists(LABELS_FILE)
      ? readDownwardApi(files.read(LABELS_FILE))
      : readJsonObject(env['ISTIO_METAJSON_LABELS']),
  };
}

/** Collects the variables `ISTIO_META_…`, by their names without the prefix. */
function istioMetadata(env: ProcessContext['env']): Record<string, string> {
  const metadata: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    if (name.startsWith(METADATA_PREFIX)) metadata[name.slice(METADATA_PREFIX.length)] = value;
  }
  return metadata;
}

function readFlags(args: readonly string[]): ReadonlyMap<string, string> {
  const flags = new Map<string, string>();
  for (let index = 0; index < args.length; index++) {
    const [, name, inline] = /^--([^=]+)(?:=(.*))?$/s.exec(args[index] ?? '') ?? [];
    if (name === undefined) throw new Error(`accepts at most 1 arg(s), received ${args[index] ?? ''}`);
    flags.set(name, inline ?? args[++index] ?? '');
  }
  return flags;
}

/**
 * The mesh's `defaultConfig`, over it `PROXY_CONFIG` (istio/istio pkg/bootstrap and
 * pilot/cmd/pilot-agent/config.go, constructProxyConfig).
 */
function readProxyConfig({ env, files }: ProcessContext): Record<string, unknown> {
  const mesh = files.exists(MESH_CONFIG_FILE)
    ? readYamlObject(files.read(MESH_CONFIG_FILE), MESH_CONFIG_FILE)
    : {};
  const defaults = mesh['defaultConfig'];
  return {
    ...(defaults !== null && typeof defaults === 'object' ? defaults : {}),
    ...readYamlObject(env['PROXY_CONFIG'] ?? '', 'PROXY_CONFIG'),
  };
}

/** The seconds in a minute and so on, by the unit of a Go duration. */
const UNIT_SECONDS: Readonly<Record<string, number>> = { h: 3600, m: 60, s: 1 };

/**
 * SECRET_TTL, a day by default (istio/istio pilot/cmd/pilot-agent/main.go @1.8.0, secretTTLEnv). The template
 * of a sidecar makes variables out of `proxyMetadata`; here the agent reads them there.
 */
function certificateSeconds(env: ProcessContext['env'], { proxyMetadata }: Record<string, unknown>): number {
  const metadata = (proxyMetadata ?? {}) as Readonly<Record<string, unknown>>; // of names and texts
  const text = String(metadata['SECRET_TTL'] ?? env['SECRET_TTL'] ?? '24h');
  const parts = [...text.matchAll(/(\d+)([hms])/g)];
  if (parts.map(([part]) => part).join('') !== text)
    throw new Error(`failed to get proxy config: SECRET_TTL: time: invalid duration "${text}"`);
  return parts.reduce((sum, [, count, unit = 's']) => sum + Number(count) * (UNIT_SECONDS[unit] ?? 1), 0);
}

function readYamlObject(text: string, what: string): Record<string, unknown> {
  try {
    const value = yaml.load(text) ?? {};
    // Just tested.
    if (typeof value === 'object' && !Array.isArray(value)) return value as Record<string, unknown>;
    throw new Error('not a mapping');
  } catch (error) {
    throw new Error(`failed to get proxy config: ${what}: ${messageOf(error)}`);
  }
}

function readJsonObject<T = string>(text: string | undefined): Record<string, T> {
  if (!text) return {};
  const value: unknown = JSON.parse(text);
  // Written by the injector.
  return value !== null && typeof value === 'object' ? (value as Record<string, T>) : {};
}

/** Lines of `key="value"`, the value quoted as in Go. */
export function readDownwardApi(text: string): Record<string, string> {
  const result: Record<string, string> = {};
  for (const line of text.split('\n')) {
    const [, key, value] = /^([^=]+)=(".*")$/.exec(line.trim()) ?? [];
    if (key !== undefined && value !== undefined) result[key] = String(JSON.parse(value));
  }
  return result;
}

function readAddress(text: string): ServerAddress {
  const [, host, port] = /^(.+):(\d+)$/.exec(text) ?? [];
  if (host === undefined || port === undefined) throw new Error(`address ${text}: missing port in address`);
  return { host, port: Number(port) };
}

function positive(value: unknown): number | undefined {
  const number = Number(value);
  return Number.isInteger(number) && number > 0 ? number : undefined;
}
