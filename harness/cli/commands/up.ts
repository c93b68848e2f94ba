/** `mesh-harness up SCENARIO`: a simulated world that stays, for kubectl, for istioctl and for people. */
import { systemClock } from '../../base/clock.ts';
import { EXIT, messageOf } from '../../base/errors.ts';
import { quoteArgv } from '../../base/quote.ts';
import { redact } from '../../base/redact.ts';
import { stackOf } from '../../base/stack.ts';
import { mergeKubeconfigs } from '../../model/kubeconfig.ts';
import type { Topology } from '../../model/topology.ts';
import { planTopology } from '../../plan/plan.ts';
import type { Plan } from '../../plan/step.ts';
import { type PlatformSettings, platformMaker } from '../../platform/catalog.ts';
import type { Programs, StartedPlatform } from '../../platform/platform.ts';
import { controlPlaneSentence } from '../../report/words.ts';
import { readSamples } from '../../session/samples.ts';
import { describeDefect, type World } from '../../simulator/world.ts';
import { stayOnDefects } from '../defects.ts';
import type { Environment } from '../environment.ts';
import { describeIstioctl, type OwnIstioctl, ownIstioctl } from '../own-istioctl.ts';
import { editionOfFlags } from '../platform-choice.ts';
import { type RealIstiodProgram, realIstiodOf } from '../real-istiod.ts';
import { scenarioOf } from '../scenarios.ts';
import { simulatorPrograms } from '../simulator-programs.ts';
import { createScreen, type Screen } from '../terminal/screen.ts';
import { applyPlan } from '../up/apply-plan.ts';
import { startDetached } from '../up/detached.ts';
import { OwnState } from '../up/own-state.ts';
import { STATE_DIR, type UpPaths, upPaths } from '../up/paths.ts';
import { releaseFiles } from '../up/release-folder.ts';
import type { UpCluster } from '../up/state.ts';
import { assertStateFolder, assertUsable } from '../up/state-folder.ts';
import { exportsOf } from '../up/variables.ts';
import { openWorldFaults } from '../up/world-faults.ts';
import { argvOfStateDir } from './state-dir.flags.ts';
import { argvOfUp, type UpFlags } from './up.flags.ts';
import { assertUpFlags } from './up-flags-check.ts';

/**
 * Brings clusters up and leaves them. Everything that can be wrong with the command line is found before
 * anything starts.
 * @param onWorld - called with the world once it runs: for tests that want to look behind the API
 */
export async function upCommand(
  scenario: string,
  flags: UpFlags,
  environment: Environment,
  onWorld?: (world: World) => void,
): Promise<number> {
  const { signal } = environment;
  const { topology: read } = await scenarioOf(scenario, signal);
  const topology = flags.allowNotSimulated ? { ...read, allowNotSimulated: true } : read;
  assertUpFlags(scenario, topology, flags);
  const istioctl = await ownIstioctl(flags, 'simulator', signal);
  const { name: edition } = await editionOfFlags(flags, 'simulator', istioctl, signal);
  const plan = planTopology(topology, edition);
  const istiod = await realIstiodOf(flags.istiod, { edition, signal });
  const paths = upPaths(flags.stateDir, environment.env);
  assertUsable(paths);
  await assertStateFolder(paths);
  return flags.detach
    ? await startDetached(argvOfUp(scenario, flags), paths, environment)
    : await stayUp({ scenario, topology, plan, istiod, istioctl, paths, flags, environment, onWorld });
}

interface Stay {
  /** As the user named it. */
  readonly scenario: string;
  readonly topology: Topology;
  readonly plan: Plan;
  readonly istiod: RealIstiodProgram | undefined;
  readonly paths: UpPaths;
  readonly flags: UpFlags;
  readonly environment: Environment;
  readonly istioctl: OwnIstioctl | undefined;
  readonly onWorld: ((world: World) => void) | undefined;
}

async function stayUp(stay: Stay): Promise<number> {
  const { topology, plan, paths, flags, environment, istiod, istioctl } = stay;
  const { env, stdout, stderr, signal } = environment;
  const { seed } = flags;
  const bare = flags.bare || flags.apiOnly;
  const { edition, istioVersion } = plan;
  const screen = createScreen({ stdout, stderr, env });
  tellFirst(screen, stay);
  const samples = await readSamples(edition);
  using own = await OwnState.take(
    paths,
    {
      scenario: topology.name,
      edition,
      istioVersion,
      ...(istiod && { istiod }),
      ...(istioctl && { istioctl }),
      seed,
      bare,
      startedAt: new Date(systemClock.now()).toISOString(),
    },
    { early: env['MESH_HARNESS_DETACHED'], tell: screen.progress },
  );
  const onDefect = tellDefects(own, screen);
  if (istioctl) screen.progress(describeIstioctl(istioctl));
  using programs = istioctl && (await simulatorPrograms(edition, env, istioctl));
  using _ = stayOnDefects(error => onDefect(stackOf(error)));
  const platform = await platformMaker('simulator')(platformSettings(stay, onDefect, programs?.programs));
  await using started = await platform.start(topology, signal);
  own.write(paths.release, releaseFiles(samples, paths.kubeconfig, istioctl?.file));
  for (const { name, server } of keepClusters(own, started)) screen.progress(` ✓ ${name}: ${server}`);

  const exitCode = bare
    ? EXIT.passed
    : await applyPlan({ topology, plan, platform, started, samples, seed, screen, signal });
  if (signal.aborted) return EXIT.interrupted;
  await using control = await openWorldFaults(paths, started, topology, plan);
  own.ready(control?.socket);
  // Whoever has started a detached one prints them.
  if (env['MESH_HARNESS_DETACHED'] === undefined) stdout.write(exportsOf(own.state, paths));
  tellWhatIsNext(screen, stay);
  // To the process that waits for a detached one.
  process.send?.({ ready: true, exitCode });
  await until(signal, started.defect);
  if (started.defect?.aborted) {
    screen.progress(redact(`mesh-harness: ${messageOf(started.defect.reason)}`));
    return EXIT.unknown;
  }
  return exitCode;
}

