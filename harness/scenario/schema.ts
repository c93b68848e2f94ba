/** What a scenario file may hold, and every problem of one that breaks the rules, each with its path. */
import yaml from 'js-yaml';
import { type Cidr, overlaps } from '../base/ipv4.ts';
import * as z from '../base/zod.ts';
import { clusterName, networkName } from '../model/names.ts';
import type { ClusterSpec, Role, Topology } from '../model/topology.ts';
import {
  defaultNetworkRange,
  defaultPodRange,
  defaultServiceRange,
  MAX_CLUSTERS,
  MAX_NETWORKS,
  readRange,
} from './ranges.ts';

/** What a scenario asks of the verification; what it leaves out is the harness's default. */
export interface VerifyOptions {
  /** Requests per source in the fixed sample. */
  readonly requests?: number;
  /** Accepted probability of a wrong verdict, each way. */
  readonly risk?: number;
}

export interface Scenario {
  readonly topology: Topology;
  readonly verify: VerifyOptions;
}

const VERSIONS = ['v1', 'v2'] as const;
const MAX_NODES = 10;

const networkSchema = z.strictObject({ name: z.string(), range: z.string().optional() });
const workloadsSchema = z.strictObject({
  helloWorld: z.array(z.enum(VERSIONS)).optional(),
  client: z.boolean().optional(),
});
const clusterSchema = z.strictObject({
  name: z.string(),
  network: z.string(),
  role: z.enum(['primary', 'remote']),
  controlPlane: z.string().optional(),
  podRange: z.string().optional(),
  serviceRange: z.string().optional(),
  nodes: z.int().min(1).max(MAX_NODES).optional(),
  workloads: workloadsSchema.optional(),
});
const verifySchema = z.strictObject({
  requests: z.int().min(1).optional(),
  risk: z.number().gt(0).lt(0.5).optional(),
});
const scenarioSchema = z.strictObject({
  description: z.string().optional(),
  meshID: z.string().optional(),
  networks: z.array(networkSchema).min(1).max(MAX_NETWORKS),
  clusters: z.array(clusterSchema).min(1).max(MAX_CLUSTERS),
  verify: verifySchema.optional(),
});
type ScenarioFile = z.infer<typeof scenarioSchema>;

/** Where an object stands in the file → its keys, for the answer to an unknown one. */
const KNOWN_KEYS: readonly (readonly [where: RegExp, keys: readonly string[]])[] = [
  [/^$/, Object.keys(scenarioSchema.shape)],
  [/^networks\[\d+\]$/, Object.keys(networkSchema.shape)],
  [/^clusters\[\d+\]$/, Object.keys(clusterSchema.shape)],
  [/^clusters\[\d+\]\.workloads$/, Object.keys(workloadsSchema.shape)],
  [/^verify$/, Object.keys(verifySchema.shape)],
];

/**
 * Reads the content of a scenario file.
 * @param name - the scenario's name
 * @param content - what the YAML parser made of the file
 * @returns the scenario, or all problems, one per line: `clusters[1].network: …`
 */
export function readScenario(
  name: string,
  content: unknown,
): { readonly scenario: Scenario } | { readonly problems: readonly string[] } {
  const parsed = scenarioSchema.safeParse(content);
  const problems = [
    ...(parsed.success ? [] : parsed.error.issues.flatMap(issue => describeIssue(issue, content))),
    ...crossCheck(content),
  ];
  if (!parsed.success || problems.length > 0) return { problems };
  return { scenario: toScenario(name, parsed.data) };
}

function toScenario(name: string, file: ScenarioFile): Scenario {
  return {
    topology: {
      name,
      description: file.description ?? '',
      meshId: file.meshID ?? 'mesh1',
      networks: file.networks.map((network, index) => ({
        name: networkName(network.name),
        range: network.range ?? defaultNetworkRange(index),
      })),
      clusters: file.clusters.map(toCluster),
    },
    verify: {
      ...(file.verify?.requests !== undefined && { requests: file.verify.requests }),
      ...(file.verify?.risk !== undefined && { risk: file.verify.risk }),
    },
  };
}

function toCluster(cluster: ScenarioFile['clusters'][number], index: number): ClusterSpec {
  const role: Role =
    cluster.role === 'remote'
      ? { kind: 'remote', controlPlane: clusterName(cluster.controlPlane ?? '') }
      : { kind: 'primary' };
  return {
    name: clusterName(cluster.name),
    network: networkName(cluster.network),
    role,
    podRange: cluster.podRange ?? defaultPodRange(index),
    serviceRange: cluster.serviceRange ?? defaultServiceRange(index),
    nodes: cluster.nodes ?? 1,
    helloWorld: cluster.workloads?.helloWorld ?? defaultVersions(index),
    client: cluster.workloads?.client ?? true,
  };
}

