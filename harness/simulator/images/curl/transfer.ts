/** One transfer of curl's: from a URL to an answer or an error. */

import type { Timer } from '../../../base/clock.ts';
import type { CurlProcess } from './curl-process.ts';
import { timedOut } from './errors.ts';
import { HttpRequest, type Sink } from './http-request.ts';
import type { Target } from './target.ts';
import type { TransferReport } from './write-out.ts';

/** Fetches one URL, and fills the report as it goes. */
export class Transfer {
  readonly #process: CurlProcess;
  readonly #target: Target;
  readonly #report: TransferReport;
  readonly #sink: Sink;
  readonly #startedAt: number;
  #phase: 'resolving' | 'connecting' | 'transferring' = 'resolving';
  /** Bytes, as the answer's Content-Length says. */
  #expected: number | undefined;
  #connectTimer: Timer | undefined;

  constructor(process: CurlProcess, target: Target, report: TransferReport, sink: Sink) {
    this.#process = process;
    this.#target = target;
    this.#report = report;
    this.#sink = sink;
    process.cancellation.renew();
    this.#startedAt = process.context.clock.now();
  }

  /**
   * Runs the transfer to its end.
   * @throws CurlError for everything that curl would end with; the context's abort reason if the process must
   *   end
   */
  async run(): Promise<void> {
    const { clock } = this.#process.context;
    const { maxTimeMs, connectTimeoutMs } = this.#process.options;
    const maxTimer = this.#setDeadline(maxTimeMs);
    this.#connectTimer = this.#setDeadline(connectTimeoutMs);
    try {
      while ((await this.#tryOnce()) === 'dead')
        this.#sink.verbose?.('* Connection died, retrying a fresh connect');
    } finally {
      clock.clearTimeout(maxTimer);
      clock.clearTimeout(this.#connectTimer);
      this.#report.totalMs = this.#elapsed();
    }
  }

  #elapsed(): number {
    return this.#process.context.clock.now() - this.#startedAt;
  }

  #setDeadline(timeoutMs: number | undefined): Timer | undefined {
    if (timeoutMs === undefined) return undefined;
    return this.#process.context.clock.setTimeout(() => {
      const { downloadedBytes } = this.#report;
      const error = timedOut(this.#phase, this.#elapsed(), downloadedBytes, this.#expected);
      this.#process.cancellation.cancel(error);
    }, timeoutMs);
  }

  /** @returns `dead` if a kept connection turned out to be closed: curl tries again with a new one */
  async #tryOnce(): Promise<'done' | 'dead'> {
    const isReused = this.#process.connections.isKept(this.#target);
    if (isReused) this.#sink.verbose?.(`* Re-using existing connection with host ${this.#target.host}`);
    else await this.#connect();
    this.#process.context.clock.clearTimeout(this.#connectTimer);
    this.#phase = 'transferring';
    const request = new HttpRequest({
      process: this.#process,
      target: this.#target,
      report: this.#report,
      sink: this.#sink,
      isReused,
      progress: this,
    });
    return await request.run();
  }

  onLength(bytes: number): void {
    this.#expected = bytes;
  }

  onFirstByte(): void {
    this.#report.firstByteMs = this.#elapsed();
  }

  /** Resolves the name, dials, and speaks TLS where the URL asks for it. */
  async #connect(): Promise<void> {
    const { connections, cancellation } = this.#process;
    const target = this.#target;
    this.#phase = 'resolving';
    const addresses =
      connections.addressesOf(target) ?? (await cancellation.unlessCancelled(connections.resolve(target)));
    this.#report.resolvedMs = this.#elapsed();
    this.#phase = 'connecting';
    this.#sink.verbose?.(`*   Trying ${addresses[0]}:${target.port}...`);
    const socket = await connections.connect(target, addresses, cancellation);
    this.#report.connectedMs = this.#elapsed();
    this.#sink.verbose?.(`* Connected to ${target.host} (${socket.remoteAddress}) port ${target.port}`);
    const stream = target.isSecure ? await connections.secure(target, socket, cancellation) : socket;
    if (target.isSecure) this.#report.securedMs = this.#elapsed();
    this.#report.connections++;
    connections.offer(target, stream, socket);
  }
}
