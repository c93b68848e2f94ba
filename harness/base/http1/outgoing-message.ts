/** Writes one message: its head, which waits for the first bytes of the body, and the body as it comes. */
import type { Duplex } from 'node:stream';
import { headerOf } from './message-head.ts';

/** How a body is told from what comes after it. */
export type BodyFraming =
  /** By Content-Length, or by the end of the connection: the bytes go out as they are. */
  | 'plain'
  | 'chunked'
  /** There is none, whatever is written. */
  | 'none';

/** Smaller bodies travel as text in one piece with the head, which is the cheapest way. */
const TEXT_BYTES = 4096;

/** Writes text as latin1. @returns false if the next bytes should wait */
type Send = (data: string | Buffer, isLast: boolean) => boolean;

/** A message on its way out. */
export class OutgoingMessage {
  readonly #send: Send;
  /** Bytes as text, one character each, that go out with the next ones. */
  #waiting = '';
  #framing: BodyFraming = 'plain';
  #hasHead = false;
  #hasEnded = false;

  constructor(send: Send) {
    this.#send = send;
  }

  get hasHead(): boolean {
    return this.#hasHead;
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** @param head - all of it, with the empty line */
  begin(head: string, framing: BodyFraming): void {
    this.#waiting = head;
    this.#framing = framing;
    this.#hasHead = true;
  }

  /** @returns false if the next bytes should wait */
  write(bytes: Buffer): boolean {
    if (this.#framing === 'none' || bytes.length === 0) return true;
    return this.#flush(this.#framed(bytes), false);
  }

  /** Sends the rest. @param body - text goes out as UTF-8 */
  end(body?: Buffer | string): void {
    this.#hasEnded = true;
    const bytes = this.#framing === 'none' || body === undefined || body.length === 0 ? '' : body;
    let data = bytes === '' ? '' : this.#framed(typeof bytes === 'string' ? latin1Of(bytes) : bytes);
    if (this.#framing === 'chunked') data = joined(data, '0\r\n\r\n');
    if (this.#waiting !== '' || data.length > 0) this.#flush(data, true);
  }

  #framed(bytes: Buffer | string): Buffer | string {
    if (this.#framing !== 'chunked') return bytes;
    return joined(joined(`${bytes.length.toString(16)}\r\n`, bytes), '\r\n');
  }

  #flush(data: Buffer | string, isLast: boolean): boolean {
    const whole = this.#waiting === '' ? data : joined(this.#waiting, data);
    this.#waiting = '';
    return this.#send(whole, isLast);
  }
}

/** Writes to a connection. What is written in one turn, with more to come, leaves in one piece. */
export function sendOn(stream: Duplex, data: string | Buffer, isLast: boolean): boolean {
  if (!stream.writable) return false;
  if (!isLast && stream.writableCorked === 0) {
    stream.cork();
    process.nextTick(uncork, stream);
  }
  return stream.write(data, 'latin1');
}

const uncork = (stream: Duplex): void => stream.uncork();

/** Writes a head as text. @param headers - names and values in turn; each is written as it is */
export function headText(firstLine: string, headers: readonly string[]): string {
  let text = `${firstLine}\r\n`;
  for (let index = 0; index + 1 < headers.length; index += 2)
    text += `${headers[index]}: ${headers[index + 1]}\r\n`;
  return `${text}\r\n`;
}

/** Tells whether headers say that the body is sent in chunks. */
export function saysChunked(headers: readonly string[]): boolean {
  const encoding = headerOf(headers, 'transfer-encoding');
  return encoding !== undefined && /(?:^|\W)chunked(?:$|\W)/i.test(encoding);
}

/** Returns a text's UTF-8 bytes as text, one character each. */
export const latin1Of = (text: string): string =>
  Buffer.byteLength(text) === text.length ? text : Buffer.from(text).toString('latin1');

function joined(first: Buffer | string, second: Buffer | string): Buffer | string {
  if (typeof first === 'string' && typeof second === 'string') return first + second;
  if (first.length + second.length <= TEXT_BYTES) return textOf(first) + textOf(second);
  return Buffer.concat([bytesOf(first), bytesOf(second)]);
}

const textOf = (data: Buffer | string): string => (typeof data === 'string' ? data : data.toString('latin1'));
const bytesOf = (data: Buffer | string): Buffer =>
  typeof data === 'string' ? Buffer.from(data, 'latin1') : data;
