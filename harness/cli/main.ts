/** The command line: the only reader of argv, the environment and signals. */
import { Command, CommanderError, Help, InvalidArgumentError } from 'commander';
import { EXIT, HarnessError } from '../base/errors.ts';
import { packageVersion } from '../base/package-root.ts';
import { redact } from '../base/redact.ts';
import { describeDefect, endOnDefects } from './defects.ts';
import { type Interruption, watchForInterruption } from './interruption.ts';
import { addRealOptions } from './real-settings.ts';

/** Parses, runs one command, and returns the exit code. */
async function main(argv: readonly string[]): Promise<number> {
  const interruption = watchForInterruption(
    process.env['npm_command'] !== undefined,
    process.env['MESH_HARNESS_DETACHED'] !== undefined,
  );
  try {
    return await runCommand(argv, interruption);
  } catch (error) {
    return reportFailure(error, interruption);
  } finally {
    interruption.stop();
  }
}

async function runCommand(argv: readonly string[], interruption: Interruption): Promise<number> {
  let exitCode: number = EXIT.passed;
  /** Runs the command and keeps the exit code that it returns. */
  const action =
    <Args extends unknown[]>(command: (...args: Args) => Promise<number>) =>
    async (...args: Args) => {
      exitCode = await command(...args);
    };
  const environment = {
    env: process.env,
    stdout: process.stdout,
    stderr: process.stderr,
    signal: interruption.signal,
  };
  // All words that follow are istioctl's own, --help among them.
  if (argv[0] === 'istioctl')
    return (await import('./commands/istioctl.ts')).istioctlCommand(argv.slice(1), environment);

  const program = new Command('mesh-harness')
    .description(
      "Runs Istio's multicluster installation guide end to end, and proves that what it promises is true.",
    )
    .version(packageVersion(), '-V, --version', 'print the version')
    .exitOverride()
    // Nothing, and no, are what everyone expects of a flag that was not given.
    .configureHelp({
      optionDescription: option =>
        new Help().optionDescription(option).replace(/ ?\(default: (?:\[\]|false)\)$/, ''),
    })
    .showHelpAfterError('(mesh-harness --help lists commands and options)')
    .showSuggestionAfterError()
    .addHelpText(
      'after',
      `
Examples:
  $ mesh-harness run all                              the four scenarios of the guide, on the simulator
  $ mesh-harness run ./my-mesh.yaml                   a mesh of your own
  $ mesh-harness plan primary-remote --format sh      the guide as a script

Exit codes: 0 passed, 1 failed, 2 wrong usage, 3 unknown (the environment got in the way), 130 interrupted.`,
    );

  const run = program
    .command('run')
    .description('install a scenario step by step, verify the traffic, write the reports, and clean up')
    .argument(
      '<scenario...>',
      'names of scenarios, files of your own (./my-mesh.yaml), or "all" for the four of the guide',
    )
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
      'simulator: embedded (default), or process: the kubectl on PATH and our istioctl as programs, on the clock of the wall',
      oneOf('embedded', 'process'),
    )
    .option(
      '--omit <step>',
      'leave a step of the plan out, and go on as someone would who did not notice (repeatable)',
      collect,
      [],
    )
    .option('--keep-going', 'run the steps that depend on a failed one too', false)
    .option('--report-dir <dir>', 'write the reports exactly there (default: mesh-harness-report/<run id>)')
    .option(
      '--requests <n>',
      'size of the fixed sample from each cluster (default: 300, or more where the topology needs it)',
      wholeNumber,
    )
    .option('--risk <p>', 'accepted probability of a wrong verdict, each way (default: 1e-6)', probability)
    .option('--seed <n>', 'the same seed gives the same run on the simulator', '1')
    .option('--extended', 'also check what the guide claims but does not verify', false)
    .option('--output <format>', 'what goes to standard output: text or tap', oneOf('text', 'tap'), 'text')
    .option('-q, --quiet', 'only results, no progress', false)
    .option('--keep', 'kind, existing: leave the clusters and the mesh as they are at the end', false)
    .option('--keep-on-failure', 'kind, existing: leave them only if the run does not pass', false);
  addRealOptions(run)
    .addHelpText(
      'after',
      `
Examples:
  $ mesh-harness run primary-remote-multi-network
  $ mesh-harness run all --output tap > results.tap
  $ mesh-harness run multi-primary --omit remote-secret/cluster2-in-cluster1    (and see what breaks)`,
    )
    .action(
      action(async (scenarios, options) =>
        (await import('./commands/run.ts')).runScenarios(scenarios, options, environment),
      ),
    );

  const doctor = program
    .command('doctor')
    .description('say what this machine has and lacks for a platform, and what to do about it')
    .option('--platform <name>', 'kind, existing or simulator', 'kind')
    .option('--edition <name>', '1.8 or current: decides which versions are needed');
  addRealOptions(doctor)
    .addHelpText('after', '\nExamples:\n  $ mesh-harness doctor\n  $ mesh-harness doctor --offline')
    .action(
      action(async options => (await import('./commands/doctor.ts')).doctorCommand(options, environment)),
    );

  program
    .command('clean')
    .description(
      'remove what runs have left that were killed or kept; what goes on, and what is not ours, is left alone',
    )
    .option('--cache', 'also remove the cache of images', false)
    .addHelpText('after', '\nExamples:\n  $ mesh-harness clean')
    .action(
      action(async options => (await import('./commands/clean.ts')).cleanCommand(options, environment)),
    );

  program
    .command('list')
    .description('list the scenarios, and the editions of the guide')
    .option('--format <format>', 'text or json', oneOf('text', 'json'), 'text')
    .addHelpText('after', '\nExamples:\n  $ mesh-harness list')
    .action(action(async options => (await import('./commands/list.ts')).listCommand(options, environment)));

  program
    .command('plan')
    .description('print the steps of a scenario')
    .argument('<scenario>', 'name of a scenario, or a file of your own')
    .option(
      '--format <format>',
      'list, json (data), sh (a script to run by hand) or markdown (a guide to read)',
      oneOf('list', 'json', 'sh', 'markdown'),
      'list',
    )
    .option('--edition <name>', 'the guide as of a line of Istio releases: 1.8 or current', '1.8')
    .addHelpText(
      'after',
      '\nExamples:\n  $ mesh-harness plan primary-remote\n  $ mesh-harness plan multi-primary --format sh > install.sh',
    )
    .action(
      action(async (scenario, options) =>
        (await import('./commands/plan.ts')).planCommand(scenario, options, environment),
      ),
    );

  program
    .command('certs')
    .description('make a root CA and an intermediate CA for each cluster, as the cacerts secrets need them')
    .argument('<cluster...>', 'names of the clusters')
    .requiredOption('--out <dir>', 'folder to write to; what is there already is kept')
    .addHelpText('after', '\nExamples:\n  $ mesh-harness certs --out certs cluster1 cluster2')
    .action(
      action(async (clusters, options) =>
        (await import('./commands/certs.ts')).certsCommand(clusters, options, environment),
      ),
    );

  const stateDir = [
    '--state-dir <dir>',
    'where its state lies (default: mesh-harness/up in the user’s state folder)',
  ] as const;
  program
    .command('up')
    .description(
      'start simulated clusters that stay, and listen on loopback for kubectl, istioctl and other programs',
    )
    .argument('<scenario>', 'name of a scenario, or a file of your own')
    .option('--bare', 'leave the steps of the guide to the user', false)
    .option('--edition <name>', 'the guide as of a line of Istio releases: 1.8 or current', '1.8')
    .option('--detach', 'run in the background; returns when everything is ready', false)
    .option(...stateDir)
    .option(
      '--first-port <n>',
      "port of the first cluster's API server, the others follow (default: free ones)",
      wholeNumber,
    )
    .option('--seed <n>', 'the same seed gives the same names', '1')
    .addHelpText(
      'after',
      `
Examples:
  $ mesh-harness up multi-primary --bare --detach
  $ eval "$(mesh-harness env)" && cd "$ISTIO_FOLDER" && kubectl --context="$CTX_CLUSTER1" get nodes
  $ mesh-harness down`,
    )
    .action(
      action(async (scenario, options) =>
        (await import('./commands/up.ts')).upCommand(scenario, options, environment),
      ),
    );

  program
    .command('env')
    .description(
      'print the variables of the guide for the clusters that are up, for eval "$(mesh-harness env)"',
    )
    .option(...stateDir)
    .addHelpText('after', '\nExamples:\n  $ eval "$(mesh-harness env)"')
    .action(action(async options => (await import('./commands/env.ts')).envCommand(options, environment)));

  program
    .command('status')
    .description('tell which clusters are up, and whether they answer')
    .option(...stateDir)
    .addHelpText('after', '\nExamples:\n  $ mesh-harness status')
    .action(
      action(async options => (await import('./commands/status.ts')).statusCommand(options, environment)),
    );

  program
    .command('down')
    .description('end the clusters that are up, and remove their state')
    .option(...stateDir)
    .addHelpText('after', '\nExamples:\n  $ mesh-harness down')
    .action(action(async options => (await import('./commands/down.ts')).downCommand(options, environment)));

  // For the help only: its words were taken before this parser could read them.
  program
    .command('istioctl')
    .description(
      'istioctl for simulated clusters: install, create-remote-secret, proxy-status, proxy-config, …',
    )
    .argument('[words...]', 'as those of istioctl');

  program
    .command('version')
    .description(
      'print the version of mesh-harness, of Node, and of the Istio releases that the editions describe',
    )
    .addHelpText('after', '\nExamples:\n  $ mesh-harness version')
    .action(action(async () => (await import('./commands/version.ts')).versionCommand(environment)));

  for (const command of program.commands)
    command.exitOverride().showHelpAfterError(`(mesh-harness ${command.name()} --help)`);
  await program.parseAsync(argv, { from: 'user' });
  return exitCode;
}

