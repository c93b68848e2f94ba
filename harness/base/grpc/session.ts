/** How both ends set HTTP/2 up: windows that no message fills, memory for many streams, no timers. */
import http2 from 'node:http2';

/** So much of a stream may be under way unread: a message of the greatest size, and its header. */
const STREAM_WINDOW_BYTES = 8 * 1024 * 1024;
const CONNECTION_WINDOW_BYTES = 1024 * 1024 * 1024;
/** For the streams of one connection; nghttp2's own limit is 10. */
const MAX_SESSION_MEGABYTES = 1024;
/** grpc-go sets no limit unless asked (internal/transport/http2_server.go@v1.66 NewServerTransport). */
const MAX_STREAMS = 2 ** 32 - 1;

/** Options of a server's session. */
export const SERVER_SESSION: http2.ServerOptions = {
  settings: { initialWindowSize: STREAM_WINDOW_BYTES, maxConcurrentStreams: MAX_STREAMS },
  maxSessionMemory: MAX_SESSION_MEGABYTES,
};

/** Options of a client's session; it takes no pushes. */
export const CLIENT_SESSION: http2.ClientSessionOptions = {
  settings: { initialWindowSize: STREAM_WINDOW_BYTES, enablePush: false },
  maxSessionMemory: MAX_SESSION_MEGABYTES,
};

/** Opens the connection's window, which HTTP/2's settings do not reach (RFC 9113, 6.9.2). */
export function widen(session: http2.Http2Session): void {
  if (!session.destroyed) session.setLocalWindowSize(CONNECTION_WINDOW_BYTES);
}

/** RST_STREAM's code for a call that its caller gave up. */
export const CANCEL = http2.constants.NGHTTP2_CANCEL;
/** RST_STREAM's code for a stream of which no more is needed. */
export const NO_ERROR = http2.constants.NGHTTP2_NO_ERROR;

/** The end of an answer leaves with the next write, or the one after it. */
const MOST_TURNS = 16;

/**
 * Tells a client that has not ended that it need not, as grpc-go does
 * (internal/transport/http2_server.go@v1.66 WriteStatus). Not before the end of the answer has left: a reset
 * in the same turn would overtake it.
 */
export function resetWhenSent(stream: http2.ServerHttp2Stream, turns = MOST_TURNS): void {
  if (stream.destroyed || stream.closed || stream.readableEnded) return;
  if (stream.state.localClose === 1) stream.close(NO_ERROR);
  else if (turns > 0) setImmediate(() => resetWhenSent(stream, turns - 1));
}
