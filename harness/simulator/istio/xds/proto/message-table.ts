/** The fields of each message, out of the descriptor: read when a message is first asked for. */
import text from 'envoy-descriptors';
import { ISTIO_MESSAGES } from './istio-messages.ts';

/** Kinds of scalars that our messages have, with their wire types (protobuf.dev, encoding). */
const WIRE_TYPES = {
  int32: 0,
  int64: 0,
  uint32: 0,
  uint64: 0,
  bool: 0,
  double: 1,
  string: 2,
  bytes: 2,
  /** A message that nobody reads. */
  opaque: 2,
  float: 5,
} as const;

/** A scalar's type, as .proto files name it. */
export type ScalarKind = keyof typeof WIRE_TYPES;

/** One field of a message. */
export interface FieldRow {
  readonly id: number;
  readonly name: string;
  readonly rule: 'one' | 'many' | 'map';
  /** `message` is one whose name is `type`. An enumeration is an int32 here, `enum:<full name>` in `type`. */
  readonly kind: ScalarKind | 'message';
  readonly type: string;
  /** 0, 1, 2 or 5: how one value is sent. */
  readonly wireType: number;
  /** Its zero is told from nothing: it is a message, of a oneof, or `optional`. */
  readonly hasPresence: boolean;
  /** Names of the fields that go when this one comes. */
  readonly others: readonly string[];
}

/** The fields of one message. */
interface MessageTable {
  /** `envoy.config.cluster.v3.Cluster` */
  readonly name: string;
  readonly byName: ReadonlyMap<string, FieldRow>;
  readonly byId: ReadonlyMap<number, FieldRow>;
}

type Rows = Readonly<Record<string, readonly string[]>>;

const known = new Map<string, MessageTable>();
let rows: Rows | undefined;

/**
 * Returns the fields of a message.
 * @param name - the full name
 * @throws Error for a name that neither `wanted.json` nor `istio-messages.ts` has
 */
export function messageTable(name: string): MessageTable {
  const found = known.get(name);
  if (found) return found;
  const own = rowsOf(name);
  if (!own) throw new Error(`no message ${name}: see wanted.json`);
  const words = own.map(row => row.split(' '));
  const oneofs = words.filter(([first]) => first === 'oneof').map(([, , ...members]) => members);
  const fields = words.filter(([first]) => first !== 'oneof').map(row => fieldOf(row, oneofs));
  const table: MessageTable = {
    name,
    byName: new Map(fields.map(field => [field.name, field])),
    byId: new Map(fields.map(field => [field.id, field])),
  };
  known.set(name, table);
  return table;
}

/** Says whether the fields of a message are known: whether `messageTable` has it. */
export const isKnownMessage = (name: string): boolean => rowsOf(name) !== undefined;

/**
 * Returns the name of an enumeration's value; of several for one number the first in the .proto file.
 * @param type - a field's: `enum:envoy.config.cluster.v3.Cluster.DiscoveryType`
 * @returns undefined for a number without a name
 */
export function enumName(type: string, value: number): string | undefined {
  const row = rowsOf(type.slice(ENUM.length))?.find(it => it.startsWith(`${value} `));
  return row?.slice(row.indexOf(' ') + 1);
}

/** What a field's type begins with that is an enumeration. */
const ENUM = 'enum:';

/** Says whether the numbers of a field have names. */
export const isEnum = ({ type }: FieldRow): boolean => type.startsWith(ENUM);

function rowsOf(name: string): readonly string[] | undefined {
  // A cast: it is our own text, made by build-descriptors.mjs.
  rows ??= { ...(JSON.parse(text) as Rows), ...ISTIO_MESSAGES };
  return Object.hasOwn(rows, name) ? rows[name] : undefined;
}

function fieldOf(words: readonly string[], oneofs: readonly (readonly string[])[]): FieldRow {
  const [id = '', rule = '', type = '', name = ''] = words;
  const kind = kindOf(type);
  const siblings = oneofs.find(members => members.includes(name));
  return {
    id: Number(id),
    name,
    rule: rule === 'one' || rule === 'many' ? rule : 'map',
    kind,
    type,
    wireType: kind === 'message' ? 2 : WIRE_TYPES[kind],
    hasPresence: siblings !== undefined || kind === 'message' || kind === 'opaque',
    others: siblings?.filter(other => other !== name) ?? [],
  };
}

function kindOf(type: string): FieldRow['kind'] {
  if (type.startsWith(ENUM)) return 'int32';
  if (type.includes('.')) return 'message';
  if (isScalar(type)) return type;
  throw new Error(`scalars of type ${type} are not used so far: see message-table.ts`);
}

const isScalar = (type: string): type is ScalarKind => Object.hasOwn(WIRE_TYPES, type);
