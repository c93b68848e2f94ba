/** What the client of each cluster saw of a fault. */
import { contains, parseCidr } from '../../base/ipv4.ts';
import type { ClusterName } from '../../model/names.ts';
import type { ClusterSpec, Topology } from '../../model/topology.ts';
import type { FaultSource } from '../../verify/fault-measure.ts';
import type { PodFact } from '../../verify/pods.ts';
import { readEndpoints } from '../../verify/proxy-endpoints.ts';
import { symptomOf } from '../../verify/symptom.ts';
import { type Locate, tally } from '../../verify/tally.ts';
import { NAMESPACE, SERVICE_CLUSTER, SIDECAR } from '../../verify/workloads.ts';
import type { FaultScene } from '../fault.ts';
import type { TimedCall } from './calls.ts';
import { isError, missingIn, type Watched } from './troubles.ts';

const MAX_ERRORS = 3;

/** The addresses that a client's proxy has for HelloWorld; undefined if it does not answer. */
export async function endpointsSeen(
  { points, client }: FaultScene,
  cluster: ClusterName,
  signal: AbortSignal,
): Promise<readonly string[] | undefined> {
  const at = { namespace: NAMESPACE, app: client, container: SIDECAR };
  const argv = ['pilot-agent', 'request', 'GET', 'clusters'];
  const outcome = await points.execOnNode(cluster, at, argv, signal);
  if (outcome?.exitCode !== 0) return undefined;
  return readEndpoints(outcome.stdout, SERVICE_CLUSTER).map(({ address }) => address);
}

/** A client's calls, its pod from before the fault, and what its proxy had towards the end of it. */
export interface SourceSeen extends Watched {
  readonly spec: ClusterSpec;
  readonly clientPod: PodFact | undefined;
  readonly endpoints: readonly string[] | undefined;
}

/** The span of a fault, milliseconds since the epoch: its begin, and the last part, by which it is judged. */
interface Span {
  readonly begunMs: number;
  readonly lateMs: number;
  readonly toMs: number;
}

/** Puts together what one client saw. */
export function sourceOf(topology: Topology, seen: SourceSeen, { begunMs, lateMs, toMs }: Span): FaultSource {
  const { spec, calls, locate, clientPod } = seen;
  const concerned = calls.filter(({ endMs }) => endMs >= begunMs);
  const late = calls.filter(({ endMs }) => endMs >= lateMs && endMs < toMs);
  const missing = missingIn(seen, lateMs, toMs);
  const silent = missing.flatMap(({ clusters }) => clusters);
  const counted = tallyOf(late, locate, topology);
  return {
    cluster: spec.name,
    calls: concerned.length,
    lost: concerned.filter(isError).length,
    missing: silent,
    symptom: symptomOf({
      from: spec.name,
      silent,
      partlyKnown: false,
      tally: counted,
      clientPod,
      remoteEndpoints: foreignEndpoints(topology, seen, silent),
      misplaced: false,
      skewed: false,
    }),
    errors: tallyOf(concerned, locate, topology).errors.slice(0, MAX_ERRORS),
    longestSeconds: tallyOf(concerned, locate, topology).longestSeconds,
  };
}

const tallyOf = (calls: readonly TimedCall[], locate: Locate, { clusters }: Topology) =>
  tally(
    calls.map(({ answer }) => answer),
    locate,
    clusters.map(({ name }) => name),
  );

/** Tells of endpoints that are neither of the client's own cluster nor of one that answers. */
function foreignEndpoints(
  { clusters }: Topology,
  { spec, endpoints, groups }: SourceSeen,
  silent: readonly ClusterName[],
): { readonly known: boolean; readonly unreachable: boolean } | undefined {
  if (!endpoints) return undefined;
  const ownerOf = (address: string) =>
    clusters.find(({ podRange }) => {
      const range = parseCidr(podRange);
      return range !== undefined && contains(range, address);
    });
  const isFarAnswering = groups.some(
    ({ isNear, clusters: far }) => !isNear && far.some(name => !silent.includes(name)),
  );
  const foreign = endpoints.flatMap(address => {
    const owner = ownerOf(address);
    if (owner) return owner.name === spec.name || !silent.includes(owner.name) ? [] : [owner];
    return isFarAnswering ? [] : [undefined]; // a gateway's address
  });
  return {
    known: foreign.length > 0,
    unreachable: foreign.some(owner => owner !== undefined && owner.network !== spec.network),
  };
}
