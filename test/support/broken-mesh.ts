/** A mesh that was installed once, for tests that break it in one place, look, and put it back. */
import { sleep } from '../../harness/base/clock.ts';
import {
  KubernetesClient,
  type KubernetesObject,
  type ResourcePath,
} from '../../harness/base/kubernetes-client.ts';
import { withBearer } from '../../harness/model/kubeconfig.ts';
import type { ClusterName } from '../../harness/model/names.ts';
import { planTopology } from '../../harness/plan/plan.ts';
import type { StartedPlatform } from '../../harness/platform/platform.ts';
import { SimulatorPlatform } from '../../harness/platform/simulator/simulator-platform.ts';
import type { RunOutcome } from '../../harness/run/run.ts';
import { run } from '../../harness/run/runner.ts';
import { loadScenario } from '../../harness/scenario/load.ts';
import { readSamples } from '../../harness/session/samples.ts';
import type { WorldObserver } from '../../harness/simulator/world.ts';
import { checksFor } from '../../harness/verify/catalog.ts';
import type { AskedCluster } from '../../harness/verify/diagnose/links/probes.ts';
import { type Walk, type Walked, walkChain } from '../../harness/verify/diagnose/links/walk.ts';
import { expectedShares } from '../../harness/verify/groups.ts';
import { planSample } from '../../harness/verify/sample-plan.ts';
import { smallestSample } from '../../harness/verify/sample-size.ts';
import { ROOT } from './cli.ts';
import { embeddedToolsFor } from './embedded-run.ts';

/** Seconds after which istiods and proxies have learnt of a change. */
const SETTLE_SECONDS = 20;

/** A mesh that stands. */
export interface InstalledMesh {
  client(cluster: string): KubernetesClient;
  /** Lets the world's clock go on. */
  settle(seconds?: number): Promise<void>;
  /** Walks the chain; `clusters` takes the place of how some are asked. */
  walk(change?: (clusters: Walk['clusters']) => Walk['clusters']): Promise<Walked>;
}

/** Of a wrong verdict on a sample. */
const RISK = 1e-3;

/** Installs a scenario, gives it to a test, and removes it. @returns how the run ended */
export async function withMesh(
  {
    scenario,
    edition,
    seed = '1',
    observer,
    verified = false,
  }: {
    readonly scenario: string;
    readonly edition: string;
    readonly seed?: string;
    readonly observer?: WorldObserver;
    /** Runs the core's checks too, with a small sample. */
    readonly verified?: boolean;
  },
  use: (mesh: InstalledMesh) => Promise<void>,
): Promise<RunOutcome> {
  const { topology } = await loadScenario(scenario, { folder: `${ROOT}/scenarios` });
  const plan = planTopology(topology, edition);
  const samples = await readSamples(plan.edition);
  // A run tells of what fails here, and goes on.
  let failure: { readonly error: unknown } | undefined;
  const beforeCleanUp = async (started: StartedPlatform) => {
    const { clock } = started;
    const asked = new Map(topology.clusters.map(spec => [spec.name, askedCluster(started, spec)] as const));
    const signal = new AbortController().signal;
    const settle = (seconds = SETTLE_SECONDS) => sleep(clock, seconds * 1000, signal);
    await settle();
    try {
      await use({
        client: name => asked.get(name as ClusterName)?.client as KubernetesClient, // those of the scenario
        settle,
        walk: (change = clusters => clusters) =>
          walkChain({ topology, plan, clusters: change(asked), clock, signal }),
      });
    } catch (error) {
      failure = { error };
    } finally {
      for (const { client } of asked.values()) client.close();
    }
  };
  const shares = { expectedShares: expectedShares(topology), risk: RISK };
  const sample = planSample(smallestSample(shares.expectedShares, RISK), shares);
  const outcome = await run({
    ...{ topology, plan, seed, beforeCleanUp },
    ...(verified && { verify: { checks: checksFor(topology, plan), sample } }),
    platform: new SimulatorPlatform({ seed, ...(observer && { observer }) }),
    tools: embeddedToolsFor(plan, samples),
    runId: 'links',
  });
  if (failure) throw failure.error;
  return outcome;
}

function askedCluster({ clusters }: StartedPlatform, spec: AskedCluster['spec']): AskedCluster {
  const { kubeconfig, dial } = clusters.get(spec.name) ?? {};
  if (!kubeconfig || !dial) throw new Error(`There is no cluster ${spec.name}.`);
  const text = kubeconfig('this-machine');
  const as = (token: string) => new KubernetesClient(withBearer(text, token), { dial });
  return { spec, context: spec.name, client: new KubernetesClient(text, { dial }), as };
}

/** Puts things back as they were. */
export type PutBack = () => Promise<unknown>;

/** Changes an object; the undo writes back what was there. */
export async function edit(
  client: KubernetesClient,
  path: ResourcePath,
  change: (object: KubernetesObject) => void,
): Promise<PutBack> {
  const before = await client.get(path);
  const after = structuredClone(before);
  change(after);
  await client.replace(path, after);
  return async () => {
    const now = await client.get(path);
    const metadata = { ...before.metadata, resourceVersion: now.metadata.resourceVersion ?? '' };
    return await client.replace(path, { ...before, metadata });
  };
}

/** Deletes an object; the undo makes it anew. */
export async function remove(client: KubernetesClient, path: ResourcePath): Promise<PutBack> {
  const { status: _, ...before } = await client.get(path);
  await client.delete(path);
  return () => create(client, path, before);
}

/** Makes an object; the undo deletes it. */
export async function create(
  client: KubernetesClient,
  { name: _, ...path }: ResourcePath,
  object: KubernetesObject,
): Promise<PutBack> {
  const { resourceVersion: _version, uid: _uid, ...metadata } = object.metadata;
  await client.create(path, { ...object, metadata });
  return () => client.delete({ ...path, name: object.metadata.name ?? '' });
}
