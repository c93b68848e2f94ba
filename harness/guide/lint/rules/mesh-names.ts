/** Rule: the names of one mesh do not fit together. */
import { didYouMean } from '../../../base/did-you-mean.ts';
import type { EditionName } from '../../../model/east-west-gateway.ts';
import type { Trace } from '../../follow/trace.ts';
import {
  contextOf,
  type GuideDocument,
  type Install,
  installsOf,
  keysOf,
  lineSpan,
  MOST_CLUSTERS,
} from '../documents.ts';
import { gatewayValues, printsOperator } from '../gateway-script.ts';
import type { Rule, RuleFinding } from '../rule.ts';
import { secretsOf } from '../secrets.ts';
import { callBeside, callsOf, flagValue } from '../words.ts';

/** The rule `mesh-names`. */
export const meshNamesFit: Rule = {
  id: 'mesh-names',
  severity: 'error',
  sentence: 'Names of clusters, networks or the mesh do not fit together.',
  because:
    'istiod joins clusters by these names: a remote secret bears the name that its cluster was ' +
    'installed with, a gateway the network of its cluster, meshNetworks the networks and clusters ' +
    "that there are. A name that is written in another way is another cluster's or network's " +
    '(istio/istio pilot/pkg/serviceregistry/kube/controller/network.go).',
  example: {
    bad: exampleWith('d'),
    good: exampleWith('c'),
  },
  find: ({ traces, edition }) => traces.flatMap(trace => findIn(trace, edition)),
};

function exampleWith(name: string): string {
  return [
    '$ cat <<EOF > c.yaml\nkind: IstioOperator\nspec:\n  values:\n    global:\n      multiCluster:',
    '        clusterName: c\nEOF\n$ istioctl install -y --context=c -f c.yaml',
    `$ istioctl x create-remote-secret --context=c --name=${name} | kubectl apply -f - --context=b`,
  ].join('\n');
}

/** The port for calls from other networks, and the Service, of the gateway that the samples make. */
const GATEWAY = { service: 'istio-eastwestgateway.istio-system.svc.cluster.local', port: '15443' };

function findIn(trace: Trace, edition: EditionName): readonly RuleFinding[] {
  const installs = installsOf(trace, edition).filter(({ clusterName }) => clusterName !== undefined);
  if (installs.length === 0 || installs.length > MOST_CLUSTERS) return [];
  const byContext = new Map(installs.map(install => [install.context, install]));
  return [
    ...installs.flatMap(install => inDocument(install, installs)),
    ...gatewaysThatDiffer(trace, edition, byContext),
    ...secretsThatDiffer(trace, edition, byContext),
  ];
}

function secretsThatDiffer(
  trace: Trace,
  edition: EditionName,
  byContext: ReadonlyMap<string, Install>,
): readonly RuleFinding[] {
  return secretsOf(trace, edition).flatMap(({ create, watched }) => {
    const name = flagValue(create, 'name');
    const installed = byContext.get(watched)?.clusterName;
    if (!name?.isExact || name.text === installed) return [];
    const other = [...byContext.values()].find(({ clusterName }) => clusterName === name.text)?.context;
    // Another rule tells of two clusters that the guide has installed, and of which one has the other's name.
    if (other === undefined ? installed === undefined : installed !== undefined) return [];
    return [
      {
        page: create.event.origin.page,
        span: name.span,
        message:
          other === undefined
            ? `${watched} was installed as ${installed}; its remote secret calls it ${name.text}.`
            : `The remote secret of ${watched} calls it ${name.text}, which is the name of ${other}.`,
        wouldHappen:
          'The control plane that gets the secret takes its endpoints for those of a cluster that ' +
          'there is not.',
      },
    ];
  });
}

function gatewaysThatDiffer(
  trace: Trace,
  edition: EditionName,
  byContext: ReadonlyMap<string, Install>,
): readonly RuleFinding[] {
  return callsOf(trace, edition).flatMap(call => {
    const next = printsOperator(call) ? callBeside(trace, edition, call, 1) : undefined;
    const install = next && byContext.get(contextOf(next) ?? '');
    if (!install) return [];
    const { network, mesh } = gatewayValues(call);
    const pairs = [
      { what: 'network', given: network, known: install.network },
      // Later releases ignore it.
      { what: 'mesh', given: edition === '1.8' ? mesh : undefined, known: install.meshId },
    ];
    return pairs.flatMap(({ what, given, known }): readonly RuleFinding[] => {
      if (!given?.isExact || known === undefined || given.text === known) return [];
      return [
        {
          page: call.event.origin.page,
          span: given.span,
          message:
            `The gateway is given the ${what} ${given.text}; ${install.clusterName} was installed with ` +
            `${known}.`,
          wouldHappen: `Calls to the pods of ${install.clusterName} are not sent through its gateway.`,
        },
      ];
    });
  });
}

