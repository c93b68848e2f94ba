/** `mesh-harness run`: its words and flags, and how they are written once more. */
import type { Command } from 'commander';
import type { KubernetesMinor } from '../../base/kubernetes-versions.ts';
import type { Action } from '../declaration.ts';
import { asWord, collect, oneOf, shard, wholeNumber } from '../flag-values.ts';
import type { ShardChoice } from '../shard.ts';
import {
  addCheckFlags,
  addJudgementFlags,
  argvOfChecks,
  argvOfJudgement,
  type CheckFlags,
  type JudgementFlags,
} from './check.flags.ts';
import { addGuideFlags, argvOfGuide, type GuideChoiceFlags } from './guide-choice.flags.ts';
import { addKubernetesFlag, argvOfKubernetes } from './kubernetes.flags.ts';
import { addAllowNotSimulatedFlag, argvOfAllowNotSimulated } from './not-simulated.flags.ts';
import { addOutputFlags, type OutputFlags } from './output.flags.ts';
import { addRealFlags, argvOfReal, type RealFlags } from './real.flags.ts';

/** The flags of `mesh-harness run`, as the command line has them. */
export interface RunFlags extends RealFlags, CheckFlags, JudgementFlags, OutputFlags, GuideChoiceFlags {
  /** The pages of a guide, in the place of scenarios. */
  readonly guide?: readonly string[];
  readonly platform?: string;
  /** Of the simulator only: what runs the plan's commands. */
  readonly tools?: 'embedded' | 'process';
  /** Of the simulator only: the path of a real `pilot-discovery`. */
  readonly istiod?: string;
  /** Of the simulator only: an istioctl that works in the place of ours. */
  readonly istioctl?: string;
  readonly edition?: string;
  /** Of the simulator only. */
  readonly kubernetesVersion?: KubernetesMinor;
  /** Of the simulator only: security objects that are not simulated are taken, with a warning. */
  readonly allowNotSimulated?: boolean;
  /** Of the simulator only: how many scenarios run at once. */
  readonly jobs?: number;
  /** One part of the scenarios, for one of several machines. */
  readonly shard?: ShardChoice;
  readonly keep: boolean;
  readonly keepOnFailure: boolean;
  readonly omit: readonly string[];
  /** Of the simulator only: faults that come and go after the checks. */
  readonly fault: readonly string[];
  readonly keepGoing: boolean;
  /** The folder of the trace; only for the simulator. */
  readonly trace?: string;
  /** By default 1. */
  readonly seed?: string;
  readonly extended: boolean;
  readonly allowChanges: boolean;
}

/** Declares `mesh-harness run SCENARIO…`. */
export function declareRun(
  program: Command,
  action: Action<[scenarios: readonly string[], flags: RunFlags]>,
): void {
  const run = program
    .command('run')
    .description('install a scenario step by step, verify the traffic, write the reports, and clean up')
    .argument(
      '[scenario...]',
      'names of scenarios, files of your own (./my-mesh.yaml), or "all" for the four of the guide',
    );
  addInstallFlags(run);
  addKubernetesFlag(run);
  addAllowNotSimulatedFlag(run);
  run.option(
    '--guide <file...>',
    'run what the pages of a guide say, instead of a scenario',
    (file: string, before: readonly string[] = []) => collect(file, before),
  );
  addGuideFlags(run);
  addVerifyFlags(run);
  addOutputFlags(run);
  addKeepFlags(run);
  addRealFlags(run)
    .addHelpText(
      'after',
      `
Examples:
  $ mesh-harness run primary-remote-multi-network
  $ mesh-harness run all --output tap > results.tap
  $ mesh-harness run multi-primary --omit remote-secret/cluster2-in-cluster1    (and see what breaks)
  $ mesh-harness run multi-primary --fault kill-istiod    (and see whether calls go on)
  $ mesh-harness run primary-remote --trace trace    (and see why)
  $ mesh-harness run --guide install.md --tab primary-remote`,
    )
    .action((scenarios: readonly string[], flags: RunFlags) => action(scenarios, flags));
}