/** As the guide has it: v1 in the first cluster, v2 in the second; further clusters go on by turns. */
const defaultVersions = (index: number): readonly string[] => [VERSIONS[index % 2] ?? 'v1'];

// ---- one value at a time

function describeIssue(issue: z.core.$ZodIssue, content: unknown): string[] {
  const where = formatPath(issue.path);
  const found = valueAt(content, issue.path);
  switch (issue.code) {
    case 'unrecognized_keys': {
      const known = KNOWN_KEYS.find(([pattern]) => pattern.test(where))?.[1] ?? [];
      return issue.keys.map(key => `${join(where, key)}: unknown key; known here: ${known.join(', ')}`);
    }
    case 'invalid_type':
      if (found === undefined) return [`${where || 'file'}: is missing`];
      return [`${where || 'file'}: should be ${nameOfType(issue.expected)}, is ${describe(found)}`];
    case 'invalid_value':
      return [
        `${where}: should be ${issue.values.join(' or ')}, is ${found === undefined ? 'missing' : describe(found)}`,
      ];
    case 'too_small':
      return [
        Array.isArray(found)
          ? `${where}: is empty`
          : `${where}: should be more than ${limit(issue.minimum, issue.inclusive)}, is ${describe(found)}`,
      ];
    case 'too_big':
      return [
        Array.isArray(found)
          ? `${where}: has ${found.length} entries; ${issue.maximum} are possible`
          : `${where}: should be less than ${limit(issue.maximum, issue.inclusive, 1)}, is ${describe(found)}`,
      ];
    default:
      return [`${where}: ${issue.message}`];
  }
}

/** A limit that belongs to the range, told as one that does not, so that one sentence serves both. */
const limit = (value: number | bigint, inclusive: boolean | undefined, by = -1): string =>
  inclusive ? String(Number(value) + by) : String(value);

const nameOfType = (expected: string): string =>
  ({
    string: 'a text',
    array: 'a list',
    object: 'a mapping',
    boolean: 'true or false',
    int: 'a whole number',
    number: 'a number',
  })[expected] ?? expected;

function describe(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (value === null) return 'empty';
  if (value instanceof Date) return 'a date';
  if (typeof value === 'object') return 'a mapping';
  return typeof value === 'string' ? `"${value}"` : `the ${typeof value} ${String(value)}`;
}

const formatPath = (path: readonly PropertyKey[]): string =>
  path.reduce<string>(
    (text, part) => (typeof part === 'number' ? `${text}[${part}]` : join(text, String(part))),
    '',
  );
const join = (where: string, key: string): string => (where === '' ? key : `${where}.${key}`);

