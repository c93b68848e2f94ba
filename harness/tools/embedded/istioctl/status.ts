/** `istioctl remote-clusters` and `istioctl proxy-status`: what the istiods of a cluster are connected to. */
import { ToolExit } from '../invocation.ts';
import { askIstiod, columns } from './ask-istiod.ts';
import { printed } from './printed.ts';
import { type ProxyEntry, releaseOf } from './releases.ts';
import { notSimulated, type Verb } from './verb.ts';

const OUTPUTS: ReadonlySet<string> = new Set(['', 'table', 'json', 'yaml']);

/** An entry of `/debug/clusterz`; the cluster's own has no secret. */
interface ClusterEntry {
  readonly id: string;
  readonly secretName: string;
  readonly syncStatus: string;
}

/** istio/istio istioctl/pkg/clusters/clusters.go @1.30.3 */
export const remoteClusters: Verb = {
  flags: { revision: { type: 'text', short: 'r' } },
  maxArgs: Number.POSITIVE_INFINITY,
  async run(call) {
    const missing = releaseOf(call.istioVersion).noIstiod.remoteClusters;
    const rows = (await askIstiod(call, '/debug/clusterz', missing)).flatMap(({ istiod, page }) =>
      (page as readonly ClusterEntry[]).map(({ id, secretName, syncStatus }) => [
        id,
        secretName,
        syncStatus,
        istiod,
      ]),
    ); // istiod's own page
    call.invocation.stdout(columns([['NAME', 'SECRET', 'STATUS', 'ISTIOD'], ...rows]));
    return 0;
  },
};

/** istio/istio istioctl/pkg/writer/pilot/status.go @1.8.0, @1.30.3 */
export const proxyStatus: Verb = {
  flags: { revision: { type: 'text', short: 'r' }, output: { type: 'text', short: 'o' } },
  maxArgs: Number.POSITIVE_INFINITY,
  async run(call) {
    if (call.args.length > 0) throw notSimulated('istioctl proxy-status with the name of a pod');
    const output = call.flags.text('output') ?? 'table';
    if (!OUTPUTS.has(output)) throw new ToolExit(`Error: output format "${output}" not supported`);
    const { header, row } = releaseOf(call.istioVersion).proxyStatus;
    const entries = (await askIstiod(call, '/debug/syncz')).flatMap(({ istiod, page }) =>
      (page as readonly ProxyEntry[]).map(entry => ({ istiod, entry })),
    ); // istiod's own page
    const all = entries.map(({ istiod, entry }) => ({ ...entry, istiod }));
    const text = printed(call.flags.text('output'), all);
    if (text !== undefined) {
      call.invocation.stdout(text);
      return 0;
    }
    const rows = entries.map(({ istiod, entry }) => row(entry, istiod));
    rows.sort(([a = ''], [b = '']) => (a < b ? -1 : a > b ? 1 : 0));
    call.invocation.stdout(columns([header, ...rows]));
    return 0;
  },
};
