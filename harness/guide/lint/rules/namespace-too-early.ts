/** Rule: something is put into a namespace that is made later, or only in another cluster. */
import type { EditionName } from '../../../model/east-west-gateway.ts';
import type { Expanded, Trace } from '../../follow/trace.ts';
import { contextOf, documentsReadBy } from '../documents.ts';
import { commandBefore, promptLine, wordsAt } from '../each-call.ts';
import type { Rule, RuleFinding } from '../rule.ts';
import { callsOf, flagValue, hasFlag, type ToolCall } from '../words.ts';

const OF_EVERY_CLUSTER: ReadonlySet<string> = new Set([
  'default',
  'kube-system',
  'kube-public',
  'kube-node-lease',
]);
/** Commands of kubectl that need the namespace that they act in. */
const NEEDS: ReadonlySet<string> = new Set(['apply', 'create', 'label', 'annotate', 'run', 'expose', 'set']);

/** The rule `namespace-too-early`. */
export const namespaceTooEarly: Rule = {
  id: 'namespace-too-early',
  severity: 'error',
  sentence: 'Something is put into a namespace that is made later, or only in another cluster.',
  because:
    'The API server refuses an object whose namespace is not there: namespaces "…" not found ' +
    '(kubernetes/apiserver pkg/admission/plugin/namespace/lifecycle). istio-system comes with istioctl ' +
    'install.',
  example: {
    bad: '$ kubectl label --context=c namespace shop a=b\n$ kubectl create --context=c namespace shop',
    good: '$ kubectl create --context=c namespace shop\n$ kubectl label --context=c namespace shop a=b',
  },
  find: ({ traces, edition }) => traces.flatMap(trace => findIn(trace, edition)),
};

interface Made {
  readonly at: number;
  readonly context: string;
  readonly namespace: string;
}

function findIn(trace: Trace, edition: EditionName): readonly RuleFinding[] {
  const calls = callsOf(trace, edition);
  const made = new Map<string, Made[]>();
  for (const each of calls.flatMap(call => madeBy(call, trace))) {
    const known = made.get(each.namespace);
    if (known) known.push(each);
    else made.set(each.namespace, [each]);
  }
  const installs = calls.some(({ tool, command }) => tool === 'istioctl' && command === 'install');
  const told = new Set<string>();
  return calls.flatMap(call => {
    const needed = neededBy(call);
    if (!needed || OF_EVERY_CLUSTER.has(needed.text) || needed.text === '' || /[${<]/.test(needed.text))
      return [];
    const context = contextOf(call) ?? '';
    const known = made.get(needed.text) ?? [];
    const here = known.filter(each => each.context === context);
    if (here.some(({ at }) => at < call.at)) return [];
    const isPart = here.length > 0 || known.some(({ at }) => at < call.at);
    if (!isPart && (!installs || needed.text === 'istio-system')) return [];
    if (told.has(`${context} ${needed.text}`)) return [];
    told.add(`${context} ${needed.text}`);
    return [findingAt(call, needed, { isPart, context, isLater: here.length > 0 })];
  });
}

function findingAt(
  call: ToolCall,
  needed: Expanded,
  { isPart, context, isLater }: { isPart: boolean; context: string; isLater: boolean },
): RuleFinding {
  const { page, block, span } = call.event.origin;
  const flag = call.flags.find(({ name }) => name === 'context');
  const command = ['kubectl create', ...(flag ? [wordsAt(page, flag.span)] : []), `namespace ${needed.text}`];
  const line = promptLine(block, span.start);
  const where = context === '' ? '' : ` in ${context}`;
  return {
    page,
    span: needed.span,
    ...(!isPart && { severity: 'warning' as const }),
    message: isLater
      ? `The namespace ${needed.text} is made${where} only later.`
      : `Nothing makes the namespace ${needed.text}${where}.`,
    wouldHappen: `The API server answers: namespaces "${needed.text}" not found.`,
    fix: {
      description: `Create it first: ${command.join(' ')}`,
      edits: [commandBefore(page, line?.offset ?? span.start, command.join(' '))],
      isSafe: isPart && !isLater && line !== undefined,
    },
  };
}

/** The namespace that a call acts in, or that it labels. */
function neededBy(call: ToolCall): Expanded | undefined {
  const { tool, command, operands } = call;
  const verb = command.split(' ')[0] ?? '';
  if (tool !== 'kubectl' || !NEEDS.has(verb) || makesNamespace(call) !== undefined) return undefined;
  if (hasFlag(call, 'dry-run')) return undefined;
  const [kind, name] = operands;
  if ((verb === 'label' || verb === 'annotate') && kind && /^(ns|namespaces?)$/.test(kind.text)) return name;
  return flagValue(call, 'namespace');
}

/** The namespace that `kubectl create namespace` makes. */
function makesNamespace({ tool, command, operands }: ToolCall): string | undefined {
  if (tool !== 'kubectl' || !command.startsWith('create')) return undefined;
  if (/ (ns|namespace)$/.test(command)) return operands[0]?.text;
  return operands[0] && /^(ns|namespace)$/.test(operands[0].text) ? operands[1]?.text : undefined;
}

/** The namespace that `kubectl get namespace NAME` looks for: `… && kubectl label …` needs it. */
function seenBy({ tool, command, operands }: ToolCall): string | undefined {
  const [kind, name] = operands;
  return tool === 'kubectl' && command === 'get' && kind && /^(ns|namespaces?)$/.test(kind.text)
    ? name?.text
    : undefined;
}

/** Lists the namespaces that a call makes. */
export function madeBy(call: ToolCall, trace: Trace): readonly Made[] {
  const at = call.at;
  const context = contextOf(call) ?? '';
  const one = makesNamespace(call);
  if (one !== undefined) return [{ at, context, namespace: one }];
  if (call.tool === 'istioctl' && call.command === 'install')
    return [{ at, context, namespace: flagValue(call, 'istioNamespace')?.text ?? 'istio-system' }];
  // helm would have failed without the namespace, or makes it.
  if (call.tool === 'helm' && /^(install|upgrade)$/.test(call.command)) {
    const namespace = flagValue(call, 'namespace')?.text;
    return namespace === undefined ? [] : [{ at, context, namespace }];
  }
  const seen = seenBy(call);
  if (seen !== undefined) return [{ at, context, namespace: seen }];
  if (call.tool !== 'kubectl' || !/^(apply|create)$/.test(call.command)) return [];
  return documentsReadBy(trace, call).flatMap(({ content }) =>
    namespacesIn(content.text).map(namespace => ({ at, context, namespace })),
  );
}

const namespacesIn = (text: string): readonly string[] =>
  [...text.matchAll(/^kind:\s*Namespace\s*\n(?:(?!---).*\n)*?\s+name:\s*"?([\w.-]+)/gm)].map(
    ([, name = '']) => name,
  );
