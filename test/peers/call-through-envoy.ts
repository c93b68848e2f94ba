/**
 * Calls pass through real Envoys: from one beside a client, through a simulated gateway, to a simulated
 * sidecar; and from a simulated sidecar, through a simulated gateway, to a real Envoy before HelloWorld. Then
 * calls that fail, real and simulated side by side. `npm run peers` prints what was seen; it ends with 1 if
 * anything is not as it must be. It needs root, and network namespaces of Linux.
 */
import { writeFileSync } from 'node:fs';
import {
  type Answer,
  callOften,
  countOf,
  gatewayAddress,
  gatewayOf,
  THROUGH_GATEWAY,
} from './calls/cluster-view.ts';
import { statOf } from './calls/envoy-admin.ts';
import { validate } from './calls/envoy-process.ts';
import { addSimulatedClient, compareFailures, type Failures, REAL_CLIENT } from './calls/failures.ts';
import { type Mesh, replaceAgents, startMesh } from './calls/mesh.ts';
import { whyNoNamespaces } from './calls/network-namespaces.ts';
import { type RealSidecar, realSidecar } from './calls/real-sidecar.ts';
import { staticBootstrapOf } from './calls/static-bootstrap.ts';
import { findReal } from './real-programs.ts';

const SCENARIO = 'multi-primary-multi-network';
const CALLS = 40;
const OUTBOUND = 'cluster.outbound|5000||helloworld.sample.svc.cluster.local.upstream_rq_completed';
const INBOUND = 'cluster.inbound|5000||.upstream_rq_completed';
/** Of HTTP in clear, of what the applications offer, of gateways. */
const PORTS = [80, 443, 5000, 15443];

let failed = 0;
function hold(what: string, isSo: boolean, seen: unknown = ''): void {
  if (!isSo) failed++;
  console.log(`${isSo ? 'ok' : 'NOT OK'}: ${what}${seen === '' ? '' : ` (${seen})`}`);
}

const versionsIn = (answers: readonly Answer[]) => {
  const count = (version: string) =>
    answers.filter(({ body }) => body.includes(`version: ${version},`)).length;
  return { v1: count('v1'), v2: count('v2') };
};

/**
 * From one cluster, both versions; the other cluster's through that cluster's gateway only.
 * @returns how many calls v1 has answered
 */
async function holdCalls(mesh: Mesh, from: string, to: string, passed: () => number): Promise<number> {
  const [client, other] = [mesh.clients.get(from), mesh.clients.get(to)];
  if (!client || !other) throw new Error(`${from} or ${to} is missing`);
  const { v1, v2 } = versionsIn(await callOften(client, REAL_CLIENT, CALLS));
  hold(
    `${from}: every call is answered, by both versions`,
    v1 + v2 === CALLS && v1 > 0 && v2 > 0,
    `v1 ${v1}, v2 ${v2}`,
  );
  const connections = await countOf(gatewayOf(other), THROUGH_GATEWAY, 'cx_total');
  hold(
    `${to}: its gateway has passed on as many connections as the real Envoy ${from === 'cluster1' ? 'began' : 'got from it'}`,
    connections > 0 && connections === passed(),
    `${connections} and ${passed()}`,
  );
  return v1;
}

/** Envoy checks what istiod has told it as one file, and refuses the same with a mistake. */
async function holdValidation(sidecar: RealSidecar): Promise<void> {
  const { bootstrap, clusters, listeners } = await staticBootstrapOf(sidecar);
  const text = JSON.stringify(bootstrap);
  const file = `${sidecar.envoy.bootstrap}.static.json`;
  const check = (content: string) => {
    writeFileSync(file, content);
    return validate({ ...sidecar.envoy, bootstrap: file });
  };
  const refusal = check(text);
  hold(
    `--mode validate takes ${clusters} clusters and ${listeners} listeners`,
    refusal === undefined,
    refusal,
  );
  const mistake = check(text.replace('"lb_policy":"CLUSTER_PROVIDED"', '"lb_policy":"MAGLEV"'));
  hold('--mode validate refuses a mistake in them', mistake !== undefined, mistake?.split('\n')[0]);
}

