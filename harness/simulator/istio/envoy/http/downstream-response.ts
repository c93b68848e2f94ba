/** What the proxy answers downstream: a host's response as it comes, or a reply of its own. */
import type http from 'node:http';
import { downstreamHeaders, headerOf, responseHeaders } from './http-headers.ts';
import type { LocalReply } from './local-reply.ts';
import type { ManagerContext } from './manager-context.ts';

/** Measures from its construction on how long the upstream takes. */
export class DownstreamResponse {
  readonly stream: http.ServerResponse;
  readonly #context: ManagerContext;
  readonly #startedMs: number;

  constructor(context: ManagerContext, stream: http.ServerResponse) {
    this.stream = stream;
    stream.removeHeader('connection'); // node:http would say keep-alive; Envoy says nothing of it
    this.#context = context;
    this.#startedMs = context.environment.clock.now();
  }

  /** Answers in the proxy's own name. */
  reply({ status, body }: LocalReply): void {
    this.stream.sendDate = false;
    this.stream.writeHead(status, downstreamHeaders(this.#context, body));
    this.stream.end(body);
  }

  /**
   * Sends a host's response on as it comes. If the upstream breaks off, so does the downstream connection.
   * @param onEnd - called when the answer has ended or broken off
   */
  relay(answer: http.IncomingMessage, status: number, onEnd: () => void): void {
    const { stream } = this;
    const tookMs = this.#context.environment.clock.now() - this.#startedMs;
    stream.sendDate = false;
    stream.writeHead(
      status,
      answer.statusMessage ?? '',
      responseHeaders(this.#context, answer.rawHeaders, tookMs),
    );
    const length = headerOf(answer.rawHeaders, 'content-length');
    const whole = length === undefined ? Number.NaN : Number(length);
    answer.on('data', (chunk: Buffer) => {
      if (chunk.length === whole) {
        // All there is to come: as a string it leaves in one piece with the head, and the stream's end needs
        // no write of its own.
        stream.end(chunk.toString('latin1'), 'latin1');
      } else if (!stream.write(chunk)) {
        answer.pause();
        stream.once('drain', () => answer.resume());
      }
    });
    answer.once('end', () => {
      onEnd();
      if (!stream.writableEnded) stream.end();
    });
    answer.on('error', () => {
      onEnd();
      stream.destroy(); // the status line is gone already: all that is left is to break off
    });
  }
}
