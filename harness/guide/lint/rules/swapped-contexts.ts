/** Rule: a command goes to another cluster than what it carries is meant for. */
import { literally } from '../../../base/literal-pattern.ts';
import type { EditionName } from '../../../model/east-west-gateway.ts';
import type { Trace } from '../../follow/trace.ts';
import { contextOf, installsOf, MOST_CLUSTERS } from '../documents.ts';
import { wordsAt } from '../each-call.ts';
import { gatewayValues, printsOperator } from '../gateway-script.ts';
import type { Rule, RuleFinding } from '../rule.ts';
import { callBeside, callsOf, flagValue, type ToolCall } from '../words.ts';

/** The rule `swapped-contexts`. */
export const swappedContexts: Rule = {
  id: 'swapped-contexts',
  severity: 'error',
  sentence: 'A command goes to another cluster than what it carries is meant for.',
  because:
    'A remote secret tells one cluster how to reach another; in its own cluster it says nothing new. An ' +
    'install whose clusterName belongs to another cluster makes two clusters answer to one name, and ' +
    "istiod takes the endpoints of one for the other's.",
  example: {
    bad: '$ istioctl x create-remote-secret --context=c1 --name=c1 | kubectl apply -f - --context=c1',
    good: '$ istioctl x create-remote-secret --context=c1 --name=c1 | kubectl apply -f - --context=c2',
  },
  find: ({ traces, edition }) =>
    traces.flatMap(trace => {
      const calls = callsOf(trace, edition);
      const names = clusterNames(trace, edition);
      if (names.size > MOST_CLUSTERS) return [];
      return [
        ...calls.flatMap(call => secretAtHome(call, trace, edition)),
        ...ownAddresses(trace, edition),
        ...oneForTwo(trace, edition),
        ...subjects(trace, edition).flatMap(subject => wrongContext(subject, names)),
      ];
    }),
};

function secretAtHome(call: ToolCall, trace: Trace, edition: EditionName): readonly RuleFinding[] {
  if (!call.command.endsWith('create-remote-secret') || call.event.output.to !== 'next-call') return [];
  const next = callBeside(trace, edition, call, 1);
  const from = contextOf(call);
  if (!next || from === undefined || contextOf(next) !== from) return [];
  const flag = next.flags.find(({ name }) => name === 'context');
  return [
    {
      page: next.event.origin.page,
      span: flag?.span ?? next.event.origin.span,
      message: `The remote secret of ${from} is applied to ${from} itself.`,
      wouldHappen: 'No other control plane learns of the cluster: its endpoints stay unknown there.',
    },
  ];
}

/** The address of a primary is read in the very cluster that is to become its remote. */
function ownAddresses(trace: Trace, edition: EditionName): readonly RuleFinding[] {
  const calls = callsOf(trace, edition);
  return installsOf(trace, edition).flatMap(({ call, context, document, remotePilotAddress }) => {
    const names = /^\$\{(\w+)\}$/.exec(remotePilotAddress ?? '');
    const read = calls.findLast(
      ({ at, event }) => at < call.at && event.output.to === 'variable' && event.output.name === names?.[1],
    );
    const flag = read?.flags.findLast(({ name }) => name === 'context');
    if (!document || !read || !flag || contextOf(read) !== context) return [];
    return [
      {
        page: read.event.origin.page,
        span: flag.span,
        message: `${context} is to be a remote, and gets an address of its own as that of its primary.`,
        wouldHappen: 'Its proxies look for istiod where there is none, and never become ready.',
      },
    ];
  });
}

/** Two variables for contexts have one value. */
function oneForTwo(trace: Trace, edition: EditionName): readonly RuleFinding[] {
  const used = new Set(
    callsOf(trace, edition).flatMap(({ flags }) =>
      flags.flatMap(({ name, value }) =>
        name === 'context' ? (value?.uses ?? []).map(use => use.name) : [],
      ),
    ),
  );
  const first = new Map<string, string>();
  return trace.events.flatMap((event): readonly RuleFinding[] => {
    if (
      event.kind !== 'set' ||
      !used.has(event.name) ||
      event.value.text === '' ||
      event.value.uses.length > 0
    )
      return [];
    const other = first.get(event.value.text);
    if (other === undefined) first.set(event.value.text, event.name);
    if (other === undefined || other === event.name) return [];
    return [
      {
        page: event.origin.page,
        span: event.origin.span,
        message: `${event.name} and ${other} are the same context, ${event.value.text}.`,
        wouldHappen: 'What is meant for two clusters is done twice in one.',
      },
    ];
  });
}

/** A call that carries the name of a cluster, and the context that it goes to. */
interface Subject {
  readonly call: ToolCall;
  readonly cluster: string;
  readonly what: string;
}

function subjects(trace: Trace, edition: EditionName): readonly Subject[] {
  const calls = callsOf(trace, edition);
  const installs = installsOf(trace, edition).flatMap(({ call, clusterName, document }): Subject[] =>
    clusterName === undefined || !document
      ? []
      : [{ call, cluster: clusterName, what: `${document.path ?? 'The document'} is the install` }],
  );
  const secrets = calls.flatMap((call): Subject[] => {
    const name = call.command.endsWith('create-remote-secret') ? flagValue(call, 'name') : undefined;
    return name ? [{ call, cluster: name.text, what: 'The remote secret is the one' }] : [];
  });
  const gateways = calls.flatMap((call, index): Subject[] => {
    const cluster = printsOperator(call) ? gatewayValues(call).cluster : undefined;
    const next = calls[index + 1];
    return cluster && next?.at === call.at + 1
      ? [{ call: next, cluster: cluster.text, what: 'The gateway is the one' }]
      : [];
  });
  return [...installs, ...secrets, ...gateways];
}

/** Names of clusters that the guide installs. */
const clusterNames = (trace: Trace, edition: EditionName): ReadonlySet<string> =>
  new Set(
    installsOf(trace, edition).flatMap(({ clusterName }) => (clusterName === undefined ? [] : [clusterName])),
  );

/** The context's own words name a cluster of the guide, and it is another one. */
function wrongContext({ call, cluster, what }: Subject, names: ReadonlySet<string>): readonly RuleFinding[] {
  const { page } = call.event.origin;
  const flag = call.flags.findLast(({ name }) => name === 'context');
  if (!flag?.value) return [];
  const words = `${wordsAt(page, flag.value.span)} ${flag.value.text}`.toLowerCase();
  const named = [...names].filter(name =>
    new RegExp(`${literally(name.toLowerCase())}(?![0-9a-z])`).test(words),
  );
  const [only] = named;
  if (only === undefined || named.length > 1 || only === cluster || !names.has(cluster)) return [];
  return [
    {
      page,
      span: flag.span,
      message: `${what} of ${cluster}, and ${wordsAt(page, flag.value.span)} is the context of ${only}.`,
      wouldHappen:
        `Two clusters answer to the name ${cluster}, and ${only} to none; calls go to the wrong endpoints ` +
        `or to none.`,
    },
  ];
}
