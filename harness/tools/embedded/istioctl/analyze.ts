/**
 * `istioctl analyze`, for the defects that show in the objects which the guide makes.
 * Unlike Istio's, it looks at clusters only (no files), and knows four of the messages; three of its own
 * tell of what is not simulated, of networks that are spelled in two ways, and of what no istiod reads.
 */
import type { KubernetesObject } from '../../../base/kubernetes-client.ts';
import { isNotFound } from '../../../base/kubernetes-client.ts';
import { ToolExit } from '../invocation.ts';
import { ANALYZERS, type Snapshot } from './analyzers.ts';
import { documentOf, formatOf, LEVELS, orderOf, pageOf, thresholdOf } from './findings.ts';
import { ledElsewhereFindings } from './led-elsewhere-findings.ts';
import { networkFindings } from './network-findings.ts';
import { notSimulatedFindings } from './not-simulated-findings.ts';
import { printed } from './printed.ts';
import type { Call, Verb } from './verb.ts';

const EXIT_ANALYZER_FOUND_ISSUES = 79;

/** Prints the findings, the worst first; fails if one reaches `--failure-threshold`. */
export const analyze: Verb = {
  flags: {
    'all-namespaces': { type: 'boolean', short: 'A' },
    'failure-threshold': { type: 'text' },
    'output-threshold': { type: 'text' },
    color: { type: 'boolean' },
    output: { type: 'text', short: 'o' },
  },
  maxArgs: 0,
  async run(call) {
    const { flags, invocation } = call;
    const all = flags.boolean('all-namespaces');
    const namespace = flags.text('namespace') ?? 'default';
    const shown = thresholdOf(call, 'output-threshold', 'Info');
    const failing = thresholdOf(call, 'failure-threshold', 'Error');
    const only = all ? undefined : namespace;
    const format = formatOf(flags.text('output'));
    const list = listWith(call);
    const snapshot = await snapshotOf(list, only);
    const within = ({ metadata }: KubernetesObject): boolean =>
      only === undefined || (metadata.namespace ?? metadata.name) === only;
    const notSimulated = await notSimulatedFindings(list, within, call.istioVersion);
    const ofNetworks = await networkFindings(list, within);
    const unread = await ledElsewhereFindings(list, within, call.istioVersion);
    const known = ANALYZERS.flatMap(analyzer => [...analyzer(snapshot)]);
    const messages = [...known, ...ofNetworks, ...unread, ...notSimulated]
      .filter(({ level }) => LEVELS.indexOf(level) >= LEVELS.indexOf(shown))
      .sort(orderOf);
    const where = all ? 'all namespaces' : `namespace: ${namespace}`;
    if (format !== 'log') {
      invocation.stdout(printed(format, messages.map(documentOf(call.istioVersion))) ?? '');
      if (messages.length === 0) invocation.stderr(`✔ No validation issues found when analyzing ${where}.\n`);
      // Whoever reads a document judges by it: no threshold makes it fail (istioctl/pkg/analyze @1.30.3).
      return 0;
    }
    for (const { level, code, about, text } of messages)
      invocation.stdout(`${level} [${code}] (${about}) ${text}\n`);
    if (messages.length === 0) {
      invocation.stdout(`✔ No validation issues found when analyzing ${where}.\n`);
      return 0;
    }
    if (!messages.some(({ level }) => LEVELS.indexOf(level) >= LEVELS.indexOf(failing))) return 0;
    throw new ToolExit(
      `Error: Analyzers found issues when analyzing ${where}.\nSee ${pageOf(call.istioVersion)} ` +
        'for more information about causes and resolutions.',
      EXIT_ANALYZER_FOUND_ISSUES,
    );
  },
};

type List = (apiVersion: string, plural: string) => Promise<readonly KubernetesObject[]>;

/** Lists objects; none of a resource that is not there. */
const listWith =
  ({ client, signal }: Call): List =>
  async (apiVersion, plural) => {
    try {
      return (await client.list({ apiVersion, plural }, {}, signal)).items;
    } catch (error) {
      if (isNotFound(error)) return [];
      throw error;
    }
  };

async function snapshotOf(list: List, namespace: string | undefined): Promise<Snapshot> {
  const within = ({ metadata }: KubernetesObject) =>
    namespace === undefined || metadata.namespace === namespace;
  const allPods = await list('v1', 'pods');
  const namespaces = await list('v1', 'namespaces');
  return {
    namespaces: namespaces.filter(({ metadata }) => namespace === undefined || metadata.name === namespace),
    pods: allPods.filter(within),
    services: (await list('v1', 'services')).filter(within),
    gateways: (await list('networking.istio.io/v1alpha3', 'gateways')).filter(within),
    allPods,
  };
}
