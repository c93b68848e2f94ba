/**
 * The program of a sidecar's container whose Envoy is a real one: it stands in a network namespace of Linux
 * with the pod's address, and all that goes in or out of it passes over bridges. Certificates and
 * configuration
 * come from the pod's istiod with the pod's token, as pilot-agent gets them.
 */
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { CleanupStack } from '../../../harness/base/dispose.ts';
import { messageOf } from '../../../harness/base/errors.ts';
import { keepCertificate } from '../../../harness/simulator/istio/agent/certificate-source.ts';
import { credentials } from '../../../harness/simulator/istio/agent/istiod-client.ts';
import { readSettings } from '../../../harness/simulator/istio/agent/settings.ts';
import { createLog } from '../../../harness/simulator/istio/log.ts';
import type { Main } from '../../../harness/simulator/program.ts';
import { type AgentProcess, type AgentSockets, openAgentSockets } from './agent-sockets.ts';
import { type Bridge, openBridge } from './bridge.ts';
import { type EnvoyCommand, startEnvoy } from './envoy-process.ts';
import { makePodNamespaces, type PodNamespaces } from './network-namespaces.ts';
import { openPodPorts, reachFrom } from './pod-ports.ts';
import { SecretsHost } from './secrets-host.ts';
import { sidecarBootstrap } from './sidecar-bootstrap.ts';

/** What the peer sees of a real sidecar. */
export interface RealSidecar {
  readonly namespaces: PodNamespaces;
  /** Inside the pod: passes what Envoy sends to the application. */
  readonly pod: Bridge;
  /** Around the pod: passes what Envoy sends elsewhere. */
  readonly around: Bridge;
  readonly envoy: EnvoyCommand;
  /** How many connections came in, by the caller's address. */
  readonly inboundFrom: ReadonlyMap<string, number>;
  /** What it sent to the application last, on any port. */
  readonly lastRequest: () => string;
}

export interface RealSidecarOptions {
  /** Envoy's path. */
  readonly program: string;
  /** On which applications listen in the pod, or somewhere else: what the namespaces accept. */
  readonly ports: readonly number[];
  readonly onStart: (cluster: string, podName: string, sidecar: RealSidecar) => void;
}

/** @returns the program, in the place of `pilot-agent proxy sidecar …` */
export const realSidecar =
  (options: RealSidecarOptions): Main =>
  async context => {
    const cleanUp = new CleanupStack();
    const log = createLog(context.clock, text => context.stdout(text));
    try {
      const settings = readSettings(context, context.argv.slice(2));
      await runSidecar({ context, settings, log, cleanUp }, options);
      return 0;
    } catch (error) {
      log.error(messageOf(error));
      return 1;
    } finally {
      await cleanUp[Symbol.asyncDispose]();
    }
  };

async function runSidecar(agent: AgentProcess, options: RealSidecarOptions): Promise<void> {
  const { context, settings, log, cleanUp } = agent;
  const folder = mkdtempSync(path.join(os.tmpdir(), 'mesh-harness-sidecar-'));
  cleanUp.add('remove the folder', () => rmSync(folder, { recursive: true, force: true }));
  chmodSync(folder, 0o755);
  const namespaces = makePodNamespaces(context.network.address);
  cleanUp.add('remove the namespaces', () => namespaces.remove());
  let lastRequest = '';
  const bridgeInto = async (name: 'pod' | 'around') => {
    const bridge = await openBridge({
      namespace: namespaces[name],
      folder: path.join(folder, name),
      ports: name === 'pod' ? [...options.ports, STATUS_PORT] : options.ports,
      reach: reachFrom(context),
      hear: (port, bytes) => {
        if (name === 'pod' && port !== STATUS_PORT) lastRequest = bytes.toString();
      },
    });
    cleanUp.add(`close the bridge ${name}`, () => bridge.close());
    return bridge;
  };
  const [pod, around] = await Promise.all([bridgeInto('pod'), bridgeInto('around')]);
  const inboundFrom = new Map<string, number>();
  const onInbound = (from: string) => inboundFrom.set(from, (inboundFrom.get(from) ?? 0) + 1);
  cleanUp.add('close the ports', openPodPorts(context, { pod, around }, onInbound));
  const secrets = new SecretsHost();
  cleanUp.add('close the secrets service', () => secrets.close());
  const sockets = await openAgentSockets(agent, folder, secrets);
  let ended = Promise.resolve();
  await new Promise<void>(resolve => {
    ended = keepCertificate(context, settings, log, issued => {
      secrets.set(issued);
      resolve();
    });
    void ended.then(resolve);
  });
  if (context.signal.aborted) return; // before there was a certificate
  const bootstrap = writeBootstrap(agent, folder, sockets);
  const { pod: namespace } = namespaces;
  const envoy = { program: options.program, namespace, bootstrap, workers: settings.workers };
  const process = startEnvoy(envoy);
  cleanUp.add('stop Envoy', () => void process.kill('SIGKILL'));
  process.stderr?.setEncoding('utf8').on('data', (text: string) => context.stdout(text));
  options.onStart(settings.clusterId, context.hostname, {
    ...{ namespaces, pod, around, envoy, inboundFrom },
    lastRequest: () => lastRequest,
  });
  await Promise.race([ended, once(process, 'exit')]);
}

/** Where Envoy reaches the agent's own server. */
const STATUS_PORT = 15020;

function writeBootstrap(
  { context, settings }: AgentProcess,
  folder: string,
  { discovery, secrets }: AgentSockets,
): string {
  const file = path.join(folder, 'envoy-rev.json');
  const bootstrap = sidecarBootstrap({
    node: settings.node,
    dialect: settings.behaviour.dialect,
    credentials: credentials(context, settings),
    discoverySocket: discovery,
    secretsSocket: secrets,
  });
  writeFileSync(file, JSON.stringify(bootstrap));
  return file;
}
