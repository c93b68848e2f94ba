/**
 * Reads a received message field by field and keeps account of it: what was sent and nobody read is noted where
 * it is known to be harmless, and refused where it is not.
 */
import { messageType, type ReceivedMessage } from './message-type.ts';
import { type OnNote, Refusal } from './refusal.ts';

/** What a reading is done with: the same for a whole resource. */
export interface Reading {
  /** Message → field → why it makes no difference here that it was sent. */
  readonly harmless: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly onNote: OnNote;
}

/** The fields of one message; each of its methods throws a Refusal if the field cannot be read. */
export class Fields {
  /** Full name of the message. */
  readonly type: string;
  readonly reading: Reading;
  readonly #message: ReceivedMessage;
  readonly #read: string[] = [];

  private constructor(type: string, message: ReceivedMessage, reading: Reading) {
    this.type = type;
    this.#message = message;
    this.reading = reading;
  }

  /**
   * Reads bytes as one message.
   * @param read - what is made of it; after it each field that was sent must have been read
   * @throws Refusal for bytes that are no such message, and for what may not be passed over
   */
  static read<T>(type: string, bytes: Uint8Array, reading: Reading, read: (fields: Fields) => T): T {
    return Fields.#account(type, messageType(type).decode(bytes), reading, read);
  }

  static #account<T>(
    type: string,
    message: ReceivedMessage,
    reading: Reading,
    read: (fields: Fields) => T,
  ): T {
    const fields = new Fields(type, message, reading);
    const result = read(fields);
    fields.#close();
    return result;
  }

  /** Whether the field was sent; it counts as read if it was not. */
  has(name: string): boolean {
    return Object.hasOwn(this.#message.fields, name);
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
    if (typeof value === 'number') return value;
    return value === undefined ? 0 : Number(String(value)); // Long, of 64 bits
  }

  bytes(name: string): Uint8Array {
    const value = this.#take(name);
    return value instanceof Uint8Array ? value : new Uint8Array();
  }

  strings(name: string): readonly string[] {
    return this.#list(name).filter(item => typeof item === 'string');
  }

  numbers(name: string): readonly number[] {
    return this.#list(name).map(item => Number(String(item)));
  }

  /** @returns what `read` made of the field, or undefined if it was not sent */
  message<T>(name: string, read: (fields: Fields) => T): T | undefined {
    const value = this.#take(name);
    return isObject(value) ? this.#inside(name, value, read) : undefined;
  }

  messages<T>(name: string, read: (fields: Fields) => T): T[] {
    return this.#list(name)
      .filter(isObject)
      .map(item => this.#inside(name, item, read));
  }

  /** A map of messages, in the order in which its keys were sent. */
  mapOf<T>(name: string, read: (fields: Fields) => T): [key: string, value: T][] {
    const value = this.#take(name);
    if (!isObject(value)) return [];
    return Object.entries(value)
      .filter((entry): entry is [string, object] => isObject(entry[1]))
      .map(([key, item]) => [key, this.#inside(name, item, read)]);
  }

  /** A map of strings. */
  stringMap(name: string): Readonly<Record<string, string>> {
    const value = this.#take(name);
    if (!isObject(value)) return {};
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, String(item)]));
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

  #take(name: string): unknown {
    this.#read.push(name);
    return this.has(name) ? this.#message.fields[name] : undefined;
  }

  #list(name: string): readonly unknown[] {
    const value = this.#take(name);
    return Array.isArray(value) ? value : [];
  }

  #inside<T>(name: string, value: object, read: (fields: Fields) => T): T {
    const type = messageType(this.type).messages[name];
    if (type === undefined) throw new Error(`${this.type}.${name} holds no message`);
    return Fields.#account(type, messageType(type).view(value), this.reading, read);
  }

  #close(): void {
    const harmless = this.reading.harmless[this.type] ?? {};
    for (const name of Object.keys(this.#message.fields)) {
      if (this.#read.includes(name)) continue;
      const because = Object.hasOwn(harmless, name) ? harmless[name] : undefined;
      if (because === undefined) throw new Refusal(`${this.type}: field ${name} is not simulated`);
      this.note(name, because);
    }
    // Envoy takes them without --reject-unknown-dynamic-fields, with a warning
    // (source/common/protobuf/message_validator_impl.cc@v1.30).
    const numbers = [...new Set(this.#message.unknown)].sort((a, b) => a - b).join(', ');
    if (numbers !== '')
      this.reading.onNote(
        `Unexpected field: type ${this.type} with unknown field set {${numbers}} has unknown fields`,
      );
  }
}

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !(value instanceof Uint8Array);
