/** The command line as commander parses it: every command, and the help of all of them together. */
import path from 'node:path';
import { Command, Help, type OutputConfiguration } from 'commander';
import { packageRoot, packageVersion } from '../base/package-root.ts';
import { forTerminal } from '../base/printable.ts';
import { wordsOfCommand } from './command-words.ts';
import { declareCerts } from './commands/certs.flags.ts';
import { declareClean } from './commands/clean.flags.ts';
import { declareCompletion } from './commands/completion.flags.ts';
import { declareDiagnose } from './commands/diagnose.flags.ts';
import { declareDoctor } from './commands/doctor.flags.ts';
import { declareDown } from './commands/down.flags.ts';
import { declareEnv } from './commands/env.flags.ts';
import { declareFault, declareFaultClear, declareFaultList } from './commands/fault.flags.ts';
import { declareGuide } from './commands/guide.flags.ts';
import { declareGuideLint, declareGuideRules } from './commands/guide-lint.flags.ts';
import { declareGuidePlan } from './commands/guide-plan.flags.ts';
import {
  declareImages,
  declareImagesList,
  declareImagesLoad,
  declareImagesSave,
} from './commands/images.flags.ts';
import { declareIstioctl } from './commands/istioctl.flags.ts';
import { declareList } from './commands/list.flags.ts';
import { declareMatrix } from './commands/matrix.flags.ts';
import { declarePlan } from './commands/plan.flags.ts';
import {
  declareReport,
  declareReportDiff,
  declareReportMerge,
  declareReportOpen,
  declareReportRender,
  declareReportSchema,
  declareReportVerify,
} from './commands/report.flags.ts';
import { declareRun } from './commands/run.flags.ts';
import { declareStatus } from './commands/status.flags.ts';
import { declareUp } from './commands/up.flags.ts';
import { declareVerify } from './commands/verify.flags.ts';
import { declareVersion } from './commands/version.flags.ts';
import type { Declaration } from './declaration.ts';
import { DOCS_PAGES } from './docs-pages.ts';
import type { Environment } from './environment.ts';
import { refuseWithoutEffect } from './flag-effects.ts';
import { prefixOf } from './flag-table.ts';
import { notEmpty, withChoicesOf } from './flag-values.ts';
import { HELP_FORMAT } from './terminal/help-format.ts';

/** The work of a command, once its words and flags were read. It returns the exit code. */
export type Work = (environment: Environment) => Promise<number>;

/** Runs the work of the one command that was called, and keeps its exit code. */
export type Execute = (work: Work) => Promise<void>;

/** A declaration with its work. */
type Declared = (program: Command, execute: Execute) => void;

/** Joins a declaration with the function that does the work, which is loaded when it is called. */
const command =
  <Words extends readonly unknown[]>(
    declare: Declaration<Words>,
    load: () => Promise<(...words: [...Words, Environment]) => Promise<number>>,
  ): Declared =>
  (program, execute) => {
    declare(program, (...words) =>
      execute(async environment => {
        if (declared) refuseWithoutEffect(declared, environment.env);
        return await (await load())(...words, environment);
      }),
    );
    const declared = program.commands.at(-1);
  };

/** Joins commands below one, which does nothing alone. */
const group =
  (declareAbove: (program: Command) => Command, commands: readonly Declared[]): Declared =>
  (program, execute) => {
    const above = declareAbove(program);
    for (const declare of commands) declare(above, execute);
  };

/** Joins commands below one that does something alone, too. */
const withBelow =
  (declareAbove: Declared, commands: readonly Declared[]): Declared =>
  (program, execute) => {
    declareAbove(program, execute);
    const above = program.commands.at(-1);
    if (above) for (const declare of commands) declare(above, execute);
  };

