/** What a verb of istioctl is, and how its failures read. istio/istio istioctl/cmd/istioctl/main.go, istioctl/cmd/root.go @1.8.0 */
import type { KubernetesClient } from '../../../base/kubernetes-client.ts';
import { FlagError, type FlagTable, type ParsedFlags, parseFlags } from '../flags.ts';
import { type Invocation, ToolExit, UnknownContextError } from '../invocation.ts';
import { apiErrorText, connectionText } from '../kubectl/errors.ts';
import { ResourceMapper } from '../kubectl/resources.ts';

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

export interface Verb {
  readonly flags: FlagTable;
  /** How many words it takes that are no flags. */
  readonly maxArgs: number;
  run(call: Call): Promise<number>;
}

export const ISTIO_NAMESPACE = 'istio-system';

export const GLOBAL_FLAGS: FlagTable = {
  context: { type: 'text' },
  namespace: { type: 'text', short: 'n' },
  istioNamespace: { type: 'text', short: 'i' },
};

/** istioctl's exit code for a flag that it can not read; everything else that fails is 1. */
const EXIT_INCORRECT_USAGE = 64;

export async function runVerb(
  verb: Verb,
  argv: readonly string[],
  invocation: Invocation,
  istioVersion: string,
): Promise<number> {
  try {
    const flags = parseFlags(argv, { ...GLOBAL_FLAGS, ...verb.flags });
    if (flags.args.length > verb.maxArgs) {
      const accepted = verb.maxArgs === 0 ? 'accepts 0 arg(s)' : `accepts at most ${verb.maxArgs} arg(s)`;
      throw new ToolExit(`Error: ${accepted}, received ${flags.args.length}`);
    }
    const client = invocation.connect(flags.text('context'));
    const { signal } = invocation;
    const mapper = new ResourceMapper(client, signal);
    return await verb.run({ invocation, flags, args: flags.args, client, mapper, istioVersion, signal });
  } catch (error) {
    invocation.signal.throwIfAborted();
    throw endOf(error);
  }
}

/** @throws the error itself if it is none of istioctl's: a defect of ours */
export function endOf(error: unknown): ToolExit {
  if (error instanceof ToolExit) return error;
  if (error instanceof FlagError) return new ToolExit(`Error: ${error.message}`, EXIT_INCORRECT_USAGE);
  if (error instanceof UnknownContextError) {
    return new ToolExit(`Error: create Kubernetes client: ${error.message}`);
  }
  const connection = connectionText(error);
  if (connection !== undefined) return new ToolExit(`Error: ${connection}`, 1, 'api-unreachable');
  const text = apiErrorText(error);
  if (text !== undefined && error instanceof Error) return new ToolExit(`Error: ${error.message}`);
  throw error;
}
