/**
 * A real Envoy is told what our istiod tells each proxy of the scenarios, in both dialects. `npm run peers`
 * prints who accepted what; it ends with 1 if Envoy refuses anything.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AdsAnswer } from '../../harness/simulator/istio/xds/ads/server-stream.ts';
import { TYPES } from '../../harness/simulator/istio/xds/envoy-v3/type-names.ts';
import { encodeMessage } from '../../harness/simulator/istio/xds/proto/encode-message.ts';
import { PUSH_ORDER, shortNameOf, typeUrlOf } from '../../harness/simulator/istio/xds/wire/types.ts';
import { createAdsHost } from './ads-host.ts';
import { captureViews, type View } from './capture.ts';
import { findReal } from './real-programs.ts';
import { encodeSecrets, makeIdentity } from './secrets.ts';

const SCENARIOS = [
  'multi-primary',
  'multi-primary-multi-network',
  'primary-remote',
  'primary-remote-multi-network',
];
/** How long Envoy may take for all types. */
const DEADLINE_MS = 10_000;
/** After the last answer: no more comes. */
const QUIET_MS = 1500;

/**
 * Envoy's bootstrap: everything by ADS over a socket of this machine, certificates from the agent's cluster.
 */
const bootstrap = (socket: string, node: string, isDelta: boolean) => {
  const pipe = (name: string) => ({
    name,
    type: 'STATIC',
    connect_timeout: '1s',
    typed_extension_protocol_options: {
      'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': {
        '@type': 'type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions',
        explicit_http_config: { http2_protocol_options: {} },
      },
    },
    load_assignment: {
      cluster_name: name,
      endpoints: [{ lb_endpoints: [{ endpoint: { address: { pipe: { path: socket } } } }] }],
    },
  });
  const ads = { ads: {}, initial_fetch_timeout: '0s', resource_api_version: 'V3' };
  return {
    node: { id: node, cluster: 'peer' },
    static_resources: { clusters: [pipe('xds-grpc'), pipe('sds-grpc')] },
    dynamic_resources: {
      cds_config: ads,
      lds_config: ads,
      ads_config: {
        api_type: isDelta ? 'DELTA_GRPC' : 'GRPC',
        set_node_on_first_message_only: true,
        transport_api_version: 'V3',
        grpc_services: [{ envoy_grpc: { cluster_name: 'xds-grpc' } }],
      },
    },
  };
};

/** In a network of its own: it binds the ports of the listeners. */
function startEnvoy(program: string, config: string): ChildProcess {
  const argv = ['-c', config, '--concurrency', '1', '--use-dynamic-base-id', '--log-level', 'error'];
  return spawn(
    'unshare',
    [
      '--net',
      '--map-root-user',
      'sh',
      '-c',
      'ip link set lo up 2>/dev/null; exec "$0" "$@"',
      program,
      ...argv,
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
}

/** The types of which there is anything: a gateway may have no routes. */
const typesIn = (view: View): readonly string[] =>
  PUSH_ORDER.filter(type => (view.get(type) ?? []).length > 0).map(type => shortNameOf(typeUrlOf(type)));

/** @returns by type: `ACK`, or what Envoy says against it; undefined for a type that it did not answer */
async function told(program: string, node: string, view: View, isDelta: boolean) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'mesh-harness-peer-'));
  const answers = new Map<string, string>();
  let lastMs = Date.now();
  const onAnswer = ({ typeUrl, error }: AdsAnswer) => {
    lastMs = Date.now();
    const type = shortNameOf(typeUrl);
    if (error) answers.set(type, error.message);
    else if (!answers.has(type)) answers.set(type, 'ACK');
  };
  const host = createAdsHost(view, encodeSecrets(await makeIdentity()), onAnswer);
  const socket = path.join(folder, 'ads');
  host.server.listen(socket);
  await once(host.server, 'listening');
  const config = path.join(folder, 'envoy.json');
  writeFileSync(config, JSON.stringify(bootstrap(socket, node, isDelta)));
  const envoy = startEnvoy(program, config);
  let stderr = '';
  envoy.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const awaited = typesIn(view);
  const deadline = Date.now() + DEADLINE_MS;
  while (Date.now() < deadline && envoy.exitCode === null) {
    if (awaited.every(type => answers.has(type)) && Date.now() - lastMs > QUIET_MS) break;
    await sleep(100);
  }
  envoy.kill('SIGKILL');
  host.close();
  rmSync(folder, { recursive: true, force: true });
  if (envoy.exitCode !== null)
    throw new Error(`Envoy has ended with ${envoy.exitCode}: ${stderr.slice(0, 2000)}`);
  return answers;
}

const envoy = findReal('envoy');
if ('reason' in envoy) {
  console.log(`skipped: no Envoy (${envoy.reason})`);
  process.exit(0);
}
if (spawnSync('unshare', ['--net', '--map-root-user', 'true']).status !== 0) {
  console.log('skipped: no network namespace can be made here (unshare)');
  process.exit(0);
}
console.log(`Envoy ${envoy.version}`);
// What Envoy must refuse is seen as refused: the rows below can fail.
const nonsense = encodeMessage(TYPES.cluster, { name: 'nonsense', type: 3 });
const seen = await told(
  envoy.path,
  'nonsense',
  new Map([['cluster', [{ name: 'nonsense', version: '1', body: nonsense }]]]),
  true,
);
console.log(`an EDS cluster without a source: ${seen.get('cds') ?? 'no answer'}`);
let refused = /EDS/.test(seen.get('cds') ?? '') ? 0 : 1;
for (const edition of ['1.8', 'current']) {
  for (const scenario of SCENARIOS) {
    for (const [proxy, view] of await captureViews(scenario, edition)) {
      const answers = await told(envoy.path, proxy, view, edition === 'current');
      const cells = typesIn(view).map(type => `${type} ${answers.get(type) ?? 'no answer'}`);
      refused += cells.filter(cell => !cell.endsWith(' ACK')).length;
      console.log(`${edition} ${scenario} ${proxy}: ${cells.join(', ')}`);
    }
  }
}
console.log(refused === 0 ? 'Envoy refuses nothing.' : `${refused} refusals or missing answers`);
process.exitCode = refused === 0 ? 0 : 1;