/** Holds a document against itself, and against those of the other clusters. */
function inDocument(
  { document, network, networks, meshId }: Install,
  installs: readonly Install[],
): readonly RuleFinding[] {
  if (!document) return [];
  const found: RuleFinding[] = [];
  const say = (key: string, message: string, wouldHappen: string) => {
    const line = keysOf(document.content.text).find(({ path }) => path.endsWith(`\nglobal\n${key}`))?.line;
    if (line !== undefined)
      found.push({ page: document.page, span: lineSpan(document, line), message, wouldHappen });
  };
  if (networks.length > 0 && network !== undefined && !networks.includes(network))
    say(
      'network',
      `meshNetworks has no network ${network}; it has ${networks.join(', ')}.`,
      'Pods of this cluster are on a network of their own: nobody knows a gateway to it.',
    );
  const first = installs[0]?.meshId;
  if (meshId !== undefined && first !== undefined && meshId !== first)
    say(
      'meshID',
      `The mesh is called ${meshId} here, and ${first} in the install before.`,
      'The clusters are not of one mesh in what they report of each other.',
    );
  return [...found, ...linesOf(document, installs), ...listsOf(document)];
}

/** Endpoints and gateways of a network are lists. */
function listsOf(document: GuideDocument): readonly RuleFinding[] {
  const lines = document.content.text.split('\n');
  return keysOf(document.content.text).flatMap(({ path, line }): readonly RuleFinding[] => {
    const key = /\nmeshNetworks\n[^\n]+\n(endpoints|gateways)$/.exec(path)?.[1];
    const next = lines.slice(line + 1).find(each => each.trim() !== '');
    if (
      key === undefined ||
      !/:\s*$/.test(lines[line] ?? '') ||
      next === undefined ||
      /^\s*-(\s|$)/.test(next)
    )
      return [];
    return [
      {
        page: document.page,
        span: lineSpan(document, line + 1),
        message: `${key} is a list: a dash is missing before its entry.`,
        wouldHappen: 'istiod cannot read meshNetworks, and knows no gateway of any network.',
      },
    ];
  });
}

/** Looks at the entries of meshNetworks: clusters that are not there, another gateway than the samples'. */
function linesOf(document: GuideDocument, installs: readonly Install[]): readonly RuleFinding[] {
  const clusters = installs.flatMap(({ clusterName }) => (clusterName === undefined ? [] : [clusterName]));
  let isOfSamples = false;
  return document.content.text.split('\n').flatMap((line, index): readonly RuleFinding[] => {
    const [, key, value = ''] =
      /^\s*(?:- )?(fromRegistry|registryServiceName|port):\s*(\S+)\s*$/.exec(line) ?? [];
    if (key === 'registryServiceName') isOfSamples = value === GATEWAY.service;
    const message = wrongEntry(key, value, { clusters, isOfSamples });
    if (message === undefined) return [];
    return [
      {
        page: document.page,
        span: lineSpan(document, index),
        message,
        wouldHappen: 'The endpoints of a network have no gateway: calls from other networks do not arrive.',
      },
    ];
  });
}

function wrongEntry(
  key: string | undefined,
  value: string,
  { clusters, isOfSamples }: { readonly clusters: readonly string[]; readonly isOfSamples: boolean },
): string | undefined {
  if (key === 'fromRegistry' && clusters.length > 1 && !clusters.includes(value))
    return `The guide installs no cluster ${value}; it installs ${clusters.join(', ')}.`;
  if (key === 'port' && isOfSamples && value !== GATEWAY.port)
    return `The samples' gateway takes calls from other networks on port ${GATEWAY.port}, not ${value}.`;
  const isAlmost =
    key === 'registryServiceName' &&
    value !== GATEWAY.service &&
    didYouMean(value, [GATEWAY.service]) !== undefined;
  return isAlmost && /eastwest/.test(value)
    ? `The Service of the gateway is called ${GATEWAY.service}, not ${value}.`
    : undefined;
}
