/** A request's body, sent on as it comes and remembered for another attempt. */
import type { BodyReader, ServerRequest } from '../../../../base/http1/server-connection.ts';

/**
 * More is not remembered (Envoy's per_connection_buffer_limit_bytes, 1 MiB): then there is no other attempt.
 */
const MAX_REMEMBERED_BYTES = 1024 * 1024;

/** Where a body goes. */
export interface BodyTarget {
  /** Called when there is room again after `write` returned false, or when nothing more is taken. */
  onRoom: (() => void) | undefined;
  readonly isOver: boolean;
  /** @returns false if the next bytes should wait for `onRoom` */
  write(bytes: Buffer): boolean;
  end(): void;
}

/** Keeps a body until it is clear that no other attempt will need it. */
export class RequestBody implements BodyReader {
  readonly #source: ServerRequest;
  #chunks: Buffer[] = [];
  #bytes = 0;
  #remembers = true;
  #hasEnded = false;
  #target: BodyTarget | undefined;
  /** All that has come, for whoever wants it whole. */
  #whole: Buffer[] | undefined;
  #onWhole: ((body: Buffer) => void) | undefined;

  constructor(source: ServerRequest) {
    this.#source = source;
    source.read(this);
  }

  get canBeSentAgain(): boolean {
    return this.#remembers;
  }

  /** Sends what has come so far, then the rest as it comes. An earlier target gets nothing further. */
  sendTo(target: BodyTarget): void {
    if (this.#target) this.#target.onRoom = undefined;
    this.#target = target;
    target.onRoom = () => this.#source.resume();
    for (const chunk of this.#chunks) target.write(chunk);
    if (this.#hasEnded) target.end();
    else this.#source.resume();
  }

  /** Tells of the body once it is there; never, if it is longer than what is remembered. */
  whenWhole(done: (body: Buffer) => void): void {
    if (!this.#remembers) return;
    this.#whole = [...this.#chunks];
    this.#onWhole = done;
    if (this.#hasEnded) this.#tellWhole();
  }

  #tellWhole(): void {
    const whole = this.#whole;
    this.#whole = undefined;
    if (whole) this.#onWhole?.(Buffer.concat(whole));
  }

  /** Drops the remembered bytes: there will be no other attempt. */
  forget(): void {
    this.#remembers = false;
    this.#chunks = [];
  }

  onBody(bytes: Buffer): void {
    this.#bytes += bytes.length;
    if (this.#remembers && this.#bytes > MAX_REMEMBERED_BYTES) this.forget();
    if (this.#remembers) this.#chunks.push(bytes);
    if (this.#bytes > MAX_REMEMBERED_BYTES) this.#whole = undefined;
    this.#whole?.push(bytes);
    const target = this.#target;
    if (!target || (!target.isOver && !target.write(bytes))) this.#source.pause();
  }

  onEnd(): void {
    this.#hasEnded = true;
    this.#target?.end();
    this.#tellWhole();
  }
}
