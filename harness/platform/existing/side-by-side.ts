/** What only shows with all clusters of a scenario side by side: it judges, and asks nothing. */
import type { Topology } from '../../model/topology.ts';
import type { LedgerRecord } from '../ledger.ts';
import type { Finding } from '../platform.ts';
import { farVersions } from './kubectl-skew.ts';
import { overlappingPods } from './pod-ranges.ts';
import type { Inspection } from './preflight.ts';

/** The context of the inspections: the scenario, the flags, and the other runs of this machine. */
export interface Surroundings {
  readonly topology: Topology;
  readonly inspections: readonly Inspection[];
  /** Clusters whose API server has an address for the others. */
  readonly servers: ReadonlySet<string>;
  /** Runs on this machine, also those that go on. */
  readonly ledgers: readonly LedgerRecord[];
}

/** Judges what one inspection alone cannot show. */
export function judgeTogether(surroundings: Surroundings): readonly Finding[] {
  const { topology, inspections } = surroundings;
  const ranges = new Map(
    inspections.map(({ context, podRanges }) => [String(context.cluster), podRanges] as const),
  );
  const nameOf = (name: string) =>
    inspections.find(({ context }) => context.cluster === name)?.context.context ?? name;
  return [
    ...sameClusters(inspections),
    ...loopbackServers(surroundings),
    ...farVersions(inspections),
    ...otherRuns(surroundings),
    ...overlappingPods(topology, ranges).map(
      ({ clusters: [one, other], network, ranges: [mine, theirs] }) => ({
        subject: 'pod ranges',
        ok: false,
        found: `${one} (${nameOf(one)}) has pods in ${mine}, ${other} (${nameOf(other)}) in ${theirs}, both on ${network}`,
        fix: 'Pods that talk directly need ranges of their own: other clusters, or a scenario with a network for each.',
      }),
    ),
  ];
}

function sameClusters(inspections: readonly Inspection[]): readonly Finding[] {
  return inspections.flatMap((one, index) =>
    inspections
      .slice(index + 1)
      .filter(other => one.uid !== '' && one.uid === other.uid)
      .map(other => ({
        subject: 'contexts',
        ok: false,
        found:
          one.context.context === other.context.context
            ? `${one.context.cluster} and ${other.context.cluster} are given the same context ${one.context.context}`
            : `${one.context.context} and ${other.context.context} are the same cluster`,
        fix: 'Each cluster of the scenario needs one of its own.',
      })),
  );
}

function loopbackServers({ topology, inspections, servers }: Surroundings): readonly Finding[] {
  if (topology.clusters.length === 1) return [];
  return inspections
    .filter(({ server, context }) => isLoopback(server) && !servers.has(context.cluster))
    .map(({ context, server }) => ({
      subject: `${context.cluster} (${context.context})`,
      ok: false,
      found: `its API server is given as ${server}, which pods of other clusters cannot reach`,
      fix: `--api-server ${context.cluster}=https://ADDRESS:6443 names one that they can.`,
    }));
}

const isLoopback = (server: string): boolean =>
  /^https:\/\/(127\.|localhost\b|\[::1\]|0\.0\.0\.0)/.test(server);

/** Finds other runs on the cluster: two runs would remove each other's mesh. */
function otherRuns({ inspections, ledgers }: Surroundings): readonly Finding[] {
  return inspections.flatMap(({ context, uid }) =>
    ledgers
      .filter(({ existing }) => uid !== '' && existing.some(entry => entry.uid === uid))
      .map(({ runId, isRunning }) => ({
        subject: `${context.cluster} (${context.context})`,
        ok: false,
        found: isRunning ? `run ${runId} works on it now` : `run ${runId} has left its mesh in it`,
        fix: isRunning
          ? 'Wait for its end, or use another cluster.'
          : 'mesh-harness clean removes what it has made.',
      })),
  );
}
