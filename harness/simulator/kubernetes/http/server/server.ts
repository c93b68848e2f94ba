/** The API server: authentication, authorization, and the way to the handlers. */
import type { IncomingMessage } from 'node:http';
import { messageOf } from '../../../../base/errors.ts';
import type { Authenticator } from '../../auth/authenticator.ts';
import { impersonate } from '../../auth/impersonation.ts';
import { parseFieldSelector } from '../../registry/selectors/field-selector.ts';
import { demandedName } from '../../registry/selectors/filter.ts';
import { ApiError, badRequest, internalError } from '../../registry/status.ts';
import type { UserInfo } from '../../registry/user.ts';
import { sendError, sendTextError } from '../call.ts';
import type { Environment } from '../environment.ts';
import type { Exchange } from '../exchange.ts';
import { refuse } from '../handlers/reviews.ts';
import { PlainError } from '../plain-error.ts';
import { attributesOf, parseRequest, type RequestInfo } from '../request-info.ts';
import { plainResponse } from '../streaming/upgrade.ts';
import { dispatch } from './dispatch.ts';
import { createListener, type HttpApi, type ServerCertificate } from './listener.ts';

/** Hears of what the server does. */
export interface ServerObserver {
  /** Called with every request, once it is answered. */
  readonly onRequest?: ((record: RequestRecord) => void) | undefined;
  /**
   * Called with an error in a handler that is no answer: a defect of the simulator.
   * @param request - method, path and the request's id
   */
  readonly onDefect: (request: string, error: unknown) => void;
  /** Makes the id that names a failed request in the answer and in the log. */
  readonly newRequestId: () => string;
}

/** One request as it was answered: for tests and reports. */
export interface RequestRecord {
  readonly method: string;
  readonly url: string;
  readonly username: string;
  readonly code: number;
  /** When it was asked, in milliseconds since the epoch on the world's clock. */
  readonly atMs: number;
  /** Until the answer was over; of a watch, as long as it lasted. 0 for an upgrade. */
  readonly durationMs: number;
}

/** Starts the HTTP side of an API server; it has no port until `listen`. */
export function createHttpApi(
  environment: Environment,
  authenticator: Authenticator,
  certificate: ServerCertificate,
  observer: ServerObserver,
): HttpApi {
  const server = new ApiServer(environment, authenticator, observer);
  return createListener(certificate, {
    onRequest: (request, response) => void server.answer({ request, response }),
    onUpgrade: upgrade => {
      const { request, socket } = upgrade;
      socket.on('error', () => socket.destroy());
      void server.answer({ request, response: plainResponse(upgrade), upgrade });
    },
  });
}

class ApiServer {
  readonly #environment: Environment;
  readonly #authenticator: Authenticator;
  readonly #observer: ServerObserver;

  constructor(environment: Environment, authenticator: Authenticator, observer: ServerObserver) {
    this.#environment = environment;
    this.#authenticator = authenticator;
    this.#observer = observer;
  }

  async answer({ request, response, upgrade }: Omit<Exchange, 'auditId'>): Promise<void> {
    const auditId = this.#auditIdOf(request);
    const { method = 'GET', url = '/' } = request;
    const atMs = this.#environment.clock.now();
    let username = '';
    try {
      const { info, user } = this.#admit(request);
      username = user.username;
      await dispatch(this.#environment, { request, response, auditId, upgrade, info, user });
    } catch (error) {
      sendFailure({ request, response, auditId }, this.#failureOf(error, request));
    }
    const durationMs = this.#environment.clock.now() - atMs;
    this.#observer.onRequest?.({ method, url, username, code: response.statusCode, atMs, durationMs });
    // An unread body would hold up the connection.
    if (!request.readableEnded) request.resume();
  }

  /**
   * The client's own id, or a new one (pkg/endpoints/filters/audit_init.go @v1.34).
   */
  #auditIdOf({ headers }: IncomingMessage): string {
    const sent = headers['audit-id'];
    return typeof sent === 'string' && sent !== '' ? sent : this.#observer.newRequestId();
  }

  /** Authenticates, then authorizes. @throws ApiError 401, 403 */
  #admit(request: IncomingMessage): { readonly info: RequestInfo; readonly user: UserInfo } {
    const { authorizer } = this.#environment;
    const info = parseRequest(request.method ?? 'GET', request.url ?? '/');
    const caller = this.#authenticator.authenticate(request);
    const user = impersonate(caller, request, {
      authorizer,
      refuse,
      refuseNameless: wanted => namelessRefusal(this.#environment.registry.minor, request.url ?? '/', wanted),
    });
    const attributes = attributesOf(info, nameDemanded(this.#environment, info));
    if (!authorizer.authorize(user, attributes).allowed) throw refuse(user, attributes);
    return { info, user };
  }

  /**
   * Returns the answer to a request that failed. Any other error is a defect of the simulator: the observer
   * hears of it, by the request's id.
   */
  #failureOf(error: unknown, request: IncomingMessage): ApiError | PlainError {
    if (error instanceof ApiError || error instanceof PlainError) return error;
    const id = this.#observer.newRequestId();
    const path = (request.url ?? '/').split('?')[0] ?? '/';
    this.#observer.onDefect(`request ${id}: ${request.method ?? 'GET'} ${path}`, error);
    return internalError(`a defect of mesh-harness, request ${id}: ${messageOf(error)}`);
  }
}

/** Servers before 1.35 take it for a failure of their own (pkg/endpoints/filters/impersonation.go). */
function namelessRefusal(minor: number, url: string, wanted: string): Error {
  const text = `requested ${wanted} without impersonating a user`;
  return minor < 35
    ? new PlainError(500, `Internal Server Error: ${JSON.stringify(url)}: ${text}`)
    : badRequest(text);
}

function sendFailure(exchange: Exchange, failure: ApiError | PlainError): void {
  const { response } = exchange;
  if (response.headersSent) response.destroy();
  else if (failure instanceof PlainError) sendTextError(exchange, failure.code, failure.message);
  else {
    // As the filter that asks the authorizer does.
    if (failure.code === 403) response.setHeader('X-Content-Type-Options', 'nosniff');
    sendError(exchange, failure);
  }
}

/** A list or watch of one name may be allowed by a rule for that name. */
function nameDemanded({ registry }: Environment, info: RequestInfo): string | undefined {
  if (info.kind !== 'resource' || info.name !== '') return undefined;
  const selector = info.query.get('fieldSelector');
  const type = selector === null ? undefined : registry.byPath(info.group, info.version, info.plural);
  if (selector === null || !type) return undefined;
  try {
    return demandedName(parseFieldSelector(selector, type));
  } catch {
    return undefined;
  }
}
