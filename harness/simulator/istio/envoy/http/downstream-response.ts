/** What the proxy answers downstream: a host's response as it comes, or a reply of its own. */
import { headerOf, type MessageHead } from '../../../../base/http1/message-head.ts';
import type { ServerResponse } from '../../../../base/http1/server-response.ts';
import type { HeaderEdits } from '../../xds/routes.ts';
import type { DownstreamConnection } from '../environment/environment.ts';
import { edited, editedHeaders } from './header-edits.ts';
import { downstreamHeaders, responseHeaders } from './http-headers.ts';
import type { LocalReply } from './local-reply.ts';
import type { ManagerContext } from './manager-context.ts';
import type { AnswerReader, UpstreamAttempt } from './upstream-request.ts';

/** Of an answer that a limit of the cluster has made (source/common/router/router.cc @v1.33). */
const OVERLOADED: readonly string[] = ['x-envoy-overloaded', 'true'];

/** Measures from its construction on how long the upstream takes. */
export class DownstreamResponse implements AnswerReader {
  readonly stream: ServerResponse;
  readonly #context: ManagerContext;
  readonly #connection: DownstreamConnection;
  readonly #startedMs: number;
  #edits: HeaderEdits | undefined;
  /** Of a host's response. */
  #attempt: UpstreamAttempt | undefined;
  /** Bytes of its body, as its head says; NaN if that does not tell. */
  #whole = Number.NaN;
  #onEnd: (() => void) | undefined;

  constructor(context: ManagerContext, connection: DownstreamConnection, stream: ServerResponse) {
    this.stream = stream;
    this.#connection = connection;
    this.#context = context;
    this.#startedMs = context.environment.clock.now();
  }

  /** Has the headers of any answer from here on changed, after all else. */
  changeHeaders(edits: HeaderEdits | undefined): void {
    this.#edits = edits;
  }

  /**
   * Answers in the proxy's own name.
   * @param more - headers of this answer: names and values in turn
   */
  reply({ status, body, isOverload }: LocalReply, more: readonly string[] = [], edits?: HeaderEdits): void {
    const headers = editedHeaders(
      [...more, ...(isOverload ? OVERLOADED : []), ...downstreamHeaders(this.#context, body)],
      [edits, this.#edits],
    );
    this.stream.writeHead({ status, headers: this.#withClose(headers) });
    this.stream.end(body);
  }

  /**
   * Sends a host's response on as it comes. If the upstream breaks off, so does the downstream connection.
   * @param edits - what the route changes of its headers
   * @param onEnd - called when the answer has ended or broken off
   */
  relay(
    { status, reason, rawHeaders }: MessageHead,
    attempt: UpstreamAttempt,
    edits: readonly (HeaderEdits | undefined)[],
    onEnd: () => void,
  ): void {
    const { stream } = this;
    const tookMs = this.#context.environment.clock.now() - this.#startedMs;
    const all = editedHeaders(responseHeaders(this.#context, rawHeaders, tookMs), edits);
    const headers = edited(all, this.#edits);
    stream.writeHead({ status, reason, headers: this.#withClose(headers) });
    stream.onDrain = () => attempt.resume();
    const length = headerOf(rawHeaders, 'content-length');
    if (length !== undefined) this.#whole = Number(length);
    this.#attempt = attempt;
    this.#onEnd = onEnd;
    attempt.reader = this;
  }

  onBody(bytes: Buffer): void {
    // All there is to come: it leaves in one piece with the head.
    if (bytes.length === this.#whole) this.stream.end(bytes);
    else if (!this.stream.write(bytes)) this.#attempt?.pause();
  }

  onEnd(): void {
    this.#onEnd?.();
    this.stream.end();
  }

  onFail(): void {
    this.#onEnd?.();
    this.stream.destroy(); // the status line is gone already: all that is left is to break off
  }

  /** Asks the client to close where its connection drains. */
  #withClose(headers: readonly string[]): readonly string[] {
    if (!this.#connection.wantsClose?.()) return headers;
    this.stream.closeAfter();
    return [...headers, 'connection', 'close'];
  }
}
