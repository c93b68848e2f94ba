/** `mesh-harness status`: shows the world that is up, and asks its API servers if they answer. */
import { systemClock } from '../../base/clock.ts';
import { readTextFile } from '../../base/disk/read-file.ts';
import { EXIT, messageOf } from '../../base/errors.ts';
import { KubernetesClient } from '../../base/kubernetes-client.ts';
import { MAX_KUBECONFIG_BYTES } from '../../model/kubeconfig-document.ts';
import { controlPlaneSentence, duration } from '../../report/words.ts';
import type { Environment } from '../environment.ts';
import { describeIstioctl } from '../own-istioctl.ts';
import { createScreen } from '../terminal/screen.ts';
import { downLine } from '../up/claim.ts';
import { askWorld } from '../up/control-client.ts';
import { describeFault } from '../up/fault-line.ts';
import { noWorldIn, type UpPaths, upPaths } from '../up/paths.ts';
import { readState, type UpCluster, type UpState } from '../up/state.ts';
import { livingOwners } from '../up/state-folder.ts';
import type { StateDirFlags } from './state-dir.flags.ts';

const ANSWER_TIMEOUT_MS = 5000;

/** Prints the state of a world. @returns 0 if it is up and answers, 1 otherwise */
export async function statusCommand(flags: StateDirFlags, environment: Environment): Promise<number> {
  const screen = createScreen(environment);
  const paths = upPaths(flags.stateDir, environment.env);
  const found = readState(paths);
  if (!found) {
    const [owner] = livingOwners(paths);
    screen.result(
      owner
        ? `A world is up (process ${owner.pid}); its state in ${paths.folder} is gone or not there yet.`
        : noWorldIn(paths, environment.env),
    );
    return EXIT.failed;
  }
  const { state, alive } = found;
  if (!alive) {
    screen.result(
      `${state.scenario} was up; its process ${state.owner.pid} is gone. ${downLine(paths.folder)} removes what it left.`,
    );
    return EXIT.failed;
  }
  for (const line of linesOn(state)) screen.result(`${line}`);
  const answers = await Promise.all(state.clusters.map(cluster => answerOf(cluster, paths)));
  const width = Math.max(0, ...state.clusters.map(({ name }) => name.length));
  for (const [index, { name, server }] of state.clusters.entries()) {
    screen.result(`  ${name.padEnd(width)}  ${server}  ${answers[index]?.text ?? ''}`);
  }
  for (const line of await faultsOf(state, environment.signal)) screen.result(`  ${line}`);
  for (const defect of state.defects ?? []) screen.result(`  ${describeDefect(defect, paths.log)}`);
  screen.result(`  kubeconfig: ${paths.kubeconfig}`);
  return answers.every(({ ok }) => ok) ? EXIT.passed : EXIT.failed;
}

/** Tells what is up, since when, and which programs of the user's are part of it. */
function linesOn(state: UpState): readonly string[] {
  const { scenario, edition, istioVersion, owner, istiod, istioctl } = state;
  const age = duration(systemClock.now() - Date.parse(state.startedAt));
  const phase = state.phase === 'starting' ? 'is coming up' : state.bare ? 'is up, bare' : 'is up';
  return [
    `${scenario} ${phase}: edition ${edition} (Istio ${istioVersion}), process ${owner.pid}, for ${age}`,
    ...(istiod ? [`  ${controlPlaneSentence(istiod.version, istioVersion)} ${istiod.path}`] : []),
    ...(istioctl ? [`  ${describeIstioctl(istioctl)}`] : []),
  ];
}

/** Tells of a defect with the first line of its message. @param log - a file that may tell more */
function describeDefect(
  { cluster, message, count, lastAt }: NonNullable<UpState['defects']>[number],
  log: string,
): string {
  const [line] = message.split('\n');
  const where = cluster === undefined ? '' : ` in ${cluster}`;
  const times = count > 1 ? `, ${count} times` : '';
  return `a defect of mesh-harness${where}: ${line} (${lastAt}${times}; ${log} may tell more)`;
}

/** Tells which faults are in force; nothing of a world that takes none. */
async function faultsOf({ control }: UpState, signal: AbortSignal): Promise<readonly string[]> {
  if (control === undefined) return [];
  try {
    const soon = AbortSignal.any([signal, AbortSignal.timeout(ANSWER_TIMEOUT_MS)]);
    const faults = await askWorld(control, { path: 'GET /faults' }, soon);
    return faults.map(fault => `a fault is in force: ${describeFault(fault)}`);
  } catch (error) {
    signal.throwIfAborted();
    return [`which faults are in force is not known: ${messageOf(error)}`];
  }
}

async function answerOf(
  { name }: UpCluster,
  { kubeconfig }: UpPaths,
): Promise<{ ok: boolean; text: string }> {
  let client: KubernetesClient | undefined;
  try {
    client = new KubernetesClient(readTextFile(kubeconfig, MAX_KUBECONFIG_BYTES), { context: name });
    const signal = AbortSignal.timeout(ANSWER_TIMEOUT_MS);
    // Of /version.
    const version = (await client.request('GET', '/version', { signal })) as { gitVersion?: string };
    return { ok: true, text: `Kubernetes ${version.gitVersion ?? ''}` };
  } catch (error) {
    return { ok: false, text: `does not answer: ${messageOf(error)}` };
  } finally {
    client?.close();
  }
}
