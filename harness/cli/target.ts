/** The clusters that a command looks at: those named, those that are up, or those that a run has kept. */
import { homedir } from 'node:os';
import path from 'node:path';
import { existsSync } from '../base/disk/disk.ts';
import { readTextFile } from '../base/disk/read-file.ts';
import { HarnessError } from '../base/errors.ts';
import { MAX_KUBECONFIG_BYTES, parseKubeconfig } from '../model/kubeconfig-document.ts';
import { type ClusterName, clusterName } from '../model/names.ts';
import type { Topology } from '../model/topology.ts';
import { contextNames, namedContexts, refuseTwice } from '../platform/existing/cluster-flags.ts';
import { type ExistingContext, readContexts } from '../platform/existing/contexts.ts';
import { type LedgerRecord, readLedgers } from '../platform/ledger.ts';
import type { ControlPlane } from '../platform/platform.ts';
import { stateFolder } from '../process/folders.ts';
import type { TargetFlags } from './commands/target.flags.ts';
import type { Environment } from './environment.ts';
import { upPaths } from './up/paths.ts';
import { readState } from './up/state.ts';

/** Clusters with a mesh that is there already. */
export interface Target {
  /** The platform that they are of, for reports. */
  readonly platform: 'simulator' | 'kind' | 'existing';
  /** In the order in which they were named. */
  readonly clusters: readonly ExistingContext[];
  /** Where they were found, as a sentence ends: `the contexts ctx1 and ctx2`. */
  readonly from: string;
  /** Of what is up, where it is known beforehand. */
  readonly edition?: string;
  /** The name of the scenario that was brought up. */
  readonly scenario?: string;
  readonly controlPlane?: ControlPlane;
}

/**
 * Finds the clusters: of `--context`; of `--state-dir`; of `CTX_CLUSTER1` and so on; those that are up; those
 * that a run has kept.
 * @param topology - of the scenario that was named, whose clusters are wanted
 * @throws HarnessError ERR_USAGE if there are none, or a context cannot be used; ERR_UNREADABLE_FILE
 */
export function findTarget(
  flags: TargetFlags,
  topology: Topology | undefined,
  { env }: Pick<Environment, 'env'>,
): Target {
  if (flags.context.length > 0) return ofContexts(flags, topology, env);
  if (flags.stateDir !== undefined) {
    const up = ofUp(flags, topology, env);
    if (up) return up;
    throw new HarnessError('ERR_USAGE', `No world is up with its state in ${flags.stateDir}.`, {
      hint: 'mesh-harness up SCENARIO --state-dir DIR starts one.',
    });
  }
  if (namedContexts([], env).size > 0) return ofContexts(flags, topology, env);
  const found = ofUp(flags, topology, env) ?? ofKept(topology, env);
  if (found) return found;
  throw new HarnessError('ERR_USAGE', 'No cluster is named, and none is up.', {
    hint: '--context NAME for each cluster, or CTX_CLUSTER1 and so on; or mesh-harness up SCENARIO.',
  });
}

type Env = Environment['env'];

function ofContexts(flags: TargetFlags, topology: Topology | undefined, env: Env): Target {
  const files =
    flags.kubeconfig === undefined
      ? (env['KUBECONFIG'] ?? '').split(path.delimiter).filter(file => file !== '')
      : [flags.kubeconfig];
  const clusters = readContexts(
    files.length > 0 ? files : [path.join(homedir(), '.kube', 'config')],
    contextsOf(flags, topology, env),
  );
  const contexts = clusters.map(({ context }) => context);
  return { platform: 'existing', clusters, from: `the contexts ${contexts.join(', ')}` };
}

function contextsOf(
  { context: words }: TargetFlags,
  topology: Topology | undefined,
  env: Env,
): ReadonlyMap<ClusterName, string> {
  if (topology) return contextNames(topology, pairsFor(words, topology), env);
  if (words.length === 0) return namedContexts([], env);
  const pairs = words.map(pairOf);
  refuseTwice(
    '--context',
    pairs.map(pair => pair.join('=')),
  );
  return new Map(pairs);
}

