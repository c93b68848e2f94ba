/** The ports of istiod: 8080 and 15014 for monitoring, 15010 and 15012 for proxies, 15017 for webhooks. */
import type { Authority } from '../../../base/authority.ts';
import { GrpcServer } from '../../../base/grpc/server.ts';
import { createKeyPair } from '../../../base/keys.ts';
import type { ProcessContext } from '../../program.ts';
import { issueServingCertificate } from '../ca/certificate-authority.ts';
import type { Log } from '../log.ts';
import type { ControlPlane } from './control-plane.ts';
import type { IstiodSettings } from './model/settings.ts';
import { answerReview } from './review-service.ts';
import { CaService } from './serve/ca-service.ts';
import { debugPage, type RenderedPage } from './serve/debug.ts';
import { answer, type RequestHandler, serve } from './serve/serve.ts';
import { serveGrpc } from './serve/serve-grpc.ts';

/** The istiod behind the ports. */
export interface PortsOptions {
  readonly context: ProcessContext;
  readonly settings: IstiodSettings;
  readonly plane: ControlPlane;
  readonly authority: Authority;
  readonly log: Log;
}

type ServingCertificate = { readonly certPem: string; readonly keyPem: string };

/** Opens the ports one after the other; `close` closes those that are open. */
export class Ports {
  readonly #options: PortsOptions;
  readonly #closers: (() => void)[] = [];
  #isReady = false;

  constructor(options: PortsOptions) {
    this.#options = options;
  }

  /**
   * Opens monitoring and readiness at once, the others when the caches have synced.
   * @param ended - resolves when istiod ends
   * @throws the signal's reason if istiod ends before
   */
  async open(ended: Promise<void>): Promise<void> {
    const { context, settings, plane, authority, log } = this.#options;
    const { network, clock, signal } = context;
    this.#closers.push(
      serve({ network, port: 8080 }, this.#monitor),
      serve({ network, port: 15014 }, this.#monitor),
    );
    const keys = createKeyPair();
    const certPem = await issueServingCertificate(authority, clock, keys.publicKeyDer, settings.servingNames);
    await Promise.race([plane.ready(), ended]);
    signal.throwIfAborted();
    this.#openSecured({ certPem, keyPem: keys.privateKeyPem });
    this.#isReady = true;
    log.info('starting secure gRPC discovery service at [::]:15012');
    log.info('All caches have been synced up, marking server ready');
  }

  /** Closes the ports and all of their connections, the last one first. */
  close(): void {
    for (const close of this.#closers.reverse()) close();
  }

  #openSecured(tls: ServingCertificate): void {
    const { context, settings, plane, authority, log } = this.#options;
    const { network, clock } = context;
    const { discovery, metrics, authenticator } = plane;
    const ca = new CaService({ authority, authenticator, clock, log, metrics });
    const secured = new Map([...discovery.methods(true), ...ca.methods()]);
    const plain = new Map(discovery.methods(false));
    this.#closers.push(
      serve({ network, port: 15017, tls }, (request, response) => {
        void answerReview({ settings, plane }, request, response);
      }),
      serveGrpc({ network, port: 15012, tls }, new GrpcServer({ clock, methods: secured })),
      serveGrpc({ network, port: 15010 }, new GrpcServer({ clock, methods: plain })),
    );
  }

  readonly #monitor: RequestHandler = (request, response) => {
    const { settings, plane } = this.#options;
    const path = request.url ?? '/';
    const clean = path.replace(/^[^?]*/, it => it.replace(/\/{2,}/g, '/'));
    if (clean !== path) {
      // Go's ServeMux; istioctl asks for `//version`.
      response.setHeader('location', clean);
      answer(response, 307, `<a href="${clean}">Temporary Redirect</a>.\n\n`, 'text/html; charset=utf-8');
      return;
    }
    const { status, body, contentType } = monitoringPage(settings, plane, path, this.#isReady);
    answer(response, status, body, contentType);
  };
}

function monitoringPage(
  settings: IstiodSettings,
  plane: ControlPlane,
  path: string,
  isReady: boolean,
): RenderedPage {
  const text = (status: number, body: string) => ({ status, body, contentType: 'text/plain; charset=utf-8' });
  if (path === '/ready') return isReady ? text(200, '') : text(503, 'not ready\n');
  if (path === '/metrics') return text(200, plane.metrics.render());
  if (path === '/version') return text(200, `${settings.version}-simulated-Clean`);
  return debugPage(plane.debugSources, path);
}
