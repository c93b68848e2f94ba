/** Rule: an object is asked for whose name is almost that of one that the guide has put there. */
import { didYouMean } from '../../../base/did-you-mean.ts';
import type { EditionName } from '../../../model/east-west-gateway.ts';
import type { Expanded, Trace } from '../../follow/trace.ts';
import { askedObject, SERVING_KINDS, type ServingKind } from '../asked-objects.ts';
import { contextOf, inputFilesOf, inputOf, installsOf } from '../documents.ts';
import { printsOperator } from '../gateway-script.ts';
import type { Rule, RuleFinding } from '../rule.ts';
import { sampleFacts } from '../tables/tables.ts';
import { callBeside, callsOf, type ToolCall } from '../words.ts';

/** The rule `no-such-object`. */
export const noSuchObject: Rule = {
  id: 'no-such-object',
  severity: 'error',
  sentence: 'A Deployment or Service is asked for whose name is almost that of one that the guide has made.',
  because: 'Names are told apart letter by letter: the API server answers NotFound, and a resolver NXDOMAIN.',
  example: {
    bad:
      '$ kubectl apply -f samples/sleep/sleep.yaml\n$ kubectl wait --for=condition=Available ' +
      'deployment/slep',
    good:
      '$ kubectl apply -f samples/sleep/sleep.yaml\n$ kubectl wait --for=condition=Available ' +
      'deployment/sleep',
  },
  find: ({ traces, edition }) => traces.flatMap(trace => findIn(trace, edition)),
};

/** Names of one kind, by cluster; in all namespaces. */
class Known {
  readonly #names = new Map<string, Set<string>>();
  readonly #open = new Set<string>();
  readonly #touched = new Set<string>();

  add(context: string, kind: ServingKind, name: string): void {
    const names = this.#names.get(`${context} ${kind}`) ?? new Set();
    this.#names.set(`${context} ${kind}`, names.add(name));
  }

  /** The guide has put something there. */
  touch(context: string): void {
    this.#touched.add(context);
  }

  /** Something was put there that we do not know. */
  open(context: string): void {
    this.#open.add(context);
  }

  has(context: string, kind: ServingKind, name: string): boolean {
    return this.#names.get(`${context} ${kind}`)?.has(name) === true;
  }

  /** @returns a guess, if the name is that of no object */
  guess(context: string, kind: ServingKind, name: string): string | undefined {
    const names = this.#names.get(`${context} ${kind}`);
    if (this.#open.has(context) || names?.has(name)) return undefined;
    const other = [...this.#names].find(
      ([place, known]) => place.endsWith(` ${kind}`) && known.has(name),
    )?.[0];
    // A cluster that the guide has not touched may have anything.
    if (other !== undefined && this.#touched.has(context)) return `It is in ${other.split(' ')[0]}.`;
    return !names || names.size > MOST_NAMES ? undefined : didYouMean(name, [...names]);
  }
}

const MOST_NAMES = 200;

function findIn(trace: Trace, edition: EditionName): readonly RuleFinding[] {
  const known = new Known();
  for (const { context } of installsOf(trace, edition)) known.touch(context);
  const found: RuleFinding[] = [];
  for (const call of callsOf(trace, edition)) {
    const context = contextOf(call) ?? '';
    for (const { kind, name, word, port } of askedBy(call)) {
      const right = known.has(context, kind, name) ? PORTS[name] : undefined;
      const meant = known.guess(context, kind, name);
      const isOther = port !== undefined && right !== undefined && port !== right;
      if (meant === undefined && !isOther) continue;
      found.push({
        page: call.event.origin.page,
        span: word.span,
        message: isOther
          ? `The Service ${name} has the port ${right}, not ${port}.`
          : `The guide has made no ${kind} ${name} here. ${meant}`,
        wouldHappen: isOther
          ? 'The request gets no answer.'
          : `There is no ${kind} of this name: the command fails, or waits in vain.`,
      });
    }
    put(call, trace, edition, known);
  }
  return found;
}

interface Asked {
  readonly kind: ServingKind;
  readonly name: string;
  readonly word: Expanded;
  /** Of a request. */
  readonly port?: string;
}

/** Ports of the Services of samples. istio/istio samples/, @1.8.0 and @1.30.3 */
const PORTS: Readonly<Record<string, string>> = {
  ...{ helloworld: '5000', httpbin: '8000', sleep: '80', curl: '80', productpage: '9080', reviews: '9080' },
  ...{ ratings: '9080', details: '9080' },
};

/** Objects by kind and name, and hosts that a request goes to from within. */
function askedBy(call: ToolCall): readonly Asked[] {
  const { tool, command, rest } = call;
  if (tool === 'kubectl' && command === 'exec')
    return rest.flatMap(word => {
      const [, name, port] =
        /^(?:http:\/\/)?([a-z0-9-]+)\.[a-z0-9-]+(?:\.svc(?:\.cluster\.local)?)?:(\d+)(?:\/|$)/.exec(
          word.text,
        ) ?? [];
      return name !== undefined && word.isExact
        ? [{ kind: 'service' as const, name, word, ...(port !== undefined && { port }) }]
        : [];
    });
  const asked = askedObject(call);
  return asked?.word.isExact ? [asked] : [];
}

/** Notes what a call puts into its cluster. */
function put(call: ToolCall, trace: Trace, edition: EditionName, known: Known): void {
  const context = contextOf(call) ?? '';
  const before = callBeside(trace, edition, call, -1);
  const isPiped = before?.event.output.to === 'next-call';
  if (isPiped && before && printsOperator(before)) known.add(context, 'service', 'istio-eastwestgateway');
  else if (call.tool === 'helm' || (call.tool === 'istioctl' && call.command !== 'install')) {
    if (!call.command.endsWith('create-remote-secret')) known.open(context);
  } else if (call.tool === 'istioctl') known.add(context, 'service', 'istio-ingressgateway');
  else if (call.tool === 'kubectl' && /^(apply|create|run|expose|replace)/.test(call.command))
    putByKubectl(call, trace, edition, known);
}

function putByKubectl(call: ToolCall, trace: Trace, edition: EditionName, known: Known): void {
  const context = contextOf(call) ?? '';
  if (/^create (ns|namespace|secret|configmap|sa|serviceaccount)\b/.test(call.command)) return;
  const before = callBeside(trace, edition, call, -1);
  if (before?.command.endsWith('create-remote-secret') && before.event.output.to === 'next-call') return;
  const files = inputFilesOf(trace, call);
  if (files.length === 0 && !inputOf(trace, call)) known.open(context);
  for (const { path, document } of files) {
    const objects = sampleFacts(edition).objectsOf(path.text);
    if (objects.length === 0 && !document) known.open(context);
    for (const { kind, name } of objects) {
      const lower = SERVING_KINDS[kind.toLowerCase()];
      if (lower) known.add(context, lower, name);
    }
    for (const [, kind = '', name = ''] of document?.content.text.matchAll(OBJECT) ?? []) {
      const lower = SERVING_KINDS[kind.toLowerCase()];
      if (lower) known.add(context, lower, name);
    }
  }
}

const OBJECT = /^kind:\s*(\w+)\s*\nmetadata:\s*\n(?:\s+(?!name:).*\n)*?\s+name:\s*"?([\w.-]+)/gm;
