/** Reads one end's messages out of the bytes of a connection, however they are cut. */

import { BYTE } from './characters.ts';
import { readChunkLine } from './chunk-line.ts';
import { ParseError } from './errors.ts';
import { readHeaderLine } from './header-line.ts';
import { FLAG, INCOMPLETE, MessageHead } from './message-head.ts';
import { readRequestLine } from './request-line.ts';
import { readStatusLine } from './status-line.ts';

/** What is read into text at once. More than the longest line that is allowed. */
const WINDOW_BYTES = 64 * 1024;

/**
 * How a message goes on after its head: as the head says, without a body (as after HEAD), or not at all,
 * because the rest of the connection is another protocol.
 */
export type AfterHead = 'body' | 'no body' | 'other protocol';

/** Who is told what has come. */
export interface MessageSink {
  onHead(head: MessageHead): AfterHead;
  /** @param bytes - a part of the arrived chunk, not a copy */
  onBody(bytes: Buffer): void;
  onEnd(): void;
}

type State =
  | 'first line'
  | 'headers'
  | 'sized body'
  | 'chunk line'
  | 'chunk'
  | 'chunk end'
  | 'trailers'
  | 'body until close'
  /** After the last message of a connection. */
  | 'closed'
  /** What came with an upgrade's head in one piece is dropped, as Node does. */
  | 'rest of upgrade'
  | 'other protocol'
  | 'failed';

/** A parser of requests or of responses. After an error it takes nothing more. */
export class MessageParser {
  readonly #isRequest: boolean;
  readonly #sink: MessageSink;
  #state: State = 'first line';
  /** Of the message that is under way. */
  #head = NO_HEAD;
  /** A line that is not all there yet. */
  #unfinished = '';
  /** Bytes that are left of the body or chunk. */
  #left = 0;
  /** A message has begun that is not over. */
  #isInside = false;
  /** What comes after the rest of an upgrade. */
  #isClosing = false;
  /** After a head that asks for an upgrade, until the next head. */
  #isUpgrading = false;
  #error: ParseError | undefined;

  constructor(kind: 'request' | 'response', sink: MessageSink) {
    this.#isRequest = kind === 'request';
    this.#sink = sink;
  }

  /**
   * Takes what has arrived.
   * @returns the error in it; as in Node, errors after the head of an upgrade go unheard
   */
  execute(chunk: Buffer): ParseError | undefined {
    if (this.#error) return this.#told(this.#error);
    try {
      let at = 0;
      while (at < chunk.length) at = this.#read(chunk, at);
      if (this.#state === 'rest of upgrade') this.#state = this.#isClosing ? 'closed' : 'first line';
      return undefined;
    } catch (error) {
      if (!(error instanceof ParseError)) throw error;
      this.#error = error;
      this.#state = 'failed';
      return this.#told(error);
    }
  }

  /** Takes note that nothing more will arrive. @returns the error if a message is not all there */
  finish(): ParseError | undefined {
    if (this.#error) return undefined;
    if (this.#state === 'body until close') {
      this.#restart('closed');
      this.#sink.onEnd();
      return undefined;
    }
    return this.#isInside ? this.#told(new ParseError('HPE_INVALID_EOF_STATE')) : undefined;
  }

  #told(error: ParseError): ParseError | undefined {
    return this.#isUpgrading ? undefined : error;
  }

  #restart(state: State): void {
    this.#state = state;
    this.#unfinished = '';
    this.#isInside = false;
    this.#head = NO_HEAD;
  }

  /** @returns where to read on in the chunk */
  #read(chunk: Buffer, at: number): number {
    switch (this.#state) {
      case 'sized body':
      case 'chunk':
        return this.#readSized(chunk, at);
      case 'body until close':
        this.#sink.onBody(at === 0 ? chunk : chunk.subarray(at));
        return chunk.length;
      case 'closed':
        return skipLineBreaks(chunk, at);
      case 'rest of upgrade':
      case 'other protocol':
      case 'failed':
        return chunk.length;
      default:
        return this.#readLines(chunk, at);
    }
  }

  #readSized(chunk: Buffer, at: number): number {
    const end = Math.min(chunk.length, at + this.#left);
    this.#left -= end - at;
    this.#sink.onBody(at === 0 && end === chunk.length ? chunk : chunk.subarray(at, end));
    if (this.#left === 0) {
      if (this.#state === 'chunk') this.#state = 'chunk end';
      else this.#endMessage();
    }
    return end;
  }

  #readLines(chunk: Buffer, at: number): number {
    const kept = this.#unfinished.length;
    const end = Math.min(chunk.length, at + WINDOW_BYTES);
    const text =
      kept === 0 ? chunk.toString('latin1', at, end) : this.#unfinished + chunk.toString('latin1', at, end);
    this.#unfinished = '';
    let index = 0;
    while (index < text.length) {
      const next = this.#readLine(text, index);
      if (next === NO_LINE) break;
      if (next === INCOMPLETE) {
        this.#unfinished = text.slice(index);
        return end;
      }
      index = next;
    }
    return at + index - kept;
  }

