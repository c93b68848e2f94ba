/** What is found of a control plane that does not run as it should. */
import t from 'tap';
import { checksFor } from '../../../../harness/verify/catalog.ts';
import { pod, type SmallMesh, smallMesh } from '../../../support/small-mesh.ts';

const ISTIO_PODS = '/api/v1/namespaces/istio-system/pods';
const PROXY = { proxy: 'sleep-1.sample', cluster_sent: 'a', cluster_acked: 'a', endpoint_sent: 'b' };
const SYNCED = { ...PROXY, endpoint_acked: 'b' };

/** What istiod answers to `pilot-discovery request GET …`. */
function answer(mesh: SmallMesh, pages: Readonly<Record<string, string>>) {
  mesh.api('cluster1').run = argv => {
    const page = argv[0] === 'pilot-discovery' ? pages[argv.at(-1) ?? ''] : undefined;
    return page === undefined
      ? { exitCode: 1, stdout: '', stderr: 'no such page' }
      : { exitCode: 0, stdout: page, stderr: '' };
  };
}

interface Row {
  readonly what: string;
  readonly found: string;
  readonly pods?: Parameters<typeof pod>[];
  readonly log?: string;
  readonly sync?: readonly object[];
  readonly metrics?: string;
}

const ROWS: readonly Row[] = [
  {
    what: 'a healthy one',
    found: 'istiod-1 1/1 Running; 1 connected proxies have all that they were sent',
    metrics: 'pilot_xds_pushes{type="cds"} 12\npilot_total_xds_rejects{type="cds"} 0\n',
    log: '2026-11-29T16:00:00Z\tinfo\tno panic: all is well\n',
  },
  {
    what: 'a panic',
    log: '2026-11-29T16:00:00Z\tinfo\tpush\npanic: runtime error: invalid memory address\n\ngoroutine 1\n',
    found: 'istiod-1 logged "panic: runtime error: invalid memory address"',
  },
  {
    what: 'a push that is not acknowledged',
    sync: [PROXY],
    found: 'sleep-1.sample has not acknowledged its endpoints',
  },
  {
    what: 'a refused push, in the words of the page',
    sync: [{ ...SYNCED, resources: { lds: { lastError: 'no filter chains specified' } } }],
    metrics: 'pilot_total_xds_rejects{type="lds"} 3\n',
    found: 'sleep-1.sample refused a push: no filter chains specified',
  },
  {
    what: 'refused pushes, of which the counter and the log tell',
    metrics: 'pilot_total_xds_rejects{type="lds"} 2\npilot_total_xds_rejects{type="cds"} 1\n',
    log: '2026-11-29T16:00:00Z\twarn\tADS:LDS: ACK ERROR sleep-1.sample-4 Internal:no filter chains\n',
    found:
      'proxies have refused 3 pushes of istiod-1: ADS:LDS: ACK ERROR sleep-1.sample-4 Internal:no filter chains',
  },
  { what: 'nobody who is served', sync: [], found: 'no proxy is connected to the istiod of cluster1' },
  {
    what: 'a gateway that is not ready, and no istiod',
    pods: [['gateway-1', { app: 'istio-eastwestgateway', ready: '0/1' }]],
    found: 'no istiod runs in cluster1; gateway-1 0/1 Running is not ready',
  },
];

t.test('what is found of a control plane', async t => {
  await using mesh = await smallMesh();
  const { apis, context } = mesh;
  const [check] = checksFor(context.topology, undefined, { only: ['cluster1-control-plane-healthy'] });
  for (const { what, found, pods, log = '', sync = [SYNCED], metrics = '' } of ROWS) {
    const running = pods ?? [['istiod-1', { app: 'istiod', ready: '1/1' }] as const];
    for (const api of apis.values()) {
      const made = running.map(([name, options]) => pod(name, options));
      api.objects.set(ISTIO_PODS, made);
      api.texts.set(`${ISTIO_PODS}/istiod-1/log`, log);
    }
    answer(mesh, { '/debug/syncz': JSON.stringify(sync), '/metrics': metrics });
    const result = await check?.run(context);
    t.equal(result?.found, found, what);
    t.equal(result?.outcome, what === 'a healthy one' ? 'passed' : 'failed', what);
  }
});
