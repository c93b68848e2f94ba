/** Writes JSON as protobuf by rows that tell the fields of each message. */
import { dump } from 'js-yaml';
import { isObject, type JsonObject } from '../../registry/json.ts';

/**
 * A message: `number name type` for each field, sorted by number. Types: `s` string, `b` boolean, `d` double,
 * `l` integer, `y` any value as YAML, or a message; `[]` for lists, `{}` for a list of pairs of name and
 * value. The name `*` takes the members that no other field takes, and `x-*` those of them that begin so.
 */
export type Rows = Readonly<Record<string, string>>;

/** A message that holds one of several: which field has a value, and the field's type. */
type Choose = (value: unknown) => readonly [number: number, type: string];
export type Choices = Readonly<Record<string, Choose>>;

interface Row {
  readonly number: number;
  readonly name: string;
  readonly shape: '' | '[]' | '{}';
  readonly type: string;
}

const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 0x80) {
    bytes.push((rest % 0x80) + 0x80);
    rest = Math.floor(rest / 0x80);
  }
  bytes.push(rest);
  return Buffer.from(bytes);
}

const tagged = (number: number, wire: number, content: Buffer): Buffer =>
  Buffer.concat([varint(number * 8 + wire), content]);

const delimited = (number: number, content: Buffer): Buffer =>
  tagged(number, BYTES, Buffer.concat([varint(content.length), content]));

function double(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(value);
  return bytes;
}

/** Any value as YAML; the empty text stands in double quotes, as go-yaml writes it. */
const inYaml = (value: unknown): string => dump(value, { quotingType: '"', lineWidth: -1, noRefs: true });

/** Writes the messages of a format. */
export class Encoder {
  readonly #texts: Rows;
  readonly #choices: Choices;
  readonly #rows = new Map<string, readonly Row[]>();

  constructor(rows: Rows, choices: Choices) {
    this.#texts = rows;
    this.#choices = choices;
  }

  /** Writes a message. Members that no row names are left out. */
  encode(message: string, value: unknown): Buffer {
    const choose = this.#choices[message];
    if (choose) {
      const [number, type] = choose(value);
      return number === 0 ? Buffer.alloc(0) : this.#field(number, type, value, true);
    }
    if (!isObject(value)) return Buffer.alloc(0);
    const rows = this.#rowsOf(message);
    const named = new Set(rows.map(({ name }) => name));
    return Buffer.concat(rows.flatMap(row => this.#member(row, value, named)));
  }

  #member({ number, name, shape, type }: Row, value: JsonObject, named: ReadonlySet<string>): Buffer[] {
    if (name.endsWith('*')) {
      const start = name.slice(0, -1);
      return Object.entries(value)
        .filter(([key]) => key.startsWith(start) && !named.has(key))
        .map(([key, each]) => this.#pair(number, key, type, each));
    }
    const member = value[name];
    if (member === undefined) return [];
    if (shape === '[]') {
      const list: readonly unknown[] = Array.isArray(member) ? member : [member];
      return list.map(each => this.#field(number, type, each, true));
    }
    return [this.#field(number, type, member, false)];
  }

  #pair(number: number, name: string, type: string, value: unknown): Buffer {
    return delimited(
      number,
      Buffer.concat([delimited(1, Buffer.from(name)), this.#field(2, type, value, true)]),
    );
  }

  /** @param always - whether zero values are written too */
  #field(number: number, type: string, value: unknown, always: boolean): Buffer {
    switch (type) {
      case 's':
        return value === '' && !always ? Buffer.alloc(0) : delimited(number, Buffer.from(String(value)));
      case 'b':
        return value !== true && !always
          ? Buffer.alloc(0)
          : tagged(number, VARINT, varint(value === true ? 1 : 0));
      case 'd':
        return value === 0 && !always ? Buffer.alloc(0) : tagged(number, FIXED64, double(Number(value)));
      case 'l':
        return value === 0 && !always ? Buffer.alloc(0) : tagged(number, VARINT, varint(Number(value)));
      case 'y':
        return delimited(number, delimited(2, Buffer.from(inYaml(value))));
      default:
        return delimited(number, this.encode(type, value));
    }
  }

  #rowsOf(message: string): readonly Row[] {
    let rows = this.#rows.get(message);
    if (!rows) {
      rows = (this.#texts[message] ?? '').split(', ').map(text => {
        const [number = '', name = '', typeText = ''] = text.split(' ');
        const [, shape = '', type = ''] = /^(\[\]|\{\})?(.*)$/.exec(typeText) ?? [];
        return { number: Number(number), name, shape: shape as Row['shape'], type }; // by the expression
      });
      this.#rows.set(message, rows);
    }
    return rows;
  }
}
