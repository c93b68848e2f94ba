/**
 * The types of the built-in kinds as data: the names and types of their fields, for the validation of JSON,
 * and their numbers, for protobuf bodies. They are those of the generated.proto files in k8s.io/api and
 * k8s.io/apimachinery @v0.32.
 *
 * A field is `number name type`. Types: `s` string, `i` integer, `b` boolean, `y` bytes, `T` Time, `M`
 * MicroTime, `Q` Quantity, `I` IntOrString, `R` raw JSON, `-` anything, which protobuf bodies may leave out
 * (statuses), `!` anything, which is not read from protobuf, or a message. `*` marks pointers of Go, whose
 * zero values count; `[]` lists, `{}` maps by string. The name `~` puts the fields of the message into the
 * one around it, as `json:",inline"` does.
 */

import { CORE_MESSAGES } from './core-messages.ts';
import { GROUP_MESSAGES, OLD_MESSAGES, VERSIONED } from './group-messages.ts';

/** A field of a message. */
export interface Field {
  readonly name: string;
  /** One of the letters above, or a message. */
  readonly type: string;
  readonly shape: 'value' | 'pointer' | 'list' | 'map';
}

/** The fields of a type by their numbers. */
export type Message = ReadonlyMap<number, Field>;

const parsed = new Map<string, Message>();

/**
 * Finds the fields of a message.
 * @returns undefined for a message that is not described
 */
export function messageOf(name: string): Message | undefined {
  const known = parsed.get(name);
  if (known) return known;
  const text = CORE_MESSAGES[name] ?? GROUP_MESSAGES[name] ?? OLD_MESSAGES[name];
  if (text === undefined) return undefined;
  const fields = new Map<number, Field>();
  for (const entry of text.split(', ')) {
    const [number = '', field = '', type = ''] = entry.split(' ');
    const [, mark = '', base = ''] = /^(\*|\[\]|\{\})?(.*)$/.exec(type) ?? [];
    const shape = mark === '*' ? 'pointer' : mark === '[]' ? 'list' : mark === '{}' ? 'map' : 'value';
    fields.set(Number(number), { name: field, type: base, shape });
  }
  parsed.set(name, fields);
  return fields;
}

/** Returns the name of an object's message. */
export function messageFor(apiVersion: string, kind: string): string {
  return VERSIONED[`${apiVersion} ${kind}`] ?? kind;
}
