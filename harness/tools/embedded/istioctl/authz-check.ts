/** `istioctl x authz check`: the policies that a pod's proxy has. istioctl/pkg/authz @1.30.3 */
import { isNotFound } from '../../../base/kubernetes-client.ts';
import { type Tree, tree, trees } from '../../../base/untyped.ts';
import { ToolExit } from '../invocation.ts';
import { columns } from './ask-istiod.ts';
import { askProxy, proxyPod } from './proxy-pod.ts';
import type { Call, Verb } from './verb.ts';

const HTTP = 'envoy.filters.network.http_connection_manager';
const HTTP_RBAC = 'envoy.filters.http.rbac';
const TCP_RBAC = 'envoy.filters.network.rbac';
/** A policy that is there without rules. */
const NOTHING = '_anonymous_match_nothing_';
const POLICY = /^(?:istio-ext-authz-)?ns\[(.+)\]-policy\[(.+)\]-rule\[(.+)\]$/;
const ACTIONS = ['DENY', 'ALLOW', 'LOG', 'CUSTOM'] as const;

/** Prints the policies by their actions, with the number of their rules. */
export const authzCheck: Verb = {
  flags: { file: { type: 'text', short: 'f' } },
  maxArgs: Number.POSITIVE_INFINITY,
  async run(call) {
    const { args, flags, invocation } = call;
    if (args.length > 1) throw new ToolExit('Error: check requires only <pod-name>[.<pod-namespace>]');
    const rules = new Map<string, Set<string>>();
    const names = new Map<string, Set<string>>();
    for (const { action, policies } of filtersOf(await dumpOf(call, flags.text('file') ?? '')))
      for (const policy of policies.length === 0 ? [undefined] : policies) {
        const [, namespace = '', name = '', rule = '0'] = POLICY.exec(policy ?? '') ?? [];
        const shown = policy === undefined ? NOTHING : `${name}.${namespace}`;
        names.set(action, (names.get(action) ?? new Set()).add(shown));
        rules.set(shown, (rules.get(shown) ?? new Set()).add(rule));
      }
    const rows = ACTIONS.flatMap(action =>
      [...(names.get(action) ?? [])].sort().map(name => [action, name, String(rules.get(name)?.size ?? 0)]),
    );
    invocation.stdout(columns([['ACTION', 'AuthorizationPolicy', 'RULES'], ...rows], 3));
    return 0;
  },
};

/** A configuration dump of a file, or of a pod. */
async function dumpOf(call: Call, file: string): Promise<unknown> {
  const { args, invocation } = call;
  if (file !== '') return readDump(invocation.readFile(file));
  const [word] = args;
  if (word === undefined) throw new ToolExit('Error: expecting pod name or config dump, found: 0');
  const pod = await proxyPod(call, word);
  try {
    return await askProxy(call, pod, 'config_dump');
  } catch (error) {
    call.signal.throwIfAborted();
    if (!(error instanceof ToolExit) && !isNotFound(error)) throw error;
    throw new ToolExit(`Error: failed to get config dump from pod ${pod.name} in ${pod.namespace}`);
  }
}

function readDump(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ToolExit('Error: failed to get config dump from file: failed to unmarshal proxy config');
  }
}

/** One filter of policies. */
interface Filter {
  readonly action: string;
  readonly policies: readonly string[];
}

/** Lists the filters of all chains of all listeners. */
const filtersOf = (dump: unknown): readonly Filter[] =>
  trees(tree(dump)['configs'])
    .flatMap(config => trees(config['dynamic_listeners']))
    .flatMap(each => trees(tree(tree(each['active_state'])['listener'])['filter_chains']))
    .flatMap(chain => trees(chain['filters']))
    .flatMap(filter => {
      const config = tree(filter['typed_config']);
      if (filter['name'] === TCP_RBAC) return [config];
      return filter['name'] === HTTP ? managedFilters(config) : [];
    })
    .map(config => {
      const rules = tree(config['rules']);
      return { action: String(rules['action'] ?? 'ALLOW'), policies: Object.keys(tree(rules['policies'])) };
    });

const managedFilters = (manager: Tree): readonly Tree[] =>
  trees(manager['http_filters'])
    .filter(({ name }) => name === HTTP_RBAC)
    .map(each => tree(each['typed_config']));