/** Tells the user what went wrong, and returns the exit code that says it to a script. */
function reportFailure(error: unknown, interruption: Interruption): number {
  // Commander has written the text.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.passed : EXIT.usage;
  if (interruption.signal.aborted) {
    process.stderr.write('mesh-harness: interrupted\n');
    return EXIT.interrupted;
  }
  if (error instanceof HarnessError) {
    process.stderr.write(redact(`mesh-harness: ${error.message}\n${error.hint ? `  ${error.hint}\n` : ''}`));
    return error.exitCode;
  }
  process.stderr.write(describeDefect(error));
  return EXIT.unknown;
}

const collect = (value: string, previous: readonly string[]) => [...previous, value];

function wholeNumber(value: string): number {
  if (!/^[1-9]\d*$/.test(value)) throw new InvalidArgumentError('A whole number above 0 is needed.');
  return Number(value);
}

function probability(value: string): number {
  const number = Number(value);
  if (!(number > 0 && number < 0.5))
    throw new InvalidArgumentError('A probability above 0 and below 0.5 is needed.');
  return number;
}

const oneOf =
  <const Choice extends string>(...choices: Choice[]) =>
  (value: string): Choice => {
    const found = choices.find(choice => choice === value);
    if (!found) throw new InvalidArgumentError(`Known: ${choices.join(', ')}.`);
    return found;
  };

// A reader that went away (| head) is no failure of ours, and no reason to end: what the exit code says must
// still be found out.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

endOnDefects();
// Writes to standard output are done by now: files and pipes are synchronous on the systems that we run on.
void main(process.argv.slice(2)).then(exitCode => process.exit(exitCode));