  /** @returns where the next line begins, INCOMPLETE, or NO_LINE where a body begins or the messages end */
  #readLine(text: string, at: number): number {
    switch (this.#state) {
      case 'first line':
        return this.#readFirstLine(text, at);
      case 'headers':
      case 'trailers':
        return this.#readField(text, at);
      case 'chunk line':
        return this.#readChunkLine(text, at);
      case 'chunk end':
        return this.#readChunkEnd(text, at);
      default:
        return NO_LINE;
    }
  }

  /** Line breaks before a message are skipped. */
  #readFirstLine(text: string, at: number): number {
    let start = at;
    while (text.charCodeAt(start) === BYTE.cr || text.charCodeAt(start) === BYTE.lf) start++;
    if (start >= text.length) return start;
    this.#isInside = true;
    this.#head = new MessageHead();
    const next = this.#isRequest
      ? readRequestLine(text, start, this.#head)
      : readStatusLine(text, start, this.#head);
    if (next !== INCOMPLETE) this.#state = 'headers';
    return next;
  }

  #readField(text: string, at: number): number {
    const head = this.#head;
    const byte = text.charCodeAt(at);
    if (head.has(FLAG.emptyLength)) {
      const goesOn = byte === BYTE.space || byte === BYTE.tab;
      throw new ParseError(goesOn ? 'HPE_INVALID_HEADER_TOKEN' : 'HPE_INVALID_CONTENT_LENGTH');
    }
    if (byte !== BYTE.cr) {
      const isFirst = this.#state === 'headers' && head.rawHeaders.length === 0;
      if (isFirst && byte === BYTE.space) throw new ParseError('HPE_UNEXPECTED_SPACE');
      return readHeaderLine(text, at, head, this.#isRequest);
    }
    if (at + 1 >= text.length) return INCOMPLETE;
    if (text.charCodeAt(at + 1) !== BYTE.lf) throw new ParseError('HPE_STRICT');
    if (this.#state === 'headers') this.#beginBody();
    else this.#endMessage();
    return at + 2;
  }

  #beginBody(): void {
    const head = this.#head;
    this.#isUpgrading = head.isUpgrade;
    const after = this.#sink.onHead(head);
    if (after === 'other protocol') {
      this.#restart('other protocol');
    } else if (after === 'no body' || head.neverHasBody) {
      head.flags |= FLAG.noBody;
      this.#endMessage();
    } else if (head.has(FLAG.chunked)) {
      this.#state = 'chunk line';
    } else if (head.has(FLAG.transferEncoding) && this.#isRequest) {
      throw new ParseError('HPE_INVALID_TRANSFER_ENCODING');
    } else if (head.contentLength > 0) {
      this.#left = head.contentLength;
      this.#state = 'sized body';
    } else if (head.endsWithConnection) {
      this.#state = 'body until close';
    } else {
      this.#endMessage();
    }
  }

  #readChunkLine(text: string, at: number): number {
    const line = readChunkLine(text, at);
    if (!line) return INCOMPLETE;
    this.#left = line.size;
    this.#state = line.size > 0 ? 'chunk' : 'trailers';
    this.#head.size = 0;
    this.#head.fields = this.#head.rawTrailers;
    return line.next;
  }

  #readChunkEnd(text: string, at: number): number {
    if (text.charCodeAt(at) === BYTE.lf) throw new ParseError('HPE_CR_EXPECTED');
    if (text.charCodeAt(at) !== BYTE.cr) throw new ParseError('HPE_STRICT');
    if (at + 1 >= text.length) return INCOMPLETE;
    if (text.charCodeAt(at + 1) !== BYTE.lf) throw new ParseError('HPE_STRICT');
    this.#state = 'chunk line';
    return at + 2;
  }

  #endMessage(): void {
    const head = this.#head;
    const state = head.keepsAlive ? 'first line' : 'closed';
    this.#isClosing = state === 'closed';
    this.#restart(this.#isUpgrading || head.status === 101 ? 'rest of upgrade' : state);
    this.#sink.onEnd();
  }
}

/** Stands for the head before the first message. */
const NO_HEAD = new MessageHead();

/** No line is to be read where the parser is. */
const NO_LINE = -2;

/** @throws ParseError if there is anything else after the last message of a connection */
function skipLineBreaks(chunk: Buffer, at: number): number {
  let index = at;
  while (chunk[index] === BYTE.cr || chunk[index] === BYTE.lf) index++;
  if (index < chunk.length) throw new ParseError('HPE_CLOSED_CONNECTION');
  return index;
}
