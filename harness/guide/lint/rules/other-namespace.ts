/** Rule: an object is put into one namespace and looked for in another. */
import type { EditionName } from '../../../model/east-west-gateway.ts';
import type { Trace } from '../../follow/trace.ts';
import { askedObject, SERVING_KINDS } from '../asked-objects.ts';
import { contextOf } from '../documents.ts';
import { printsOperator } from '../gateway-script.ts';
import type { Rule, RuleFinding } from '../rule.ts';
import { filesOf, sampleObjectsOf } from '../sample-files.ts';
import { selects } from '../selectors.ts';
import type { SampleObject } from '../tables/tables.ts';
import { callsOf, flagValue, hasFlag, type ToolCall } from '../words.ts';

/** The rule `other-namespace`. */
export const otherNamespace: Rule = {
  id: 'other-namespace',
  severity: 'error',
  sentence: 'An object is put into one namespace, and looked for in another.',
  because:
    'Without -n kubectl acts in the namespace of the context, which is default unless somebody has ' +
    'changed it. East-west gateways are in istio-system.',
  example: {
    bad:
      '$ kubectl apply -f samples/sleep/sleep.yaml\n$ kubectl wait -n shop --for=condition=Available ' +
      'deployment/sleep',
    good:
      '$ kubectl apply -n shop -f samples/sleep/sleep.yaml\n$ kubectl wait -n shop ' +
      '--for=condition=Available deployment/sleep',
  },
  find: ({ traces, edition }) => traces.flatMap(trace => findIn(trace, edition)),
};

/** An object in a cluster: put there by a call, or asked for by one. */
interface Place {
  readonly call: ToolCall;
  readonly context: string | undefined;
  /** `deployment/sleep` */
  readonly object: string;
  readonly namespace: string;
}

/** Of one object in one cluster; a guide has a few. */
const MOST_PLACES = 100;

function findIn(trace: Trace, edition: EditionName): readonly RuleFinding[] {
  const calls = callsOf(trace, edition);
  // Another namespace may be that of the context.
  if (calls.some(({ tool, command }) => tool === 'kubectl' && command.startsWith('config'))) return [];
  const put = new Map<string, Place[]>();
  for (const place of calls.flatMap((call, index) => putBy(call, calls[index + 1], edition))) {
    const key = `${place.context} ${place.object}`;
    put.set(key, [...(put.get(key) ?? []), place].slice(0, MOST_PLACES));
  }
  const asked = calls.flatMap(askedBy).flatMap(asked => {
    const known = (put.get(`${asked.context} ${asked.object}`) ?? []).filter(
      ({ call }) => call.at < asked.call.at,
    );
    const [first] = known;
    if (!first || known.some(({ namespace }) => namespace === asked.namespace)) return [];
    // Where -n was left out is the mistake.
    const wrong = hasFlag(asked.call, 'namespace') && !hasFlag(first.call, 'namespace') ? first : asked;
    return [findingAt(wrong, asked, first.namespace)];
  });
  return [...asked, ...leftOut(calls)];
}

/** A file that the guide puts into one and the same namespace elsewhere, and here into none. */
function leftOut(calls: readonly ToolCall[]): readonly RuleFinding[] {
  const applies = new Map<string, ToolCall[]>();
  for (const call of calls) {
    const file = filesOf(call)[0]?.text;
    if (call.tool !== 'kubectl' || call.command !== 'apply' || !file?.includes('samples/')) continue;
    const same = applies.get(file) ?? [];
    applies.set(file, same);
    if (same.length < MOST_PLACES) same.push(call);
  }
  return [...applies].flatMap(([file, same]) => {
    const without = same.filter(call => flagValue(call, 'namespace') === undefined);
    const namespaces = new Set(same.flatMap(call => flagValue(call, 'namespace')?.text ?? []));
    const parts = new Set(
      same.map(call => `${contextOf(call)} ${flagValue(call, 'selector')?.text.replace(/=+/g, '=') ?? ''}`),
    );
    const [call] = without;
    // In one cluster a part of a file may go into several namespaces on purpose.
    if (!call || without.length > 1 || namespaces.size !== 1 || parts.size !== same.length) return [];
    const { page, span } = call.event.origin;
    return [
      {
        page,
        span: call.args.at(-1)?.span ?? span,
        severity: 'warning' as const,
        message: `${file} goes into the namespace ${[...namespaces][0]} elsewhere, and into none here.`,
        wouldHappen: 'It lands in the namespace of the context, which is default mostly.',
      },
    ];
  });
}

function findingAt(wrong: Place, { object, namespace }: Place, other: string): RuleFinding {
  const { call } = wrong;
  const { page, span } = call.event.origin;
  return {
    page,
    span: (wrong.object === object && call.operands.at(-1)?.span) || (call.args.at(-1)?.span ?? span),
    message: `${object} is put into the namespace ${other}, and looked for in ${namespace}.`,
    wouldHappen: `Error from server (NotFound): "${object.split('/')[1]}" not found.`,
  };
}

/** Objects that a call asks for by kind and name. */
function askedBy(call: ToolCall): readonly Place[] {
  const asked = askedObject(call);
  if (!asked || hasFlag(call, 'all-namespaces')) return [];
  const object = `${asked.kind}/${asked.name}`;
  return [{ call, context: contextOf(call), object, namespace: namespaceOf(call) }];
}

const namespaceOf = (call: ToolCall): string => flagValue(call, 'namespace')?.text ?? 'default';

/** Objects of samples that a call applies, and the east-west gateway of the script. */
function putBy(call: ToolCall, next: ToolCall | undefined, edition: EditionName): readonly Place[] {
  if (printsOperator(call) && next)
    return [
      {
        call: next,
        context: contextOf(next),
        object: 'service/istio-eastwestgateway',
        namespace: 'istio-system',
      },
    ];
  if (call.tool !== 'kubectl' || !/^(apply|create)$/.test(call.command)) return [];
  const selector = flagValue(call, 'selector')?.text;
  return sampleObjectsOf(call, edition)
    .filter(
      object =>
        object.kind.toLowerCase() in SERVING_KINDS && (selector === undefined || selects(selector, object)),
    )
    .map((object: SampleObject) => ({
      ...{ call, context: contextOf(call), object: `${object.kind.toLowerCase()}/${object.name}` },
      namespace: object.namespace ?? namespaceOf(call),
    }));
}