/** Returns what the simulator needs to know. @param onDefect - told of each defect, and in which cluster */
function platformSettings(
  { plan, flags, istiod, istioctl, onWorld }: Stay,
  onDefect: (text: string, cluster?: string) => void,
  programs: Programs | undefined,
): PlatformSettings {
  const { apiOnly, kubernetesVersion, seed, firstPort } = flags;
  return {
    seed,
    edition: plan.edition,
    ...(kubernetesVersion && { kubernetes: kubernetesVersion }),
    open: {
      apiOnly,
      istioVersion: plan.istioVersion,
      ...(istiod && { istiod }),
      onDefect: (cluster, defect) => onDefect(describeDefect(defect), cluster),
      ...(programs && { programs }),
      ...(istioctl && { istioctlVersion: istioctl.version }),
      ...(firstPort !== undefined && { firstPort }),
    },
    ...(onWorld && { onWorld }),
  };
}

/** Says what is about to come up. */
function tellFirst(screen: Screen, { plan: { edition, istioVersion }, istiod }: Stay): void {
  screen.progress(`Platform: simulator, edition ${edition}; no real cluster is touched.`);
  if (istiod) screen.progress(controlPlaneSentence(istiod.version, istioVersion));
}

/** Keeps where the API servers are, and the kubeconfig of all of them. @returns the clusters */
function keepClusters(own: OwnState, started: StartedPlatform): readonly UpCluster[] {
  const kubeconfigs = new Map(
    [...started.clusters].map(([name, each]) => [name, each.kubeconfig('this-machine')]),
  );
  const clusters = [...kubeconfigs].map(([name, text]) => ({
    name,
    server: /server: (\S+)/.exec(text)?.[1] ?? '',
    inNetworkServer: /inNetworkServer: (\S+)/.exec(text)?.[1] ?? '',
  }));
  own.started(clusters, mergeKubeconfigs(kubeconfigs));
  return clusters;
}

/** Returns what notes defects, and shows them. */
function tellDefects(own: OwnState, screen: Screen): (message: string, cluster?: string) => void {
  return (message, cluster) => {
    const at = new Date(systemClock.now()).toISOString();
    const count = own.failed({ message: redact(message), ...(cluster !== undefined && { cluster }) }, at);
    // A defect that repeats must not fill the disk: only its 1st, 2nd, 4th, 8th … time is shown.
    if (Math.log2(count) % 1 !== 0) return;
    const where = cluster === undefined ? '' : ` in ${cluster}`;
    screen.progress(
      redact(`${at} a defect of mesh-harness${where}: ${message}${count > 1 ? ` (${count} times)` : ''}`),
    );
  };
}

/** Resolves when one of them aborts. */
async function until(...signals: readonly (AbortSignal | undefined)[]): Promise<void> {
  const any = AbortSignal.any(signals.filter(signal => signal !== undefined));
  // A pending promise alone keeps no process alive; the servers that listen do.
  if (!any.aborted)
    await new Promise<void>(resolve => any.addEventListener('abort', () => resolve(), { once: true }));
}

/** Returns what the world lacks, for the line that says that it is up. */
function wordsOf({ bare, apiOnly }: UpFlags): string {
  if (apiOnly) return ': API servers alone, without nodes and controllers';
  return bare ? ', with nothing installed' : '';
}

function tellWhatIsNext(
  screen: Screen,
  { scenario, plan, topology, flags, environment: { env } }: Stay,
): void {
  const stateDir = flags.stateDir ?? env[STATE_DIR];
  const ofWorld = argvOfStateDir(stateDir === undefined ? {} : { stateDir });
  const command = (word: string) => quoteArgv(['mesh-harness', word, ...ofWorld]);
  const detached = env['MESH_HARNESS_DETACHED'] !== undefined;
  const text = quoteArgv(['mesh-harness', 'plan', scenario, '--edition', plan.edition]);
  const { length: mistakes } = plan.errata;
  const lines = [
    '',
    `${topology.name} is up${wordsOf(flags)}. In a shell:`,
    `  eval "$(${command('env')})"`,
    ...(flags.bare
      ? ['  cp -R "$ISTIO_FOLDER/samples" .   (in a folder of yours, where you type the guide)']
      : []),
    ...(flags.bare && mistakes > 0
      ? [
          `The guide's text has ${mistakes === 1 ? 'a known mistake' : `${mistakes} known mistakes`} ` +
            'for this scenario; they end the list of its steps:',
          `  ${text}`,
        ]
      : []),
    ...(flags.apiOnly
      ? []
      : [
          flags.bare
            ? 'When you have typed it, see whether calls really cross:'
            : 'See whether calls really cross:',
          `  ${command('verify')}`,
        ]),
    `End it: ${detached ? command('down') : 'Ctrl-C'}`,
  ];
  screen.progress(lines.join('\n'));
}
