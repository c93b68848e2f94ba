/**
 * Messages to bytes and back, by the message's full name. The descriptor is read when the first message is asked
 * for, and of it only what that message reaches.
 */
import text from 'envoy-descriptors';
import protobuf from 'protobufjs/light.js';
import { ISTIO_MESSAGES } from './istio-messages.ts';
import { Refusal } from './refusal.ts';

/** A field's value: what is absent or undefined is not sent. Enumerations are numbers, as on the wire. */
export type ProtoValue =
  | string
  | number
  | boolean
  | Uint8Array
  | ProtoMessage
  | readonly ProtoValue[]
  | undefined;

/** A message to send: its fields by their names in the .proto file (`connect_timeout`). */
export interface ProtoMessage {
  readonly [field: string]: ProtoValue;
}

/** A message as it was received: its fields by name, and what has no name. */
export interface ReceivedMessage {
  /** Fields that were sent, but for scalars outside of a oneof that have their default. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** Numbers of fields that the descriptor does not have, or that came in another wire type. */
  readonly unknown: readonly number[];
}

/** A message's codec. */
export interface MessageType {
  /** `envoy.config.cluster.v3.Cluster` */
  readonly name: string;
  /** Field → full name of the message in it, for fields of messages. */
  readonly messages: Readonly<Record<string, string>>;
  /** @throws TypeError for a value of another type than the field's */
  encode(message: ProtoMessage): Uint8Array;
  /** @throws Refusal in Envoy's words (source/common/protobuf/utility.cc@v1.30, unpackTo) */
  decode(bytes: Uint8Array): ReceivedMessage;
  /** Views a message that was received inside of another one. */
  view(message: object): ReceivedMessage;
}

type Rows = Readonly<Record<string, readonly string[]>>;

const known = new Map<string, MessageType>();
const root = new protobuf.Root();
let rows: Rows | undefined;

/**
 * Returns a message's codec.
 * @throws Error for a name that neither `wanted.json` nor `istio-messages.ts` has
 */
export function messageType(name: string): MessageType {
  const found = known.get(name);
  if (found) return found;
  const made = codecOf(name);
  known.set(name, made);
  return made;
}

/** Whether `messageType` has it. */
export const isKnownMessage = (name: string): boolean => Object.hasOwn(allRows(), name);

function allRows(): Rows {
  rows ??= { ...(JSON.parse(text) as Rows), ...ISTIO_MESSAGES }; // our own text, made by build-descriptors.mjs
  return rows;
}

/** In one namespace: a name may hold dots there no more. */
const flat = (name: string): string => name.replaceAll('.', '_');

/** Returns a message that is in the root, with all that its fields need. */
function typeOf(name: string): protobuf.Type {
  const added: protobuf.Type[] = [];
  const type = add(name, added);
  // Not their own constructors, which give a message empty lists and maps that nobody sent.
  for (const each of added) each.ctor = class extends protobuf.Message {};
  return type;
}

function add(name: string, added: protobuf.Type[]): protobuf.Type {
  const existing = root.get(flat(name));
  if (existing instanceof protobuf.Type) return existing;
  const own = Object.hasOwn(allRows(), name) ? allRows()[name] : undefined;
  if (!own) throw new Error(`no message ${name}: see wanted.json`);
  const fields: Record<string, protobuf.IField | protobuf.IMapField> = {};
  const oneofs: Record<string, protobuf.IOneOf> = {};
  const needed: string[] = [];
  for (const row of own) {
    const [id = '', rule = '', kind = '', field = ''] = row.split(' ');
    if (id === 'oneof') {
      oneofs[rule] = { oneof: row.split(' ').slice(2) };
      continue;
    }
    if (kind.includes('.')) needed.push(kind);
    fields[field] = {
      id: Number(id),
      type: kind.includes('.') ? flat(kind) : kind,
      ...(rule === 'many' && { rule: 'repeated' }),
      ...(rule.startsWith('map:') && { keyType: rule.slice('map:'.length) }),
    };
  }
  const type = protobuf.Type.fromJSON(flat(name), { fields, oneofs });
  root.add(type);
  added.push(type);
  for (const each of needed) add(each, added);
  return type;
}

function codecOf(name: string): MessageType {
  const type = typeOf(name);
  const messages: Record<string, string> = {};
  for (const row of allRows()[name] ?? []) {
    const [id, , kind = '', field = ''] = row.split(' ');
    if (id !== 'oneof' && kind.includes('.')) messages[field] = kind;
  }
  return {
    name,
    messages,
    encode: message => type.encode(message).finish(),
    decode: bytes => {
      const reader = protobuf.Reader.create(bytes);
      reader.discardUnknown = false;
      try {
        return viewOf(type.decode(reader));
      } catch {
        // What protobufjs found depends on the place in the bytes; Envoy tells no more than this either.
        throw new Refusal(`Unable to unpack as ${name}`);
      }
    },
    view: viewOf,
  };
}

/** @param message - of protobufjs: own properties are what was sent */
function viewOf(message: object): ReceivedMessage {
  const { $unknowns = [] } = message as { readonly $unknowns?: readonly Uint8Array[] }; // as protobufjs has it
  const unknown = $unknowns.map(bytes => protobuf.Reader.create(bytes).uint32() >>> 3);
  return { fields: message as Readonly<Record<string, unknown>>, unknown };
}
