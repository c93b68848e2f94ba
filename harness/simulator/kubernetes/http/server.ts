/**
 * The API server: HTTP/2 and HTTP/1.1 over TLS on sockets that it is handed, authentication, authorization,
 * and the way to the handlers.
 */
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import http2 from 'node:http2';
import type { Duplex } from 'node:stream';
import tls from 'node:tls';
import { messageOf } from '../../../base/errors.ts';
import { type Authenticator, impersonate } from '../auth/authenticator.ts';
import { keyOf, type ResourceType } from '../registry/resources.ts';
import { parseFieldSelector } from '../registry/selectors/field-selector.ts';
import { demandedName } from '../registry/selectors/filter.ts';
import {
  ApiError,
  badRequest,
  internalError,
  methodNotAllowed,
  notSimulated,
  unknownResource,
} from '../registry/status.ts';
import { type Call, sendError, sendText } from './call.ts';
import type { Environment } from './environment.ts';
import { sendPageNotFound } from './handlers/discovery.ts';
import { handleLogs } from './handlers/logs.ts';
import { handlePath } from './handlers/non-resource.ts';
import { handleProxy } from './handlers/proxy.ts';
import { handleGet, handleList, handleWatch } from './handlers/read.ts';
import { handleReview, refuse } from './handlers/reviews.ts';
import { handleStream, isStream } from './handlers/stream.ts';
import { subresourceHandler } from './handlers/subresources.ts';
import {
  handleCreate,
  handleDelete,
  handleDeleteCollection,
  handlePatch,
  handleUpdate,
} from './handlers/write.ts';
import { attributesOf, parseRequest, type RequestInfo, type ResourceRequest } from './request-info.ts';

/** Longer than any run: Node's own checks of connections would be real timers. */
const NEVER_MS = 2 ** 31 - 1;

/** As Go has it. */
const MAX_HEADER_BYTES = 1 << 20;
/**
 * kube-apiserver's --http2-max-streams-per-connection (kubernetes/kubernetes
 * staging/src/k8s.io/apiserver/pkg/server/secure_serving.go @v1.32).
 */
const MAX_STREAMS = 1000;
/** What one client may have under way; nghttp2's own limit is 10. */
const MAX_SESSION_MEGABYTES = 1024;

export interface ServerCertificate {
  readonly keyPem: string;
  /** The leaf, and those above it if there are any. */
  readonly certificatePem: string;
  /** Who signs client certificates. */
  readonly clientCaPem: string;
}

/** Who is told of what the server does. */
export interface ServerObserver {
  /** Told of every request when it has been answered. */
  readonly onRequest?: ((record: RequestRecord) => void) | undefined;
  /**
   * Told of an error in a handler that is no answer: a defect of ours.
   * @param request - method, path and the request's id
   */
  readonly onDefect: (request: string, error: unknown) => void;
  /** Makes the id by which a failed request is told. */
  readonly newRequestId: () => string;
}

/** One request as it was answered: for tests and reports. */
export interface RequestRecord {
  readonly method: string;
  readonly url: string;
  readonly username: string;
  readonly code: number;
}

export interface HttpApi {
  /** Takes a raw connection; TLS begins on it. */
  accept(socket: Duplex): void;
  /** Listens on this machine, for when the world is opened to other programs. @returns the port */
  listen(port: number, host: string): Promise<number>;
  /** Closes all connections. */
  stop(): Promise<void>;
}

