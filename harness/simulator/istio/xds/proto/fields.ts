/**
 * Reads a received message field by field and keeps account of it: what was sent and nobody read is noted
 * where it is known to be harmless, and refused where it is not.
 */
import { decodeMessage, type Received, type ReceivedMessage } from './decode-message.ts';
import { messageTable } from './message-table.ts';
import { type OnNote, Refusal } from './refusal.ts';

/** What a reading is done with: the same for a whole resource. */
export interface Reading {
  /** Message → field → why it makes no difference here that it was sent. */
  readonly harmless: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly onNote: OnNote;
}

/** How deep messages may be in each other (google/protobuf, CodedInputStream: default recursion limit). */
const MAX_DEPTH = 100;

/** The fields of one message; each of its methods throws a Refusal if the field cannot be read. */
export class Fields {
  /** Full name of the message. */
  readonly type: string;
  readonly reading: Reading;
  readonly #depth: number;
  readonly #message: ReceivedMessage;
  readonly #read: string[] = [];

  private constructor(type: string, bytes: Uint8Array, reading: Reading, depth: number) {
    if (depth > MAX_DEPTH) throw new Refusal(`Unable to unpack as ${type}`);
    this.type = type;
    this.reading = reading;
    this.#depth = depth;
    this.#message = decodeMessage(type, bytes);
  }

  /**
   * Reads bytes as one message.
   * @param read - what is made of it; after it each field that was sent must have been read
   * @throws Refusal for bytes that are no such message, and for what may not be passed over
   */
  static read<T>(type: string, bytes: Uint8Array, reading: Reading, read: (fields: Fields) => T): T {
    return new Fields(type, bytes, reading, 0).#account(read);
  }

  #account<T>(read: (fields: Fields) => T): T {
    const result = read(this);
    this.#close();
    return result;
  }

  /** Whether the field was sent; to ask is not to read it. */
  has(name: string): boolean {
    return this.#message.fields.has(name);
  }

  string(name: string): string {
    const value = this.#take(name);
    return typeof value === 'string' ? value : '';
  }

  boolean(name: string): boolean {
    return this.#take(name) === true;
  }

  /** A number of any width; one beyond 2^53 is inexact. */
  number(name: string): number {
    const value = this.#take(name);
    return typeof value === 'number' ? value : 0;
  }

  bytes(name: string): Uint8Array {
    const value = this.#take(name);
    return value instanceof Uint8Array ? value : new Uint8Array();
  }

  strings(name: string): readonly string[] {
    return this.#list(name).filter(item => typeof item === 'string');
  }

  numbers(name: string): readonly number[] {
    return this.#list(name).filter(item => typeof item === 'number');
  }

  /** @returns what `read` made of the field, or undefined if it was not sent */
  message<T>(name: string, read: (fields: Fields) => T): T | undefined {
    const value = this.#take(name);
    return value instanceof Uint8Array ? this.#inside(name, value, read) : undefined;
  }

  messages<T>(name: string, read: (fields: Fields) => T): T[] {
    return this.#list(name)
      .filter(item => item instanceof Uint8Array)
      .map(item => this.#inside(name, item, read));
  }

  /** A map of messages, in the order in which its keys were sent. */
  mapOf<T>(name: string, read: (fields: Fields) => T): [key: string, value: T][] {
    return this.#entries(name).flatMap(([key, item]) =>
      item instanceof Uint8Array ? [[key, this.#inside(name, item, read)]] : [],
    );
  }

  /** A map of strings. */
  stringMap(name: string): Readonly<Record<string, string>> {
    return Object.fromEntries(this.#entries(name).map(([key, item]) => [key, String(item)]));
  }

  /** Takes a field for read that makes no difference, whatever is in it. */
  pass(name: string, because: string): void {
    if (this.has(name)) this.note(name, because);
    this.#take(name);
  }

  /** Says that something was taken without effect. */
  note(what: string, because: string): void {
    this.reading.onNote(`accepted without effect: ${this.type} ${what}, because ${because}`);
  }

  #take(name: string) {
    this.#read.push(name);
    return this.#message.fields.get(name);
  }

  #list(name: string): readonly Received[] {
    const value = this.#take(name);
    return Array.isArray(value) ? value : [];
  }

  #entries(name: string): readonly [string, Received][] {
    const value = this.#take(name);
    return value instanceof Map ? [...value] : [];
  }

  #inside<T>(name: string, bytes: Uint8Array, read: (fields: Fields) => T): T {
    const field = messageTable(this.type).byName.get(name);
    if (field?.kind !== 'message') throw new Error(`${this.type}.${name} holds no message`);
    return new Fields(field.type, bytes, this.reading, this.#depth + 1).#account(read);
  }

  #close(): void {
    const harmless = this.reading.harmless[this.type] ?? {};
    for (const name of this.#message.fields.keys()) {
      if (this.#read.includes(name)) continue;
      const because = Object.hasOwn(harmless, name) ? harmless[name] : undefined;
      if (because === undefined) throw new Refusal(`${this.type}: field ${name} is not simulated`);
      this.note(name, because);
    }
    if (this.#message.unknown.length === 0) return;
    // Envoy takes them without --reject-unknown-dynamic-fields, with a warning
    // (source/common/protobuf/message_validator_impl.cc@v1.30).
    const numbers = [...new Set(this.#message.unknown)].sort((a, b) => a - b).join(', ');
    this.reading.onNote(
      `Unexpected field: type ${this.type} with unknown field set {${numbers}} has unknown fields`,
    );
  }
}
