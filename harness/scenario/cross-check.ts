/**
 * Checks that the values of a scenario file go together. It reads whatever is valid, so that no problem hides
 * another.
 */
import { type Cidr, overlaps } from '../base/ipv4.ts';
import { placementFaults } from '../model/placement.ts';
import { checkMeshId, checkNames } from './check-names.ts';
import { defaultVersions } from './default-versions.ts';
import { countOf, dealOut, type Entry, entriesOf, isMapping, listed, sizeOf, textOf } from './entries.ts';
import {
  defaultNetworkRange,
  defaultPodRange,
  defaultServiceRange,
  MAX_CLUSTERS,
  MAX_NETWORKS,
  readRange,
  unusable,
} from './ranges.ts';

/** Lists all problems that only values together have, each with its path. */
export function crossCheck(content: unknown): string[] {
  // To compare each with each would take minutes.
  const refused = tooMany(content);
  if (refused) return refused;
  const networks = entriesOf(content, 'networks');
  const clusters = dealOut(networks, entriesOf(content, 'clusters'));
  if (networks.length === 0 && clusters.length === 0) return [];
  const problems = [
    ...checkMeshId(content),
    ...checkNames(networks, 'network'),
    ...checkNames(clusters, 'cluster'),
    ...checkNetworks(networks, clusters),
    ...checkRoles(clusters),
    ...checkRanges(networks, clusters),
    ...checkWorkloads(clusters),
  ];
  // What a group has wrong is told once, not of each of its clusters.
  return [...new Set(problems)];
}

/**
 * Says of which there are too many together. Nothing of a list or group that is too long by itself, which the
 * schema has refused; undefined if there are few enough of both.
 */
function tooMany(content: unknown): string[] | undefined {
  const counted = [
    { key: 'networks', most: MAX_NETWORKS, count: countOf(content, 'networks') },
    { key: 'clusters', most: MAX_CLUSTERS, count: countOf(content, 'clusters') },
  ] as const;
  if (counted.every(({ count, most }) => count !== undefined && count <= most)) return undefined;
  return counted.flatMap(({ key, most, count = 0 }) => {
    const parts = listed(content, key);
    const isTold = parts.length > most || parts.some(part => (sizeOf(part) ?? 0) > most);
    return count > most && !isTold ? [`${key}: are ${count} together; ${most} are possible`] : [];
  });
}

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
    // A group has no range for all: the schema has refused it.
    const given = entry.pattern === undefined ? entry.fields[key] : undefined;
    if (given !== undefined && typeof given !== 'string') return;
    const text = given ?? fallback;
    const where = `${entry.where}.${key}`;
    const range = readRange(text);
    if (typeof range === 'string') {
      problems.push(`${where}: ${range}`);
    } else if (range.prefix > longest) {
      problems.push(`${where}: "${text}" is too small; a /${longest} is the least`);
    } else if (unusable(range) !== undefined) {
      problems.push(`${where}: ${text} has addresses that no node can have (${unusable(range)})`);
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
  const workloads = clusters.map(workloadsOf);
  const repeated = clusters.flatMap(cluster => {
    const { helloWorld } = workloadsOf(cluster);
    return Array.isArray(helloWorld) && new Set(helloWorld).size < helloWorld.length
      ? [`${cluster.where}.workloads.helloWorld: names a version twice`]
      : [];
  });
  if (clusters.length === 0) return repeated;
  const missing = [
    ...(workloads.every(({ client }) => client === false)
      ? ['clusters: none of them has a client; requests need a source']
      : []),
    ...(workloads.every(({ helloWorld }) => Array.isArray(helloWorld) && helloWorld.length === 0)
      ? ['clusters: none of them has HelloWorld; requests need an answer']
      : []),
  ];
  return [...repeated, ...missing, ...(missing.length > 0 ? [] : checkPlacement(clusters))];
}

/** Checks that answers can show that calls cross between clusters. */
function checkPlacement(clusters: readonly Entry[]): string[] {
  const placed = clusters.map(cluster => {
    const { helloWorld, client } = workloadsOf(cluster);
    const versions = Array.isArray(helloWorld) ? helloWorld.filter(isText) : defaultVersions(cluster.index);
    return { name: placeOf(cluster), helloWorld: versions, client: client !== false };
  });
  const paths = new Map(clusters.map(cluster => [placeOf(cluster), cluster.where]));
  const told = new Set<string>();
  return placementFaults(placed).flatMap(({ cluster, what }) => {
    const where = cluster === undefined ? 'clusters' : `${paths.get(cluster)}.workloads.helloWorld`;
    if (told.has(where)) return [];
    told.add(where);
    return [`${where}: the file ${what}, so that no answer shows that a call crossed between clusters`];
  });
}

const workloadsOf = ({ fields: { workloads } }: Entry) => (isMapping(workloads) ? workloads : {});
/** Names a cluster in a sentence: by its place, and one of a group by its name. */
const placeOf = (cluster: Entry): string =>
  cluster.pattern === undefined ? cluster.where : `${textOf(cluster, 'name')} (${cluster.where})`;
const isText = (value: unknown): value is string => typeof value === 'string';
const listOf = (names: readonly string[]): string => (names.length === 0 ? 'none' : names.join(', '));