export function createHttpApi(
  environment: Environment,
  authenticator: Authenticator,
  certificate: ServerCertificate,
  observer: ServerObserver,
): HttpApi {
  const connections = new Set<Duplex>();
  const onRequestCome = (request: IncomingMessage, response: ServerResponse) => {
    void answer(environment, authenticator, request, response, observer);
  };
  const server = tls.createServer({
    key: certificate.keyPem,
    cert: certificate.certificatePem,
    ca: certificate.clientCaPem,
    requestCert: true,
    rejectUnauthorized: false,
    // As the real one, which takes upgrades over HTTP/1.1 only.
    ALPNProtocols: ['h2', 'http/1.1'],
    minVersion: 'TLSv1.2',
  });
  const options: http.ServerOptions = {
    maxHeaderSize: MAX_HEADER_BYTES,
    connectionsCheckingInterval: NEVER_MS,
    requestTimeout: 0,
    headersTimeout: 0,
    keepAliveTimeout: 0,
  };
  const http1 = http.createServer(options, onRequestCome);
  http1.on('upgrade', (request, socket, head) => {
    void upgrade(environment, authenticator, request, socket, head, observer);
  });
  http1.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    // What comes behind a broken request is broken, too; the answer goes out first.
    if (socket.writableEnded) return;
    const status =
      error.code === 'HPE_HEADER_OVERFLOW' ? '431 Request Header Fields Too Large' : '400 Bad Request';
    if (socket.writable)
      socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\n\r\n`, () => socket.destroy());
    else socket.destroy();
  });
  const multiplexed = http2.createServer(
    { settings: { maxConcurrentStreams: MAX_STREAMS }, maxSessionMemory: MAX_SESSION_MEGABYTES },
    // Node's compatibility API: for what is used here the two are the same.
    (request, response) =>
      onRequestCome(request as unknown as IncomingMessage, response as unknown as ServerResponse),
  );
  multiplexed.on('sessionError', () => {}); // the client's affair, like a handshake that fails
  server.on('tlsClientError', () => {});
  server.on('connection', socket => track(socket));
  server.on('secureConnection', socket => {
    track(socket);
    (socket.alpnProtocol === 'h2' ? multiplexed : http1).emit('connection', socket);
  });

  function track(socket: Duplex): void {
    connections.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => connections.delete(socket));
  }

  return {
    accept: socket => {
      server.emit('connection', socket);
    },
    listen: (port, host) =>
      new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen(port, host, () => {
          const address = server.address();
          resolve(typeof address === 'object' && address !== null ? address.port : port);
        });
      }),
    stop: async () => {
      const closed = server.listening
        ? new Promise<void>(resolve => server.close(() => resolve()))
        : undefined;
      for (const socket of connections) socket.destroy();
      await closed;
    },
  };
}

async function answer(
  environment: Environment,
  authenticator: Authenticator,
  request: IncomingMessage,
  response: ServerResponse,
  observer: ServerObserver,
): Promise<void> {
  const { method = 'GET', url = '/' } = request;
  let username = '';
  try {
    const call = admitCall(environment, authenticator, request, response);
    username = call.user.username;
    await dispatch(environment, call);
  } catch (error) {
    sendFailure(response, failureOf(error, request, observer));
  }
  observer.onRequest?.({ method, url, username, code: response.statusCode });
  // What was not read would hold up the connection.
  if (!request.readableEnded) request.resume();
}

/**
 * The answer to a request that failed. What is no answer yet is a defect of ours: it is told, by the
 * request's id.
 */
function failureOf(error: unknown, request: IncomingMessage, observer: ServerObserver): ApiError {
  if (error instanceof ApiError) return error;
  const id = observer.newRequestId();
  const path = (request.url ?? '/').split('?')[0] ?? '/';
  observer.onDefect(`request ${id}: ${request.method ?? 'GET'} ${path}`, error);
  return internalError(`a defect of mesh-harness, request ${id}: ${messageOf(error)}`);
}

function sendFailure(response: ServerResponse, failure: ApiError): void {
  if (response.headersSent) response.destroy();
  else sendError(response, failure);
}

/** Authentication, then authorization. */
function admitCall(
  environment: Environment,
  authenticator: Authenticator,
  request: IncomingMessage,
  response: ServerResponse,
): Call {
  const caller = authenticator.authenticate(request);
  const info = parseRequest(request.method ?? 'GET', request.url ?? '/');
  const user = impersonate(caller, request, environment.authorizer, refuse);
  const attributes = attributesOf(info, nameDemanded(environment, info));
  if (!environment.authorizer.authorize(user, attributes).allowed) throw refuse(user, attributes);
  return { request, response, info, user };
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

const isResource = (call: Call): call is Call<ResourceRequest> => call.info.kind === 'resource';

async function dispatch(environment: Environment, call: Call): Promise<void> {
  if (!isResource(call)) {
    handlePath(environment, call);
    return;
  }
  const { info, response } = call;
  const type = environment.registry.byPath(info.group, info.version, info.plural);
  if (!type) {
    // A group that is not served, or whose types are custom, does not know Status (docs/reference/kubernetes.md K1).
    if (environment.registry.servedBy(info.group, info.version) === 'built-in') throw unknownResource();
    sendPageNotFound(call);
    return;
  }
  if (type.virtual) {
    if (keyOf(type) === 'bindings') throw notSimulated('bindings');
    await handleReview(environment, call, type);
    return;
  }
  if (!type.namespaced && info.namespace !== '' && keyOf(type) !== 'namespaces') throw unknownResource();
  if (info.subresource !== '') {
    await dispatchSubresource(environment, call, type);
    return;
  }
  switch (info.verb) {
    case 'get':
      handleGet(environment, call, type);
      return;
    case 'list':
      handleList(environment, call, type);
      return;
    case 'watch':
      handleWatch(environment, call, type);
      return;
    case 'create':
      await handleCreate(environment, call, type);
      return;
    case 'update':
      await handleUpdate(environment, call, type);
      return;
    case 'patch':
      await handlePatch(environment, call, type);
      return;
    case 'delete':
      await handleDelete(environment, call, type);
      return;
    case 'deletecollection':
      await handleDeleteCollection(environment, call, type);
      return;
    default:
      sendText(response, 405, 'Method Not Allowed');
  }
}

async function dispatchSubresource(
  environment: Environment,
  call: Call<ResourceRequest>,
  type: ResourceType,
): Promise<void> {
  const { info } = call;
  const served = type.subresources.find(({ name }) => name === info.subresource);
  if (!served) throw unknownResource();
  const special = subresourceHandler(type, info.subresource);
  if (special) {
    await special(environment, call, type);
    return;
  }
  if (info.subresource === 'status' || info.subresource === 'ephemeralcontainers') {
    if (info.verb === 'get') handleGet(environment, call, type);
    else if (info.verb === 'update') await handleUpdate(environment, call, type);
    else if (info.verb === 'patch') await handlePatch(environment, call, type);
    else throw methodNotAllowed();
    return;
  }
  if (info.subresource === 'log' && info.verb === 'get') {
    await handleLogs(environment, call, type);
    return;
  }
  if (info.subresource === 'proxy') {
    await handleProxy(environment, call, type);
    return;
  }
  if (isStream(info)) throw badRequest('Upgrade request required');
  throw notSimulated(`${keyOf(type)}/${info.subresource}`);
}

async function upgrade(
  environment: Environment,
  authenticator: Authenticator,
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  observer: ServerObserver,
): Promise<void> {
  socket.on('error', () => socket.destroy());
  const { method = 'GET', url = '/' } = request;
  try {
    const caller = authenticator.authenticate(request);
    const info = parseRequest(method, url);
    const user = impersonate(caller, request, environment.authorizer, refuse);
    const attributes = attributesOf(info, undefined);
    if (!environment.authorizer.authorize(user, attributes).allowed) throw refuse(user, attributes);
    const type =
      info.kind === 'resource'
        ? environment.registry.byPath(info.group, info.version, info.plural)
        : undefined;
    if (info.kind !== 'resource' || !type || !isStream(info)) throw unknownResource();
    observer.onRequest?.({ method, url, username: user.username, code: 101 });
    await handleStream(environment, info, type, request, socket, head);
  } catch (error) {
    const failure = failureOf(error, request, observer);
    observer.onRequest?.({ method, url, username: '', code: failure.code });
    if (!socket.writable) return;
    const body = `${JSON.stringify(failure.status)}\n`;
    socket.end(
      `HTTP/1.1 ${failure.code} ${failure.reason}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
    );
  }
}