/** Reads `cluster1=context`, or a context alone, which then names the cluster too. */
function pairOf(word: string): readonly [ClusterName, string] {
  const at = word.indexOf('=');
  return at < 1 ? [clusterName(word), word] : [clusterName(word.slice(0, at)), word.slice(at + 1)];
}

/** Gives contexts without a cluster's name to the scenario's clusters, in their order. */
function pairsFor(words: readonly string[], { clusters }: Topology): readonly string[] {
  const named = words.filter(word => word.includes('=')).map(word => word.slice(0, word.indexOf('=')));
  const free = clusters.map(({ name }) => name).filter(name => !named.some(each => each === name));
  return words.map(word => (word.includes('=') ? word : `${free.shift() ?? ''}=${word}`));
}

function ofUp(flags: TargetFlags, topology: Topology | undefined, env: Env): Target | undefined {
  const paths = upPaths(flags.stateDir, env);
  const found = readState(paths);
  if (!found?.alive) return undefined;
  const { state } = found;
  const what = `${state.scenario}, which is up`;
  if (state.phase !== 'ready')
    throw new HarnessError('ERR_USAGE', `${state.scenario} is still coming up.`, {
      hint: 'mesh-harness status tells when it is up.',
    });
  const names = state.clusters.map(({ name }) => name);
  return {
    platform: 'simulator',
    clusters: readContexts([paths.kubeconfig], wantedOf(names, topology, what)),
    from: what,
    edition: state.edition,
    scenario: state.scenario,
    ...(state.istiod && { controlPlane: { version: state.istiod.version } }),
  };
}

function ofKept(topology: Topology | undefined, env: Env): Target | undefined {
  const kept = readLedgers(stateFolder(env)).filter(({ isKept }) => isKept);
  const [record, other] = kept;
  if (!record) return undefined;
  if (other) {
    throw new HarnessError(
      'ERR_USAGE',
      `Several runs are kept: ${kept.map(({ runId }) => runId).join(', ')}.`,
      { hint: 'Name the contexts: --context for each cluster, --kubeconfig for the file.' },
    );
  }
  const what = `run ${record.runId}, which is kept`;
  const contexts = contextsOfKept(record);
  const names = contexts.map(({ cluster }) => cluster);
  const wanted = wantedOf(names, topology, what);
  return {
    platform: record.platform === 'kind' ? 'kind' : 'existing',
    clusters: contexts.filter(({ cluster }) => wanted.has(cluster)),
    from: what,
  };
}

/** Reads the kubeconfigs beside the ledger of a run: one for all clusters of kind, else one for each. */
function contextsOfKept({ folder, existing }: LedgerRecord): readonly ExistingContext[] {
  const mapOf = (names: readonly string[]) => new Map(names.map(name => [clusterName(name), name] as const));
  const merged = path.join(folder, 'kubeconfig');
  if (!existsSync(merged))
    return existing.flatMap(({ cluster, kubeconfig }) => readContexts([kubeconfig], mapOf([cluster])));
  const { contexts } = parseKubeconfig(readTextFile(merged, MAX_KUBECONFIG_BYTES));
  return readContexts([merged], mapOf((contexts ?? []).map(({ name }) => name)));
}

/** Checks that the scenario's clusters are there. @returns each of them, or all, with its context */
function wantedOf(
  names: readonly string[],
  topology: Topology | undefined,
  what: string,
): ReadonlyMap<ClusterName, string> {
  const wanted: readonly string[] = topology ? topology.clusters.map(({ name }) => name) : names;
  const missing = wanted.filter(name => !names.includes(name));
  if (missing.length > 0)
    throw new HarnessError('ERR_USAGE', `There is no cluster ${missing.join(', ')} in ${what}.`, {
      hint: `Its clusters: ${names.join(', ')}`,
    });
  return new Map(wanted.map(name => [clusterName(name), name] as const));
}
