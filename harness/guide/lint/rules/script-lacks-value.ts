/** Rule: a script of the samples is called without a value that it needs. */
import { GATEWAY_SCRIPT } from '../../follow/programs.ts';
import type { Trace } from '../../follow/trace.ts';
import { contextOf, installsOf } from '../documents.ts';
import { findInCalls, wordsAt } from '../each-call.ts';
import type { Fix } from '../finding.ts';
import { type GatewayValue, gatewayValues, lackingValues } from '../gateway-script.ts';
import type { Rule, RuleInput } from '../rule.ts';
import { callBeside, type ToolCall } from '../words.ts';

/** The rule `script-lacks-value`. */
export const scriptLacksValue: Rule = {
  id: 'script-lacks-value',
  severity: 'error',
  sentence: 'A script of the samples is called without a value that it needs.',
  because:
    'gen-eastwest-gateway.sh of 1.8.0 needs mesh, cluster and network, later releases the network. It ' +
    'complains on standard output, so the complaint goes into the pipe (istio/istio ' +
    'samples/multicluster/gen-eastwest-gateway.sh).',
  example: {
    bad: '$ samples/multicluster/gen-eastwest-gateway.sh --cluster c | istioctl install -y -f -',
    good:
      '$ samples/multicluster/gen-eastwest-gateway.sh --mesh m --cluster c --network n | istioctl install ' +
      '-y -f -',
  },
  find: input =>
    findInCalls(input, (call, trace) => {
      if (call.tool !== GATEWAY_SCRIPT) return [];
      const lacking = lackingValues(call, input.edition);
      if (lacking.length === 0) return [];
      const fix = withFlags(call, trace, input, lacking);
      return [
        {
          span: call.event.program.span,
          message: `${GATEWAY_SCRIPT} needs ${lacking.map(name => `--${name}`).join(' and ')} too.`,
          wouldHappen:
            'The script prints a complaint instead of a document, and the command behind the pipe fails ' +
            'on it.',
          ...(fix && { fix }),
        },
      ];
    }),
};

/**
 * Writes all values as flags. Those that the call lacks are what the guide installs the same cluster with.
 */
function withFlags(
  call: ToolCall,
  trace: Trace,
  { edition }: RuleInput,
  lacking: readonly GatewayValue[],
): Fix | undefined {
  const { event } = call;
  const { page } = event.origin;
  const values = gatewayValues(call);
  const target = callBeside(trace, edition, call, 1);
  const context = target ? contextOf(target) : undefined;
  const installs = installsOf(trace, edition).filter(install => install.call.at < call.at);
  const install = installs.findLast(each => each.context === context);
  const known: Readonly<Record<GatewayValue, string | undefined>> = {
    mesh: install?.meshId,
    cluster: install?.clusterName,
    network: install?.network,
  };
  if (lacking.some(name => known[name] === undefined)) return undefined;
  const words = (['mesh', 'cluster', 'network'] as const).flatMap(name => {
    const value = values[name];
    const text = value ? wordsAt(page, value.span) : known[name];
    return text === undefined ? [] : [`--${name} ${text}`];
  });
  const plain = event.environment.length > 0 && event.args.length === 0;
  const edits = plain
    ? [
        { start: event.origin.span.start, end: event.program.span.start, text: '' },
        { start: event.program.span.end, end: event.program.span.end, text: ` ${words.join(' ')}` },
      ]
    : lacking.map(name => ({
        start: event.program.span.end,
        end: event.program.span.end,
        text: ` --${name} ${known[name]}`,
      }));
  return {
    description: `Give it the values as flags: ${words.map(word => word.split(' ')[0]).join(', ')}.`,
    edits,
    isSafe: edits.length === 1 || plain,
  };
}