/** In the order of the help. */
const COMMANDS: readonly Declared[] = [
  command(declareRun, async () => (await import('./commands/run.ts')).runScenarios),
  command(declareVerify, async () => (await import('./commands/verify.ts')).verifyCommand),
  command(declareDiagnose, async () => (await import('./commands/diagnose.ts')).diagnoseCommand),
  command(declareMatrix, async () => (await import('./commands/matrix.ts')).matrixCommand),
  command(declareDoctor, async () => (await import('./commands/doctor.ts')).doctorCommand),
  group(declareImages, [
    command(declareImagesList, async () => (await import('./commands/images.ts')).imagesListCommand),
    command(declareImagesSave, async () => (await import('./commands/images.ts')).imagesSaveCommand),
    command(declareImagesLoad, async () => (await import('./commands/images.ts')).imagesLoadCommand),
  ]),
  command(declareClean, async () => (await import('./commands/clean.ts')).cleanCommand),
  command(declareList, async () => (await import('./commands/list.ts')).listCommand),
  command(declarePlan, async () => (await import('./commands/plan.ts')).planCommand),
  group(declareGuide, [
    command(declareGuidePlan, async () => (await import('./commands/guide-plan.ts')).guidePlanCommand),
    command(declareGuideLint, async () => (await import('./commands/guide-lint.ts')).guideLintCommand),
    command(declareGuideRules, async () => (await import('./commands/guide-lint.ts')).guideRulesCommand),
  ]),
  group(declareReport, [
    command(declareReportMerge, async () => (await import('./commands/report-merge.ts')).reportMergeCommand),
    command(declareReportDiff, async () => (await import('./commands/report-diff.ts')).reportDiffCommand),
    command(
      declareReportRender,
      async () => (await import('./commands/report-render.ts')).reportRenderCommand,
    ),
    command(
      declareReportVerify,
      async () => (await import('./commands/report-verify.ts')).reportVerifyCommand,
    ),
    command(declareReportOpen, async () => (await import('./commands/report-open.ts')).reportOpenCommand),
    command(
      declareReportSchema,
      async () => (await import('./commands/report-schema.ts')).reportSchemaCommand,
    ),
  ]),
  command(declareCerts, async () => (await import('./commands/certs.ts')).certsCommand),
  command(declareUp, async () => {
    const { upCommand } = await import('./commands/up.ts');
    return (scenario, flags, environment) => upCommand(scenario, flags, environment);
  }),
  command(declareEnv, async () => (await import('./commands/env.ts')).envCommand),
  command(declareStatus, async () => (await import('./commands/status.ts')).statusCommand),
  withBelow(
    command(declareFault, async () => (await import('./commands/fault.ts')).faultCommand),
    [
      command(declareFaultList, async () => (await import('./commands/fault.ts')).faultListCommand),
      command(declareFaultClear, async () => (await import('./commands/fault.ts')).faultClearCommand),
    ],
  ),
  command(declareDown, async () => (await import('./commands/down.ts')).downCommand),
  declareIstioctl,
  command(declareCompletion, async () => (await import('./commands/completion.ts')).completionCommand),
  command(declareVersion, async () => (await import('./commands/version.ts')).versionCommand),
];

const EPILOGUE = `
Examples:
  $ mesh-harness run all                              the four scenarios of the guide, on the simulator
  $ mesh-harness run ./my-mesh.yaml                   a mesh of your own
  $ mesh-harness plan primary-remote --format sh      the guide as a script

Exit codes: 0 passed, 1 failed, 2 wrong usage, 3 unknown (the environment got in the way), 130 interrupted.`;

/**
 * Makes the parser of the command line. It throws a CommanderError where commander would end the process.
 * @param execute - called with the work of the command that the words name
 * @param output - where help and refusals go; by default the streams of this process
 */
export function createProgram(execute: Execute, output: OutputConfiguration = {}): Command {
  const program = new Command('mesh-harness')
    .description(
      "Runs Istio's multicluster installation guide end to end, and proves that what it promises is true.",
    )
    .version(packageVersion(), '-V, --version', 'print the version')
    .exitOverride()
    .configureOutput({
      ...output,
      outputError: (text, write) => write(forTerminal(text)),
    })
    // Do not print the defaults `[]` and `false`; they go without saying.
    .configureHelp({
      ...HELP_FORMAT,
      optionDescription: option =>
        new Help().optionDescription(option).replace(/ ?\(default: (?:\[\]|false)\)$/, ''),
    })
    .showHelpAfterError('(mesh-harness --help lists commands and options)')
    .showSuggestionAfterError()
    .addHelpText('after', EPILOGUE);
  for (const declare of COMMANDS) declare(program, execute);
  for (const command of program.commands) {
    settle(command);
    for (const below of command.commands) settle(below);
  }
  return program;
}

/**
 * Makes a command throw instead of ending the process, tell its page and where its flags belong, and refuse
 * empty values.
 */
function settle(command: Command): void {
  const words = wordsOfCommand(command);
  command.exitOverride().showHelpAfterError(`(mesh-harness ${words} --help)`);
  const page = DOCS_PAGES[words];
  if (page !== undefined) command.addHelpText('after', `\nDocs: ${path.join(packageRoot(), page)}`);
  for (const option of command.options)
    option.description = `${prefixOf(words, option.long ?? '')}${option.description}`;
  refuseEmptyValues(command);
}

/** Lets no flag and no word of a command have an empty value, whatever else reads it. */
function refuseEmptyValues({ options, registeredArguments }: Command): void {
  for (const option of options) {
    if (!option.required && !option.optional) continue;
    const read = option.parseArg;
    option.argParser(
      withChoicesOf(read, (value: string, before: unknown) =>
        read ? read(notEmpty(value), before as never) : notEmpty(value),
      ),
    );
  }
  for (const argument of registeredArguments) {
    if (argument.variadic)
      argument.argParser<readonly string[]>((value, before = []) => [...before, notEmpty(value)]);
    else {
      const read = argument.parseArg;
      argument.argParser(value => (read ? read(notEmpty(value), undefined as never) : notEmpty(value)));
    }
  }
}
