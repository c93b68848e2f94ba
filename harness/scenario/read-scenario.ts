/** The content of a scenario file → a scenario, or every problem with its path. */
import type * as z from '../base/zod.ts';
import { clusterName, networkName } from '../model/names.ts';
import type { ClusterSpec, Role, Topology } from '../model/topology.ts';
import { crossCheck } from './cross-check.ts';
import { defaultVersions } from './default-versions.ts';
import { dealOut, entriesOf, textOf } from './entries.ts';
import { defaultNetworkRange, defaultPodRange, defaultServiceRange } from './ranges.ts';
import { clusterSchema, parseFile, type ScenarioFile } from './schema.ts';
import { describeIssue } from './schema-issues.ts';

/** The wishes of a scenario for the verification; absent ones have the harness's defaults. */
export interface VerifyOptions {
  /** Requests per source in the fixed sample. */
  readonly requests?: number;
  /** Accepted probability of a wrong verdict, each way. */
  readonly risk?: number;
}

/** A mesh, and how to verify it. */
export interface Scenario {
  readonly topology: Topology;
  readonly verify: VerifyOptions;
}

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
  const parsed = parseFile(content);
  const problems = [
    ...('issues' in parsed ? parsed.issues.flatMap(issue => describeIssue(issue, content)) : []),
    ...crossCheck(content),
  ];
  if ('issues' in parsed || problems.length > 0) return { problems };
  return { scenario: toScenario(name, parsed.file, content) };
}

function toScenario(name: string, file: ScenarioFile, content: unknown): Scenario {
  const networks = entriesOf(content, 'networks');
  const clusters = dealOut(networks, entriesOf(content, 'clusters'));
  return {
    topology: {
      name,
      description: file.description ?? '',
      meshId: file.meshID ?? 'mesh1',
      networks: networks.map(network => ({
        name: networkName(textOf(network, 'name') ?? ''),
        range: textOf(network, 'range') ?? defaultNetworkRange(network.index),
      })),
      clusters: clusters.map(({ fields, index }) => toCluster(clusterSchema.parse(fields), index)),
      ...(file.allowNotSimulated && { allowNotSimulated: true }),
    },
    verify: {
      ...(file.verify?.requests !== undefined && { requests: file.verify.requests }),
      ...(file.verify?.risk !== undefined && { risk: file.verify.risk }),
    },
  };
}

function toCluster(cluster: z.infer<typeof clusterSchema>, index: number): ClusterSpec {
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
    ...(cluster.region !== undefined && { region: cluster.region }),
    ...(cluster.zone !== undefined && { zones: [cluster.zone].flat() }),
    helloWorld: cluster.workloads?.helloWorld ?? defaultVersions(index),
    client: cluster.workloads?.client ?? true,
  };
}
