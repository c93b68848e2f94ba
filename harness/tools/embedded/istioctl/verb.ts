/**
 * A verb of istioctl, and the words of its failures. istio/istio istioctl/cmd/istioctl/main.go,
 * istioctl/cmd/root.go @1.8.0
 */
import type { KubernetesClient } from '../../../base/kubernetes-client.ts';
import { FlagError, type FlagSpec, type FlagTable, type ParsedFlags, parseFlags } from '../flags.ts';
import { type Invocation, ToolExit, UnknownContextError } from '../invocation.ts';
import { apiErrorText, connectionText } from '../kubectl/errors.ts';
import { ResourceMapper } from '../kubectl/resource-mapper.ts';
import { isRealFlag } from './real-commands.ts';
import { releaseOf } from './releases.ts';

/** A command line that has been read, and what it works with. */
export interface Call {
  readonly invocation: Invocation;
  readonly flags: ParsedFlags;
  readonly args: readonly string[];
  readonly client: KubernetesClient;
  readonly mapper: ResourceMapper;
  /** Of this istioctl: `1.8.0`. */
  readonly istioVersion: string;
  readonly signal: AbortSignal;
}

/** A command: its flags, and what it does. */
export interface Verb {
  readonly flags: FlagTable;
  /** The number of words besides flags that it takes. */
  readonly maxArgs: number;
  /** How it ends with more of them. @param word - the first */
  readonly tooMany?: (word: string) => ToolExit;
  run(call: Call): Promise<number>;
}

/** Where control planes are. */
export const ISTIO_NAMESPACE = 'istio-system';

/** Flags of every command. */
const GLOBAL_FLAGS: FlagTable = {
  context: { type: 'text' },
  kubeconfig: { type: 'text', short: 'c' },
  namespace: { type: 'text', short: 'n' },
  istioNamespace: { type: 'text', short: 'i' },
};

/** Flags of every command that change nothing here, in the releases that have them. */
const HARMLESS_FLAGS: FlagTable = {
  vklog: { type: 'integer' },
  'kubeclient-timeout': { type: 'duration' },
  log_as_json: { type: 'boolean' },
  log_caller: { type: 'text' },
  log_output_level: { type: 'text' },
  log_rotate: { type: 'text' },
  log_rotate_max_age: { type: 'integer' },
  log_rotate_max_backups: { type: 'integer' },
  log_rotate_max_size: { type: 'integer' },
  log_stacktrace_level: { type: 'text' },
  log_target: { type: 'list' },
};

/** Returns the flags that every command of a release takes. */
export const globalFlags = (istioVersion: string): FlagTable => ({
  ...GLOBAL_FLAGS,
  ...Object.fromEntries(
    Object.entries(HARMLESS_FLAGS).filter(([name]) => isRealFlag(istioVersion, [], `--${name}`)),
  ),
});

/** The flag that asks for the others. */
export const HELP: FlagTable = { help: { type: 'boolean', short: 'h' } };

/** Ends a command line that a real istioctl takes. */
export const notSimulated = (what: string): ToolExit =>
  new ToolExit(`Error: not simulated by mesh-harness: ${what}`);

/** istioctl's exit code for a flag that it cannot read; everything else that fails is 1. */
export const EXIT_INCORRECT_USAGE = 64;

/** Ends a command that takes no words, only those of commands below it, which it has not (cobra, NoArgs). */
export const noSuchCommand =
  (command: string) =>
  (word: string): ToolExit =>
    new ToolExit(`Error: unknown command "${word}" for "istioctl ${command}"`, EXIT_INCORRECT_USAGE);

/**
 * Runs a verb.
 * @param words - those that name it, without the program's: `proxy-config`, `clusters`
 */
export async function runVerb(
  verb: Verb,
  { words, argv }: { readonly words: readonly string[]; readonly argv: readonly string[] },
  invocation: Invocation,
  istioVersion: string,
): Promise<number> {
  try {
    const known = { ...globalFlags(istioVersion), ...verb.flags };
    const flags = parseFlags(argv, { ...known, ...HELP });
    if (flags.boolean('help')) {
      invocation.stdout(`Flags inside this process:\n${Object.entries(known).map(flagText).join('')}`);
      return 0;
    }
    if (flags.args.length > verb.maxArgs) {
      if (verb.tooMany) throw verb.tooMany(flags.args[0] ?? '');
      const accepted = verb.maxArgs === 0 ? 'accepts 0 arg(s)' : `accepts at most ${verb.maxArgs} arg(s)`;
      throw new ToolExit(`Error: ${accepted}, received ${flags.args.length}`);
    }
    return await verb.run(callOf(invocation, flags, istioVersion));
  } catch (error) {
    invocation.signal.throwIfAborted();
    const unknown = error instanceof FlagError ? error.unknown : undefined;
    if (unknown !== undefined && isRealFlag(istioVersion, words, unknown))
      throw notSimulated(['istioctl', ...words, unknown].join(' '));
    throw endOf(error, istioVersion);
  }
}

/** Clusters are connected to when they are first needed: `manifest generate` works without one. */
function callOf(invocation: Invocation, flags: ParsedFlags, istioVersion: string): Call {
  const { signal } = invocation;
  let client: KubernetesClient | undefined;
  let mapper: ResourceMapper | undefined;
  return {
    invocation,
    flags,
    args: flags.args,
    istioVersion,
    signal,
    get client() {
      client ??= invocation.connect(flags.text('context'), flags.text('kubeconfig'));
      return client;
    },
    get mapper() {
      mapper ??= new ResourceMapper(this.client, signal);
      return mapper;
    },
  };
}

const flagText = ([name, { short, type }]: readonly [string, FlagSpec]): string =>
  `  ${short === undefined ? '    ' : `-${short}, `}--${name}${type === 'boolean' ? '' : ` ${type}`}\n`;

/**
 * Turns an error into the end that istioctl makes of it.
 * @throws the error itself if it is not one of istioctl's: a defect of the harness
 */
export function endOf(error: unknown, istioVersion: string): ToolExit {
  if (error instanceof ToolExit) return error;
  if (error instanceof FlagError) return new ToolExit(`Error: ${error.message}`, EXIT_INCORRECT_USAGE);
  if (error instanceof UnknownContextError) {
    return new ToolExit(`Error: ${releaseOf(istioVersion).noClient}: ${error.message}`);
  }
  const connection = connectionText(error);
  if (connection !== undefined) return new ToolExit(`Error: ${connection}`, 1, 'api-unreachable');
  const text = apiErrorText(error);
  if (text !== undefined && error instanceof Error) return new ToolExit(`Error: ${error.message}`);
  throw error;
}