const isMapping = (value: unknown): value is Record<PropertyKey, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const valueAt = (content: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>(
    (value, part) => (typeof value === 'object' && value !== null ? Reflect.get(value, part) : undefined),
    content,
  );

// ---- the values together: reads what is there, so that a problem elsewhere does not hide one here

interface Entry {
  readonly where: string;
  readonly index: number;
  readonly fields: Record<PropertyKey, unknown>;
}

const entriesOf = (content: unknown, key: string): Entry[] => {
  const list = isMapping(content) ? content[key] : undefined;
  return (Array.isArray(list) ? list : []).flatMap((fields: unknown, index) =>
    isMapping(fields) ? [{ where: `${key}[${index}]`, index, fields }] : [],
  );
};
const textOf = (entry: Entry, key: string): string | undefined => {
  const value = entry.fields[key];
  return typeof value === 'string' ? value : undefined;
};

function crossCheck(content: unknown): string[] {
  const networks = entriesOf(content, 'networks');
  const clusters = entriesOf(content, 'clusters');
  if (networks.length === 0 && clusters.length === 0) return [];
  return [
    ...checkMeshId(content),
    ...checkNames(networks, 'network'),
    ...checkNames(clusters, 'cluster'),
    ...checkNetworks(networks, clusters),
    ...checkRoles(clusters),
    ...checkRanges(networks, clusters),
    ...checkWorkloads(clusters),
  ];
}

const DNS_LABEL = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/;

function checkMeshId(content: unknown): string[] {
  const id = isMapping(content) ? content['meshID'] : undefined;
  if (typeof id !== 'string') return [];
  return /^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$/.test(id) && readsAsText(id)
    ? []
    : [`meshID: "${id}" should be letters, digits, '-', '_' and '.', with a letter or a digit at both ends`];
}

function checkNames(entries: readonly Entry[], kind: string): string[] {
  const problems: string[] = [];
  const seen = new Map<string, string>();
  for (const entry of entries) {
    const name = textOf(entry, 'name');
    if (name === undefined) continue;
    const where = `${entry.where}.name`;
    const before = seen.get(name);
    if (before === undefined) seen.set(name, where);
    else problems.push(`${where}: another ${kind} is called "${name}" (${before})`);
    if (name.length > 63 || !DNS_LABEL.test(name)) {
      problems.push(
        `${where}: "${name}" is no DNS-1123 label: up to 63 lower-case letters, digits and '-', with a letter or a digit at both ends`,
      );
    } else if (!readsAsText(name)) {
      problems.push(
        `${where}: YAML reads ${name} as something else than a text; choose a name that begins with a letter`,
      );
    }
  }
  return problems;
}

/** Names stand unquoted in the guide's YAML, where `1` is a number and `no` is false. */
const readsAsText = (name: string): boolean =>
  yaml.load(name) === name && !/^(y|n|yes|no|on|off)$/i.test(name); // js-yaml is YAML 1.2, Istio's parser reads 1.1 too

function checkNetworks(networks: readonly Entry[], clusters: readonly Entry[]): string[] {
  const names = networks.flatMap(network => textOf(network, 'name') ?? []);
  const used = new Set(clusters.map(cluster => textOf(cluster, 'network')));
  return [
    ...clusters.flatMap(cluster => {
      const network = textOf(cluster, 'network');
      if (network === undefined || names.includes(network)) return [];
      return [`${cluster.where}.network: there is no network "${network}"; networks here: ${listOf(names)}`];
    }),
    ...networks.flatMap(network => {
      const name = textOf(network, 'name');
      return name === undefined || used.has(name)
        ? []
        : [`${network.where}: no cluster is on network "${name}"`];
    }),
  ];
}

function checkRoles(clusters: readonly Entry[]): string[] {
  const named = (role: string) =>
    clusters
      .filter(cluster => cluster.fields['role'] === role)
      .flatMap(cluster => textOf(cluster, 'name') ?? []);
  const primaries = named('primary');
  const remotes = named('remote');
  const problems = clusters.flatMap(cluster => {
    const { role, controlPlane } = cluster.fields;
    const where = `${cluster.where}.controlPlane`;
    if (role === 'primary' && controlPlane !== undefined)
      return [`${where}: a primary is its own control plane; leave it out`];
    if (role !== 'remote') return [];
    if (controlPlane === undefined)
      return [`${where}: is missing; a remote names the primary that serves it: ${listOf(primaries)}`];
    if (typeof controlPlane !== 'string' || primaries.includes(controlPlane)) return [];
    return remotes.includes(controlPlane)
      ? [`${where}: "${controlPlane}" is a remote itself; primaries here: ${listOf(primaries)}`]
      : [`${where}: there is no cluster "${controlPlane}"; primaries here: ${listOf(primaries)}`];
  });
  const allRemote = clusters.length > 0 && clusters.every(cluster => cluster.fields['role'] === 'remote');
  return allRemote ? ['clusters: none of them is a primary; a mesh needs one', ...problems] : problems;
}

function checkRanges(networks: readonly Entry[], clusters: readonly Entry[]): string[] {
  const problems: string[] = [];
  const ranges: { readonly where: string; readonly text: string; readonly range: Cidr }[] = [];
  const add = (entry: Entry, key: string, fallback: string, longest: number) => {
    const given = entry.fields[key];
    if (given !== undefined && typeof given !== 'string') return;
    const text = given ?? fallback;
    const where = `${entry.where}.${key}`;
    const range = readRange(text);
    if (typeof range === 'string') {
      problems.push(`${where}: ${range}`);
    } else if (range.prefix > longest) {
      problems.push(`${where}: "${text}" is too small; a /${longest} is the least`);
    } else {
      for (const other of ranges.filter(other => overlaps(range, other.range)))
        problems.push(`${where}: ${text} overlaps ${other.text} (${other.where})`);
      ranges.push({ where, text, range });
    }
  };
  for (const network of networks) add(network, 'range', defaultNetworkRange(network.index), 26);
  for (const cluster of clusters) add(cluster, 'podRange', defaultPodRange(cluster.index), 24);
  for (const cluster of clusters) add(cluster, 'serviceRange', defaultServiceRange(cluster.index), 26);
  return problems;
}

function checkWorkloads(clusters: readonly Entry[]): string[] {
  const workloads = clusters.map(cluster =>
    isMapping(cluster.fields['workloads']) ? cluster.fields['workloads'] : {},
  );
  const repeated = workloads.flatMap(({ helloWorld }, index) =>
    Array.isArray(helloWorld) && new Set(helloWorld).size < helloWorld.length
      ? [`clusters[${clusters[index]?.index}].workloads.helloWorld: names a version twice`]
      : [],
  );
  if (clusters.length === 0) return repeated;
  return [
    ...repeated,
    ...(workloads.every(({ client }) => client === false)
      ? ['clusters: none of them has a client; requests need a source']
      : []),
    ...(workloads.every(({ helloWorld }) => Array.isArray(helloWorld) && helloWorld.length === 0)
      ? ['clusters: none of them has HelloWorld; requests need an answer']
      : []),
  ];
}

const listOf = (names: readonly string[]): string => (names.length === 0 ? 'none' : names.join(', '));
