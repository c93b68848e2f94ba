/**
 * istioctl inside this process, in the release of the edition: the table of its verbs, and the search for the
 * verb of a command line.
 */
import { FlagError, type FlagTable, parseFlags } from '../flags.ts';
import { type Invocation, type Program, ToolExit } from '../invocation.ts';
import { analyze } from './analyze.ts';
import { authzCheck } from './authz-check.ts';
import { checkInject } from './check-inject.ts';
import { createRemoteSecret, createRemoteSecretOf18 } from './create-remote-secret.ts';
import { describe } from './describe/describe.ts';
import { injectorList } from './injector-list.ts';
import { install, manifestGenerate } from './install.ts';
import { internalDebug } from './internal-debug.ts';
import { precheck } from './precheck.ts';
import { proxyConfig } from './proxy-config.ts';
import { isRealCommand, isRealFlag } from './real-commands.ts';
import { releaseOf } from './releases.ts';
import { proxyStatus, remoteClusters } from './status.ts';
import { tag } from './tag.ts';
import { uninstall } from './uninstall.ts';
import { validate } from './validate.ts';
import { EXIT_INCORRECT_USAGE, endOf, globalFlags, HELP, notSimulated, runVerb, type Verb } from './verb.ts';
import { version } from './version.ts';

type Entry = Verb | Group;

/** A command that is only for those below it. */
interface Group {
  readonly below: Readonly<Record<string, Entry>>;
  /** Its own words for one that it does not have. */
  readonly unknown?: (word: string) => string;
}

/**
 * Returns the verbs of a release. `x create-remote-secret` became `create-remote-secret`, and is no longer
 * found under `x` (docs/reference/istio.md I5).
 */
const verbsOf = (istioVersion: string): Readonly<Record<string, Entry>> => {
  const { remoteSecretsBelow, tellsRemoteClusters } = releaseOf(istioVersion);
  const isExperimental = remoteSecretsBelow === 'x';
  const experimental: Entry = {
    below: isExperimental ? { 'create-remote-secret': createRemoteSecretOf18, uninstall } : LATER_EXPERIMENTS,
  };
  const proxies: Entry = { below: proxyConfig };
  return {
    ...(isExperimental ? {} : { 'create-remote-secret': createRemoteSecret }),
    ...(tellsRemoteClusters ? { 'remote-clusters': remoteClusters } : {}),
    analyze,
    experimental,
    install,
    manifest: { below: { generate: manifestGenerate, apply: install, install } },
    pc: proxies,
    ...(isExperimental ? {} : { tag: { below: tag, unknown: unknownSubcommand } }),
    'proxy-config': proxies,
    'proxy-status': proxyStatus,
    ps: proxyStatus,
    // Unlike istioctl 1.8, which has it below `x` only.
    uninstall,
    validate,
    v: validate,
    version,
    x: experimental,
    exp: experimental,
  };
};

const unknownSubcommand = (word: string): string => `unknown subcommand "${word}"`;
/** What the current release has below `x` and is simulated. */
const describing: Group = { below: describe, unknown: word => `unknown resource type "${word}"` };
const LATER_EXPERIMENTS: Readonly<Record<string, Entry>> = {
  authz: { below: { check: authzCheck } },
  'check-inject': checkInject,
  des: describing,
  describe: describing,
  injector: { below: { list: injectorList }, unknown: unknownSubcommand },
  'internal-debug': internalDebug,
  precheck,
  'proxy-status': proxyStatus,
  ps: proxyStatus,
  version,
};

/** @param istioVersion - the release that it belongs to: `1.8.0`, `1.30.3` */
export const istioctlOf =
  (istioVersion: string): Program =>
  async invocation => {
    const path: string[] = ['istioctl'];
    let entry: Entry = { below: verbsOf(istioVersion) };
    // `help` before a command is `--help` behind it.
    const [first, ...others] = invocation.argv;
    let argv = first === 'help' ? [...others, '--help'] : invocation.argv;
    while (!('run' in entry)) {
      const below: Readonly<Record<string, Entry>> = entry.below;
      const { word, rest }: NextWord = nextWord(argv, istioVersion, path.slice(1));
      const next: Entry | undefined = word === undefined ? undefined : below[word];
      if (word === undefined) return help(invocation, path, below);
      if (!next) {
        if (isRealCommand(istioVersion, [...path.slice(1), word]))
          throw notSimulated([...path, word].join(' '));
        throw unknownCommand(entry, path, word);
      }
      path.push(word);
      argv = rest;
      entry = next;
    }
    return await runVerb(entry, { words: path.slice(1), argv }, invocation, istioVersion);
  };

const unknownCommand = ({ unknown }: Group, path: readonly string[], word: string): ToolExit => {
  if (unknown) return new ToolExit(`Error: ${unknown(word)}`);
  const command = path.join(' ');
  const text = `Error: unknown command "${word}" for "${command}"\nRun '${command} --help' for usage.`;
  // istioctl/cmd/sysexits.go; unlike here, real groups print their help for a word that they do not know.
  return new ToolExit(text, path.length === 1 ? EXIT_INCORRECT_USAGE : 1);
};

function help(
  invocation: Invocation,
  path: readonly string[],
  below: Readonly<Record<string, Entry>>,
): number {
  invocation.stdout(
    `Usage:\n  ${path.join(' ')} [command]\n\nCommands inside this process: ${Object.keys(below).join(', ')}\n`,
  );
  return 0;
}

interface NextWord {
  readonly word: string | undefined;
  readonly rest: readonly string[];
}

function nextWord(argv: readonly string[], istioVersion: string, words: readonly string[]): NextWord {
  const known: FlagTable = { ...globalFlags(istioVersion), ...HELP };
  const takesValue = new Set(
    Object.entries(known)
      .filter(([, { type }]) => type !== 'boolean')
      .flatMap(([name, { short }]) => [`--${name}`, `-${short}`]),
  );
  for (let at = 0; at < argv.length; at++) {
    const word = argv[at] ?? '';
    if (!word.startsWith('-')) return { word, rest: [...argv.slice(0, at), ...argv.slice(at + 1)] };
    if (takesValue.has(word)) at++;
    else {
      try {
        parseFlags([word], known);
      } catch (error) {
        if (!(error instanceof FlagError)) throw error;
        const isReal = error.unknown !== undefined && isRealFlag(istioVersion, words, error.unknown);
        throw isReal
          ? notSimulated(['istioctl', ...words, error.unknown].join(' '))
          : endOf(error, istioVersion);
      }
    }
  }
  return { word: undefined, rest: argv };
}
