/** A verb of kubectl, as a table of flags and a function, and the helpers that all verbs share. */
import type { KubernetesClient, KubernetesObject } from '../../../base/kubernetes-client.ts';
import { type FlagTable, type ParsedFlags, parseFlags } from '../flags.ts';
import { type Invocation, ToolExit } from '../invocation.ts';
import { endOf } from './errors.ts';
import { ResourceMapper } from './resource-mapper.ts';
import { pathTo, type Resource } from './resources.ts';

/** One call of a verb. */
export interface Call {
  readonly invocation: Invocation;
  readonly flags: ParsedFlags;
  /** Words that are no flags, without the verb's own. */
  readonly args: readonly string[];
  readonly client: KubernetesClient;
  readonly mapper: ResourceMapper;
  /** `-n`, or `default`. */
  readonly namespace: string;
  readonly signal: AbortSignal;
}

export interface Verb {
  readonly flags: FlagTable;
  /** Runs the verb. @returns the exit code; 0 if undefined */
  run(call: Call): Promise<number | undefined>;
}

/** Flags that every verb has. */
export const GLOBAL_FLAGS: FlagTable = {
  context: { type: 'text' },
  namespace: { type: 'text', short: 'n' },
  'request-timeout': { type: 'text' },
  v: { type: 'integer', short: 'v' },
};

/** Runs a verb: reads its flags, connects, and turns every failure into kubectl's end. */
export async function runVerb(
  name: string,
  verb: Verb,
  argv: readonly string[],
  invocation: Invocation,
): Promise<number> {
  try {
    const flags = parseFlags(argv, { ...GLOBAL_FLAGS, ...verb.flags });
    const client = invocation
      .connect(flags.text('context'))
      .telling(text => invocation.stderr(`Warning: ${text}\n`));
    const { signal } = invocation;
    const code = await verb.run({
      invocation,
      flags,
      args: flags.args,
      client,
      mapper: new ResourceMapper(client, signal),
      namespace: flags.text('namespace') ?? 'default',
      signal,
    });
    return code ?? 0;
  } catch (error) {
    invocation.signal.throwIfAborted();
    throw endOf(error, name);
  }
}

/**
 * Takes the first word that is no flag out of a command line.
 * @param flags - flags that may stand before it, besides the global ones
 * @throws FlagError for any other flag before it
 */
export function splitVerb(
  argv: readonly string[],
  flags: FlagTable = {},
): { readonly verb: string | undefined; readonly rest: readonly string[] } {
  const known: FlagTable = { ...GLOBAL_FLAGS, ...flags, help: { type: 'boolean', short: 'h' } };
  const takesValue = new Set(
    Object.entries(known)
      .filter(([, { type, bare }]) => type !== 'boolean' && bare === undefined)
      .flatMap(([name, { short }]) => [`--${name}`, ...(short ? [`-${short}`] : [])]),
  );
  for (let at = 0; at < argv.length; at++) {
    const word = argv[at] ?? '';
    if (word === '--') break;
    if (!word.startsWith('-') || word === '-')
      return { verb: word, rest: [...argv.slice(0, at), ...argv.slice(at + 1)] };
    if (takesValue.has(word)) at++;
    else parseFlags([word], known);
  }
  return { verb: undefined, rest: argv };
}

/** A resource and the names that were given for it; no names stands for all. */
export interface Target {
  readonly resource: Resource;
  readonly name: string | undefined;
}

/**
 * Reads `pods`, `pod a b`, `pod/a svc/b`, `pods,services`.
 * @throws ToolExit for a type that the server has not
 */
export async function readTargets(
  mapper: ResourceMapper,
  args: readonly string[],
): Promise<readonly Target[]> {
  const resourceOf = async (word: string) => {
    const resource = await mapper.ofName(word);
    if (!resource) throw new ToolExit(`error: the server doesn't have a resource type "${word}"`);
    return resource;
  };
  if (args.some(arg => arg.includes('/'))) {
    const targets: Target[] = [];
    for (const arg of args) {
      const [type, name] = splitTarget(arg);
      targets.push({ resource: await resourceOf(type), name });
    }
    return targets;
  }
  const [types = '', ...names] = args;
  const resources: Resource[] = [];
  for (const type of types.split(',')) resources.push(await resourceOf(type));
  return resources.flatMap<Target>(resource =>
    names.length === 0 ? [{ resource, name: undefined }] : names.map(name => ({ resource, name })),
  );
}

/** Reads `pod/a`. @throws ToolExit for any other form */
function splitTarget(arg: string): readonly [type: string, name: string] {
  const [type = '', name = '', ...more] = arg.split('/');
  if (name !== '' && type !== '' && more.length === 0) return [type, name];
  throw new ToolExit(
    arg.includes('/')
      ? `error: arguments in resource/name form must have a single resource and name`
      : `error: there is no need to specify a resource type as a separate argument when passing arguments in resource/name form (e.g. 'kubectl get resource/<resource_name>' instead of 'kubectl get resource resource/<resource_name>'`,
  );
}

/** Finds the objects of targets and selectors, each with its resource. */
export async function findObjects(
  { client, namespace, signal }: Call,
  targets: readonly Target[],
  selectors: {
    readonly labelSelector?: string;
    readonly fieldSelector?: string;
    readonly everywhere?: boolean;
  } = {},
): Promise<{ resource: Resource; object: KubernetesObject }[]> {
  const { everywhere, ...query } = selectors;
  const found: { resource: Resource; object: KubernetesObject }[] = [];
  for (const { resource, name } of targets) {
    if (name !== undefined) {
      found.push({ resource, object: await client.get(pathTo(resource, namespace, name), signal) });
      continue;
    }
    const list = await client.list(pathTo(resource, everywhere ? undefined : namespace), query, signal);
    // Items of built-in lists carry no kind.
    found.push(
      ...list.items.map(object => ({
        resource,
        object: { apiVersion: resource.apiVersion, kind: resource.kind, ...object },
      })),
    );
  }
  return found;
}

/**
 * Makes a usage error with the hint that cobra adds: `See 'kubectl create secret generic -h' for help and
 * examples`.
 */
export const usage = (message: string, command: string) =>
  new ToolExit(`error: ${message}\nSee 'kubectl ${command} -h' for help and examples`);