/** All of an answer; of one by HelloWorld not by which pod. */
const textOf = ({ status, headers, body, seconds }: Answer) =>
  `${status} after ${seconds} s | ${headers.join(' ')} | ${body.replace(/^(Hello version).*/, '$1')}`;

function holdFailures({ rows, certificatesRefused }: Failures): void {
  for (const { situation, real, simulated } of rows) {
    const [one, other] = [textOf(real), textOf({ ...simulated, seconds: real.seconds })];
    const isSame = one === other && Math.abs(real.seconds - simulated.seconds) <= 1;
    hold(
      `${situation}: the same from both`,
      isSame,
      isSame ? one : `real: ${one}; simulated: ${textOf(simulated)}`,
    );
  }
  hold(
    'the real Envoy has refused the certificate of another root',
    certificatesRefused > 0,
    certificatesRefused,
  );
}

async function main(program: string): Promise<void> {
  const sidecars = new Map<string, RealSidecar>();
  const isReal = (pod: string) =>
    pod.startsWith('cluster1/curl-') || pod.startsWith('cluster1/helloworld-v1');
  const onStart = (cluster: string, pod: string, sidecar: RealSidecar) =>
    void sidecars.set(`${cluster}/${pod.replace(/-[^-]+-[^-]+$/, '')}`, sidecar);
  replaceAgents(isReal, realSidecar({ program, ports: PORTS, onStart }));
  await using mesh = await startMesh(SCENARIO, 'current');
  const client = sidecars.get('cluster1/curl');
  const server = sidecars.get('cluster1/helloworld-v1');
  const here = mesh.clients.get('cluster1');
  if (!client || !server || !here) throw new Error('the real sidecars have not started');
  const gateway = await gatewayAddress(here);
  const before = [await statOf(client.pod, OUTBOUND), await statOf(server.pod, INBOUND)] as const;
  let forV1 = await holdCalls(mesh, 'cluster1', 'cluster2', () => client.around.passed.get(15443) ?? 0);
  forV1 += await holdCalls(mesh, 'cluster2', 'cluster1', () => server.inboundFrom.get(gateway) ?? 0);
  const sent = (await statOf(client.pod, OUTBOUND)) - before[0];
  hold('the real Envoy beside the client has sent every call', sent === CALLS, sent);
  const received = (await statOf(server.pod, INBOUND)) - before[1];
  hold(
    'the real Envoy before HelloWorld got the calls for v1, from both clusters',
    received === forV1,
    received,
  );
  const certificate = /x-forwarded-client-cert: (.*)/i.exec(server.lastRequest())?.[1] ?? '';
  hold(
    'the application behind the real Envoy is told who called, as mutual TLS has proved it',
    /By=spiffe:\/\/cluster\.local\/ns\/sample\/sa\/default;.*URI=spiffe:\/\/cluster\.local\/ns\/sample\/sa\/curl/.test(
      certificate,
    ),
    certificate,
  );
  await holdValidation(client);
  await holdValidation(server);
  await addSimulatedClient(here);
  holdFailures(await compareFailures(mesh, client));
}

const envoy = findReal('envoy');
const noNamespaces = whyNoNamespaces();
if ('reason' in envoy) console.log(`skipped: no Envoy (${envoy.reason})`);
else if (noNamespaces !== undefined) console.log(`skipped: ${noNamespaces}`);
else {
  process.once('SIGINT', () => process.exit(130)).once('SIGTERM', () => process.exit(143));
  await main(envoy.path);
  console.log(failed === 0 ? 'Calls pass through real Envoys.' : `${failed} not as they must be`);
  process.exitCode = failed === 0 ? 0 : 1;
}