/** Adds what decides where and how a scenario is installed. */
function addInstallFlags(run: Command): void {
  run
    .option(
      '--platform <name>',
      'where the clusters come from: simulator (default), kind, existing, or auto: kind where all it needs is there; MESH_HARNESS_PLATFORM sets another',
    )
    .option(
      '--edition <name>',
      'the guide as of a line of Istio releases: 1.8 (default on the simulator) or current',
    )
    .option(
      '--tools <kind>',
      'embedded (default), or process: the kubectl on PATH and our istioctl as programs, on the clock of the wall',
      oneOf('embedded', 'process'),
    )
    .option(
      '--istiod <path>',
      'a real pilot-discovery in the place of our istiod (edition current, the clock of the wall)',
    )
    .option('--istioctl <file>', 'this istioctl works, with the kubectl on PATH, on the clock of the wall')
    .option(
      '--omit <step>',
      'leave a step of the plan out, and go on as someone would who did not notice (repeatable)',
      collect,
      [],
    )
    .option('--keep-going', 'run the steps that depend on a failed one too', false)
    .option(
      '--jobs <n>',
      'scenarios at once (default: one for each core, as far as memory is left)',
      wholeNumber,
    )
    .option('--shard <part>', 'run one part of the scenarios: 1/3; report merge joins the reports', shard)
    .option(
      '--trace <dir>',
      'write there what the run did: API requests, connections, xDS, output of processes',
    );
}

/** Adds what decides how the mesh is verified. */
function addVerifyFlags(run: Command): void {
  addJudgementFlags(run)
    .option('--seed <n>', 'the same seed gives the same run (default: 1)')
    .option(
      '--fault <name>',
      'after the checks, let a fault come and go while calls go on, and measure what is lost: ' +
        'a name of fault list, NAME,cluster=cluster1, or all (repeatable)',
      collect,
      [],
    )
    .option('--extended', 'also check what the guide claims but does not verify', false)
    .option(
      '--allow-changes',
      'also run the checks that change something, and put it back (elsewhere they run anyway)',
      false,
    );
  addCheckFlags(run);
}

/** Adds what decides what the run leaves behind. */
function addKeepFlags(run: Command): void {
  run
    .option('--keep', 'leave the clusters and the mesh as they are at the end', false)
    .option('--keep-on-failure', 'leave them only if the run does not pass', false);
}

/** Returns the words of a command line that repeats a run, but for reports, output and `--jobs`. */
export function argvOfRun(names: readonly string[], flags: RunFlags): readonly string[] {
  const one = (flag: string, value: string | number | undefined) =>
    value === undefined ? [] : [flag, String(value)];
  const is = (flag: string, given: boolean) => (given ? [flag] : []);
  return [
    'run',
    ...names.map(asWord),
    ...(flags.guide ? ['--guide', ...flags.guide.map(asWord)] : []),
    ...argvOfGuide(flags),
    ...one('--platform', flags.platform),
    ...one('--edition', flags.edition),
    ...one('--tools', flags.tools),
    ...one('--istiod', flags.istiod),
    ...one('--istioctl', flags.istioctl),
    ...argvOfKubernetes(flags.kubernetesVersion),
    ...argvOfAllowNotSimulated(flags),
    ...flags.omit.flatMap(step => ['--omit', step]),
    ...is('--keep-going', flags.keepGoing),
    ...flags.fault.flatMap(name => ['--fault', name]),
    ...one('--shard', flags.shard && `${flags.shard.index}/${flags.shard.of}`),
    ...is('--extended', flags.extended),
    ...is('--allow-changes', flags.allowChanges),
    ...argvOfChecks(flags),
    ...argvOfJudgement(flags),
    ...argvOfReal(flags),
    ...one('--seed', flags.seed),
  ];
}
