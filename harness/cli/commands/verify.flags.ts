/** `mesh-harness verify`: its words and flags, and how they are written once more. */
import type { Command } from 'commander';
import type { Action } from '../declaration.ts';
import { asWord, seconds } from '../flag-values.ts';
import {
  addCheckFlags,
  addJudgementFlags,
  argvOfChecks,
  argvOfJudgement,
  type CheckFlags,
  type JudgementFlags,
} from './check.flags.ts';
import { addOutputFlags, type OutputFlags } from './output.flags.ts';
import { addTargetFlags, argvOfTarget, type TargetFlags } from './target.flags.ts';

/** The flags of `mesh-harness verify`, as the command line has them. */
export interface VerifyFlags extends TargetFlags, CheckFlags, JudgementFlags, OutputFlags {
  readonly edition?: string;
  readonly deploy: boolean;
  readonly allowChanges: boolean;
  /** Seconds that something which is still spreading is waited for. */
  readonly wait?: number;
}

/** Declares `mesh-harness verify [SCENARIO]`. */
export function declareVerify(
  program: Command,
  action: Action<[scenario: string | undefined, flags: VerifyFlags]>,
): void {
  const verify = program
    .command('verify')
    .description(
      'verify a mesh that is there: clusters that are up, that a run has kept, or any contexts; only reads',
    )
    .argument('[scenario]', 'what the mesh should be (default: what the clusters say of themselves)');
  addTargetFlags(verify)
    .option('--deploy', 'put HelloWorld and the client in first, and take them out again at the end', false)
    .option(
      '--allow-changes',
      'also run the checks that change something, and put it back (see list --checks)',
      false,
    )
    .option(
      '--wait <seconds>',
      'how long to wait for what is still spreading (default: 30; with --deploy 120)',
      seconds,
    )
    .option('--edition <name>', 'the guide that a diagnosis points to (default: by the version of istiod)');
  addCheckFlags(verify);
  addJudgementFlags(verify);
  addOutputFlags(verify)
    .addHelpText(
      'after',
      `
Examples:
  $ mesh-harness up multi-primary --bare --detach    (type the guide, then)
  $ mesh-harness verify
  $ mesh-harness verify --context east --context west --deploy
  $ mesh-harness verify primary-remote --context cluster1=east --context cluster2=west`,
    )
    .action((scenario: string | undefined, flags: VerifyFlags) => action(scenario, flags));
}

/** Returns the words of a command line that repeats a verification, without the flags for reports. */
export const argvOfVerify = (scenario: string | undefined, flags: VerifyFlags): readonly string[] => [
  'verify',
  ...(scenario === undefined ? [] : [asWord(scenario)]),
  ...argvOfTarget(flags),
  ...(flags.deploy ? ['--deploy'] : []),
  ...(flags.allowChanges ? ['--allow-changes'] : []),
  ...(flags.edition === undefined ? [] : ['--edition', flags.edition]),
  ...(flags.wait === undefined ? [] : ['--wait', String(flags.wait)]),
  ...argvOfChecks(flags),
  ...argvOfJudgement(flags),
];
