/** A fault of an installed mesh or of what it runs on, as data, and the verdict on it. */
import { clusterName } from '../../../harness/model/names.ts';
import type { Cluster, StartedPlatform } from '../../../harness/platform/platform.ts';
import { SimulatorPlatform } from '../../../harness/platform/simulator/simulator-platform.ts';
import type { RunOutcome } from '../../../harness/run/run.ts';
import { type PreparedSession, prepareSession } from '../../../harness/session/prepare.ts';
import type { InstalledMesh } from '../../support/installed-mesh.ts';

/** What is wrong, and whose fault it is. */
export interface Fault {
  /** In a sentence. */
  readonly what: string;
  /** Words of the run's reason, where they tell that it is this fault which was seen. */
  readonly because?: RegExp;
  /** Whether `npm test` has it. */
  readonly daily?: true;
  /** Breaks something. @returns how it is mended */
  readonly breakIt?: (mesh: InstalledMesh) => Promise<() => unknown>;
  /** Changes how the run reaches a cluster. */
  readonly reach?: (cluster: Cluster, mesh: InstalledMesh) => Promise<Partial<Cluster>>;
}

/** Milliseconds of the mesh's time in which a change spreads, and pods are made anew. */
const SETTLE_MS = 30_000;
/** Of a wrong verdict: a small sample. */
const RISK = 1e-3;

/** Prepares a verification of a mesh that is installed. Files are read here, not while the world runs. */
export const verification = ({ topology, plan }: Pick<InstalledMesh, 'topology' | 'plan'>) =>
  prepareSession({
    topology,
    plan,
    platform: new SimulatorPlatform({ seed: '1' }),
    steps: 'none',
    risk: RISK,
    requests: REQUESTS,
    deadlineScale: 0.2,
  });
const REQUESTS = 120;

/** Verifies a mesh with a fault, and mends it. */
export async function verdictOn(
  mesh: InstalledMesh,
  { breakIt, reach }: Fault,
  session: PreparedSession,
): Promise<RunOutcome> {
  const mend = await breakIt?.(mesh);
  if (mend) await mesh.pass(SETTLE_MS);
  const started = reach ? await reached(mesh, reach) : mesh.started;
  const outcome = await session.start(started);
  await mend?.();
  if (mend) await mesh.pass(SETTLE_MS);
  return outcome;
}

/** The platform, with another way to the API server of cluster2. */
async function reached(mesh: InstalledMesh, reach: NonNullable<Fault['reach']>): Promise<StartedPlatform> {
  const name = clusterName('cluster2');
  const cluster = mesh.started.clusters.get(name);
  if (!cluster) throw new Error('There is no cluster2.');
  const changed = { ...cluster, ...(await reach(cluster, mesh)) };
  return { ...mesh.started, clusters: new Map([...mesh.started.clusters, [name, changed]]) };
}
