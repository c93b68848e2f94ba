/**
 * The program `pilot-discovery`: istiod in its pod (pilot/cmd/pilot-discovery,
 * pilot/pkg/bootstrap/server.go).
 */
import type http from 'node:http';
import { type Authority, createKeyPair } from '../../../base/certificates.ts';
import { linkedSignal } from '../../../base/deadline.ts';
import { messageOf } from '../../../base/errors.ts';
import type { Main, ProcessContext } from '../../program.ts';
import {
  issueServingCertificate,
  readPluggedAuthority,
  selfSignedAuthority,
  signWorkload,
} from '../ca/certificate-authority.ts';
import { createLog, type Log } from '../log.ts';
import { CREATE_CERTIFICATE_PATH, readCertificateRequest } from '../xds/ca.ts';
import { ControlPlane } from './control-plane.ts';
import { reviewInjection } from './injection/injector.ts';
import { reviewValidation } from './injection/validation.ts';
import { leadOwnCluster } from './lead/led-cluster.ts';
import { type IstiodSettings, readIstiodSettings } from './model/settings.ts';
import { requestCommand } from './request-command.ts';
import { debugPage } from './serve/debug.ts';
import { answer, answerJson, type RequestHandler, readBody, serve } from './serve/serve.ts';
import { minorOf } from './watch/cluster-registry.ts';
import { inClusterClient } from './watch/in-cluster.ts';

export const pilotDiscovery: Main = async context => {
  const [, command, ...rest] = context.argv;
  switch (command) {
    case 'discovery':
      return runDiscovery(context);
    case 'request':
      return requestCommand(context, rest);
    case 'version':
      context.stdout(`${context.env['ISTIO_VERSION'] ?? ''}\n`);
      return 0;
    default:
      context.stderr(`Error: unknown command "${command ?? ''}" for "pilot-discovery"\n`);
      return 1;
  }
};

async function runDiscovery(process: ProcessContext): Promise<number> {
  // Every watch and every request listens to it.
  const context = { ...process, signal: linkedSignal(process.signal).signal };
  const { clock, signal, stdout } = context;
  const settings = readIstiodSettings(context);
  const log = createLog(clock, stdout);
  log.info(`initializing Istiod ${settings.version} for cluster ${settings.clusterId}`);
  const closers: (() => void)[] = [];
  try {
    const client = inClusterClient(context);
    // Asked before anything is watched, as client-go's discovery does; a server that does not answer shows in
    // each watch.
    await client()
      .request('GET', '/version', { signal })
      .catch(() => {});
    const authority = await createAuthority(context, settings, client, log);
    const plane = new ControlPlane({ context, settings, client, authority, log });
    closers.push(() => plane.close());
    await openPorts(context, settings, plane, authority, log, closers);
    leadOwnCluster({
      settings,
      clusterId: settings.clusterId,
      client,
      rootPem: authority.rootPem,
      clock,
      random: context.random.stream('lead'),
      signal,
      log,
    });
    await untilAborted(signal);
    return 0;
  } catch (error) {
    if (signal.aborted) return 0;
    log.error(messageOf(error));
    context.stderr(`Error: failed to create discovery service: ${messageOf(error)}\n`);
    return 1;
  } finally {
    for (const close of closers.reverse()) close();
  }
}

async function createAuthority(
  { files, clock, signal }: ProcessContext,
  { behaviour, namespace }: IstiodSettings,
  client: ReturnType<typeof inClusterClient>,
  log: Log,
): Promise<Authority> {
  const plugged = readPluggedAuthority(files, behaviour);
  log.info(plugged ? 'Use local CA certificate' : 'Use self-signed certificate as the CA certificate');
  return plugged ?? (await selfSignedAuthority(client(), namespace, clock, signal));
}

