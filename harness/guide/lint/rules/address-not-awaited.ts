/** Rule: the address of a load balancer is read, and nothing has waited for it. */
import type { Trace } from '../../follow/trace.ts';
import { contextOf } from '../documents.ts';
import { commandBefore, findInCalls, promptLine, wordsAt } from '../each-call.ts';
import type { Fix } from '../finding.ts';
import type { Rule } from '../rule.ts';
import { callsOf, flagValue, type ToolCall } from '../words.ts';

/** Seconds; a load balancer mostly needs one or two minutes. */
const PATIENCE_SECONDS = 180;

/** The rule `address-not-awaited`. */
export const addressNotAwaited: Rule = {
  id: 'address-not-awaited',
  severity: 'warning',
  sentence: 'The address of a load balancer is read, and nothing has waited for it.',
  because:
    'A Service of type LoadBalancer has an empty status until a controller has given it an address ' +
    '(kubernetes/api core/v1 LoadBalancerStatus); istioctl install does not wait for it. kubectl get -o ' +
    'jsonpath prints nothing then, and succeeds.',
  example: {
    bad:
      '$ export A=$(kubectl -n istio-system get svc gw -o ' +
      "jsonpath='{.status.loadBalancer.ingress[0].ip}')",
    good:
      "$ kubectl -n istio-system wait svc/gw --for=jsonpath='{.status.loadBalancer.ingress[0].ip}' " +
      '--timeout=180s\n$ export A=$(kubectl -n istio-system get svc gw -o ' +
      "jsonpath='{.status.loadBalancer.ingress[0].ip}')",
  },
  find: input =>
    findInCalls(input, (call, trace) => {
      const read = addressRead(call);
      if (!read || call.event.output.to !== 'variable') return [];
      const before = callsOf(trace, input.edition).filter(({ at }) => at < call.at);
      if (before.some(each => waitsFor(each, read.service)) || loopsBefore(trace, call)) return [];
      const isSeen = before.some(each => isShown(each, read.service)) || isEchoed(trace, call);
      const fix = waitBefore(call, read);
      return [
        {
          span: call.event.origin.span,
          ...(isSeen && { severity: 'note' as const }),
          message: isSeen
            ? `The reader has to see to it that ${read.service} has an address before it is read.`
            : `Nothing waits until ${read.service} has an address.`,
          wouldHappen:
            `Read too early, ${call.event.output.name} is empty without an error, and what is installed ` +
            `with it has no address to go to.`,
          ...(fix && { fix }),
        },
      ];
    }),
};

/** What is read of which Service. */
interface AddressRead {
  readonly service: string;
  /** As the page has it, quotes included. */
  readonly path: string;
}

/** Recognizes a call that reads a load balancer's address. */
export function addressRead(call: ToolCall): AddressRead | undefined {
  const { tool, command, operands, event } = call;
  const output = flagValue(call, 'output');
  if (tool !== 'kubectl' || command !== 'get' || !output?.text.startsWith('jsonpath=')) return undefined;
  if (!/status\.loadBalancer\.ingress/.test(output.text)) return undefined;
  const [kind, name] = operands.flatMap(({ text }) => text.split('/'));
  if (kind === undefined || name === undefined || !/^(svc|services?)$/.test(kind)) return undefined;
  const words = wordsAt(event.origin.page, output.span);
  return { service: name, path: words.slice(words.indexOf('=') + 1) };
}

/** Any wait that names the Service, or waits for a gateway as such. */
function waitsFor({ tool, command, operands, event }: ToolCall, service: string): boolean {
  if (tool !== 'kubectl' || command !== 'wait') return false;
  const words = operands.map(({ text }) => text).join(' ');
  return words.includes(service) || /programmed/i.test(event.args.map(({ text }) => text).join(' '));
}

/** The Service with its address, or `<pending>`, on the reader's screen. */
const isShown = ({ tool, command, operands, event, flags }: ToolCall, service: string): boolean =>
  tool === 'kubectl' &&
  command === 'get' &&
  event.output.to === 'terminal' &&
  !flags.some(({ name, value }) => name === 'output' && value?.text.startsWith('jsonpath')) &&
  operands.some(({ text }) => text === service || text === `svc/${service}` || text === `service/${service}`);

/** The page shows the reader what the variable has become. */
const isEchoed = (trace: Trace, { at, event: { output } }: ToolCall): boolean =>
  trace.events
    .slice(at)
    .some(
      event =>
        event.kind === 'call' &&
        event.program.text === 'echo' &&
        output.to === 'variable' &&
        event.args.some(({ uses }) => uses.some(({ name }) => name === output.name)),
    );

const loopsBefore = (trace: Trace, { at }: ToolCall): boolean =>
  trace.events
    .slice(0, at)
    .some(event => event.kind === 'beyond' && /loop|while|until/.test(event.beyond.what));

/** A plan reads the two commands as one that asks until there is an address. */
function waitBefore(call: ToolCall, { service, path }: AddressRead): Fix | undefined {
  const { page, span } = call.event.origin;
  const { start } = statementStart(call);
  const context = call.flags.find(({ name }) => name === 'context');
  const namespace = call.flags.find(({ name }) => name === 'namespace');
  const words = [
    'kubectl wait',
    ...[context, namespace].flatMap(flag => (flag ? [wordsAt(page, flag.span)] : [])),
    `service/${service}`,
    `--for=jsonpath=${path}`,
    `--timeout=${PATIENCE_SECONDS}s`,
  ];
  const isSimple = words.every(word => !/[\r\n]/.test(word)) && contextOf(call) !== undefined;
  if (!isSimple || span.start < start) return undefined;
  const command = words.join(' ');
  return {
    description: `Wait for it first (kubectl 1.31 or later): ${command}`,
    edits: [commandBefore(page, start, command)],
    isSafe: true,
  };
}

/** Finds the line of the prompt: the call stands within `$(…)`, perhaps some lines below. */
function statementStart({ event }: ToolCall): { readonly start: number } {
  const { page, block, span } = event.origin;
  const line = promptLine(block, span.start);
  return { start: line?.offset ?? page.source.text.lastIndexOf('\n', span.start) + 1 };
}
