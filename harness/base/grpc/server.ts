/** A server of gRPC methods: it answers streams of HTTP/2, wherever they come from. */
import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import type { Clock } from '../clock.ts';
import { messageOf } from '../errors.ts';
import { isGrpcContentType } from './http-status.ts';
import { type CallPeer, peerOf, type ServerCall } from './server-call.ts';
import { ServerStream } from './server-stream.ts';
import { resetWhenSent } from './session.ts';
import { GrpcError, statusHeaders, textOf } from './status.ts';
import { decodeTimeout } from './timeout.ts';

/** One message in, one out. What it throws becomes the status. */
type UnaryHandler = (request: Buffer, call: ServerCall) => Buffer | Promise<Buffer>;
/** Any number of messages both ways. What it throws before it returns becomes the status. */
type StreamHandler = (call: ServerStream) => void;

/** What answers the calls of a method. */
export type Method =
  | { readonly kind: 'unary'; readonly handle: UnaryHandler }
  | { readonly kind: 'stream'; readonly handle: StreamHandler };

/** Methods by `/package.Service/Method`. */
type Methods = ReadonlyMap<string, Method>;

/** What a server is made of. */
interface GrpcServerOptions {
  readonly methods: Methods;
  /** Measures the deadlines of calls. */
  readonly clock: Clock;
  /** The most bytes of a message that is received; 4 MiB by default. */
  readonly maxMessageBytes?: number;
  /** Hears of what a handler threw that is no `GrpcError`; the client gets it as `Unknown` in any case. */
  readonly onDefect?: (path: string, error: unknown) => void;
}

/** Answers calls. It owns no connection: `handle` takes the 'stream' events of any session or server. */
export class GrpcServer {
  readonly #options: GrpcServerOptions;
  readonly #services: ReadonlySet<string>;

  constructor(options: GrpcServerOptions) {
    this.#options = options;
    this.#services = new Set([...options.methods.keys()].map(path => splitPath(path)?.service ?? ''));
  }

  /**
   * Answers one call; never throws. Fits the 'stream' event of node:http2.
   * @param peer - who calls; what node:http2 tells of it by default
   */
  handle(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, peer?: CallPeer): void {
    stream.on('error', () => {}); // its close is enough
    if (stream.destroyed || stream.closed) return;
    const refusal = refuse(headers);
    if (refusal) {
      abort(stream, refusal);
      return;
    }
    let timeoutMs: number | undefined;
    try {
      const timeout = textOf(headers['grpc-timeout']);
      if (timeout !== undefined) timeoutMs = decodeTimeout(timeout);
    } catch (error) {
      const problem = new GrpcError('Internal', `malformed grpc-timeout: ${messageOf(error)}`);
      abort(stream, { httpStatus: 400, error: problem });
      return;
    }
    const { clock, maxMessageBytes, onDefect } = this.#options;
    const path = textOf(headers[':path']) ?? '';
    const call = new ServerStream({
      stream,
      headers,
      clock,
      timeoutMs,
      peer: peer ?? peerOf(stream.session?.socket),
      maxMessageBytes,
      onDefect: error => onDefect?.(path, error),
    });
    this.#dispatch(path, call);
  }

  #dispatch(path: string, call: ServerStream): void {
    const method = this.#options.methods.get(path);
    if (!method) call.end(this.#unknown(path));
    else if (method.kind === 'unary') answerUnary(method.handle, call);
    else {
      try {
        method.handle(call);
      } catch (error) {
        call.fail(error);
      }
    }
  }

  /** In grpc-go's words (server.go@v1.66 handleStream). */
  #unknown(path: string): GrpcError {
    const parts = splitPath(path);
    if (!parts) return new GrpcError('Unimplemented', `malformed method name: ${JSON.stringify(path)}`);
    const { service, method } = parts;
    if (!this.#services.has(service)) return new GrpcError('Unimplemented', `unknown service ${service}`);
    return new GrpcError('Unimplemented', `unknown method ${method} for service ${service}`);
  }
}

/** Runs a unary handler when the client has sent all: exactly one message (grpc-go stream.go RecvMsg). */
function answerUnary(handle: UnaryHandler, call: ServerStream): void {
  let request: Buffer | undefined;
  const reply = (response: Buffer): void => {
    call.send(response);
    call.end();
  };
  call.onEnd = () => {
    if (!request) throw violation('received no request message from non-client-streaming RPC');
    const response = handle(request, call);
    if (response instanceof Promise) response.then(reply).catch(error => call.fail(error));
    else reply(response);
  };
  call.onMessage = message => {
    if (request) throw violation('received multiple request messages for non-client-streaming RPC');
    request = message;
  };
}

const violation = (what: string) => new GrpcError('Internal', `cardinality violation: ${what}`);

function splitPath(path: string): { readonly service: string; readonly method: string } | undefined {
  const name = path.startsWith('/') ? path.slice(1) : path;
  const slash = name.lastIndexOf('/');
  return slash < 0 ? undefined : { service: name.slice(0, slash), method: name.slice(slash + 1) };
}

/** A request that is no call. */
interface Refusal {
  readonly httpStatus: number;
  readonly error: GrpcError;
}

/** Judges a request's head (grpc-go internal/transport/http2_server.go@v1.66 operateHeaders). */
function refuse(headers: IncomingHttpHeaders): Refusal | undefined {
  const method = textOf(headers[':method']) ?? '';
  const type = textOf(headers['content-type']) ?? '';
  if (!isGrpcContentType(type)) {
    const problem = `invalid gRPC request content-type ${JSON.stringify(type)}`;
    return { httpStatus: 415, error: new GrpcError('InvalidArgument', problem) };
  }
  if (method === 'POST') return undefined;
  const problem = `Received a HEADERS frame with :method ${JSON.stringify(method)} which should be POST`;
  return { httpStatus: 405, error: new GrpcError('Internal', problem) };
}

/** Answers with a status of HTTP beside gRPC's, and wants no more of the request. */
function abort(stream: ServerHttp2Stream, { httpStatus, error }: Refusal): void {
  const head = { ':status': httpStatus, 'content-type': 'application/grpc', ...statusHeaders(error) };
  stream.respond(head, { endStream: true });
  resetWhenSent(stream);
}