/** The monitoring and readiness ports are open from the start; the others when the caches have synced. */
async function openPorts(
  context: ProcessContext,
  settings: IstiodSettings,
  plane: ControlPlane,
  authority: Authority,
  log: Log,
  closers: (() => void)[],
): Promise<void> {
  const { network, clock, signal } = context;
  let isReady = false;
  const monitor: RequestHandler = (request, response) => {
    const path = request.url ?? '/';
    const page = monitoringPage(settings, plane, path, isReady);
    answer(
      response,
      page.status,
      page.body,
      page.body.startsWith('{') || page.body.startsWith('[') ? 'application/json' : 'text/plain',
    );
  };
  closers.push(serve({ network, port: 8080 }, monitor), serve({ network, port: 15014 }, monitor));

  const keys = createKeyPair();
  const certPem = await issueServingCertificate(authority, clock, keys.publicKeyDer, settings.servingNames);
  const tls = { certPem, keyPem: keys.privateKeyPem };
  await Promise.race([plane.ready(), untilAborted(signal)]);
  signal.throwIfAborted();

  closers.push(
    serve({ network, port: 15017, tls }, (request, response) => {
      void answerReview(settings, plane, request, response);
    }),
    serve(
      {
        network,
        port: 15012,
        tls,
        onUpgrade: (request, socket, head) => void plane.discovery.accept(request, socket, head, true),
      },
      (request, response) => void answerCertificate(context, plane, authority, log, request, response),
    ),
    serve(
      {
        network,
        port: 15010,
        onUpgrade: (request, socket, head) => void plane.discovery.accept(request, socket, head, false),
      },
      (_request, response) => answerJson(response, 404, { message: 'not found' }),
    ),
  );
  isReady = true;
  log.info('starting secure gRPC discovery service at [::]:15012');
  log.info('All caches have been synced up, marking server ready');
}

function monitoringPage(
  settings: IstiodSettings,
  plane: ControlPlane,
  path: string,
  isReady: boolean,
): { status: number; body: string } {
  if (path === '/ready') return isReady ? { status: 200, body: '' } : { status: 503, body: 'not ready\n' };
  if (path === '/metrics') return { status: 200, body: plane.metrics.render() };
  if (path === '/version') return { status: 200, body: `${settings.version}-simulated-Clean` };
  const page = debugPage(
    {
      settings,
      ...plane,
      state: plane.state,
      remotes: plane.remotes,
      discovery: plane.discovery,
      resources: plane.resources,
    },
    path,
  );
  return page === undefined ? { status: 404, body: '404 page not found\n' } : { status: 200, body: page };
}

async function answerReview(
  settings: IstiodSettings,
  plane: ControlPlane,
  request: http.IncomingMessage,
  response: http.ServerResponse,
): Promise<void> {
  const path = (request.url ?? '/').replace(/\?.*$/, '');
  try {
    if (path === '/httpsReady') {
      answer(response, 200, '', 'text/plain');
      return;
    }
    const review: unknown = JSON.parse(await readBody(request));
    if (path === '/inject' || path.startsWith('/inject/')) {
      plane.metrics.add('sidecar_injection_requests_total');
      const config = plane.injector;
      if (!config) throw new Error('the injector has no configuration');
      const reviewed = reviewInjection({
        behaviour: settings.behaviour,
        config,
        mesh: plane.state.mesh,
        path,
        review,
        hasNativeSidecars: clusterId => minorOf(plane.kubeletVersion(clusterId)) >= 33,
      });
      plane.metrics.add('sidecar_injection_success_total');
      answerJson(response, 200, reviewed);
    } else if (path === '/validate' || path.startsWith('/validate/'))
      answerJson(response, 200, reviewValidation(review));
    else answerJson(response, 404, { message: `there is no ${path}` });
  } catch (error) {
    plane.metrics.add('sidecar_injection_failure_total');
    answer(response, 400, `could not decode body: ${messageOf(error)}\n`, 'text/plain');
  }
}

async function answerCertificate(
  { clock }: ProcessContext,
  plane: ControlPlane,
  authority: Authority,
  log: Log,
  request: http.IncomingMessage,
  response: http.ServerResponse,
): Promise<void> {
  if (request.method !== 'POST' || request.url !== CREATE_CERTIFICATE_PATH) {
    answerJson(response, 404, { message: `there is no ${request.url}` });
    return;
  }
  plane.metrics.add('citadel_server_csr_count');
  const body = await readBody(request).catch(() => '');
  try {
    const caller = await plane.authenticator.authenticate(request.headers);
    try {
      const { csr, validityDurationSeconds } = readCertificateRequest(body);
      const signed = await signWorkload(authority, clock, {
        csr,
        identity: caller.identity,
        lifetimeMs: validityDurationSeconds * 1000,
      });
      plane.metrics.add('citadel_server_success_cert_issuance_count');
      answerJson(response, 200, signed);
    } catch (error) {
      log.error(`CSR signing error (${messageOf(error)})`);
      answerJson(response, 400, { message: 'CSR signing error' });
    }
  } catch (error) {
    plane.metrics.add('citadel_server_authentication_failure_count');
    log.warn(
      `failed to authenticate client from ${request.socket.remoteAddress ?? 'unknown'}: ${messageOf(error)}`,
    );
    answerJson(response, 401, { message: 'request authenticate failure' });
  }
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
