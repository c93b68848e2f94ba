/** Holds what was read of Go structs against the .proto file of the same package. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import protobuf from 'protobufjs';
import type { Described } from './describe.ts';

/** Types of .proto files by our letters; messages are told apart by name. */
const SCALARS: Readonly<Record<string, readonly string[]>> = {
  s: ['string'],
  b: ['bool'],
  i: ['int32', 'int64'],
  l: ['int64', 'int32'],
  d: ['double'],
  y: ['bytes'],
};

function sameType(letter: string, proto: protobuf.Field): boolean {
  const base = letter.replace(/^(\*|\[\]|\{\})+/, '');
  const scalars = SCALARS[base];
  if (scalars) return scalars.includes(proto.type);
  // Times, quantities and the like are messages of these names.
  const named: Readonly<Record<string, string>> = {
    T: 'Time',
    M: 'MicroTime',
    D: 'Duration',
    Q: 'Quantity',
    I: 'IntOrString',
  };
  const short = proto.type.split('.').at(-1) ?? '';
  if (base === 'R') return ['RawExtension', 'FieldsV1', 'JSON', 'bytes'].includes(short);
  if (base === 'X') return scalars === undefined && /^[A-Z]/.test(short);
  return short === (named[base] ?? base.split('.').at(-1));
}

/** Returns what differs, one line each. @param folder - of the Go package */
export function protoDifferences(folder: string, described: Described): string[] {
  const root = protobuf.parse(readFileSync(path.join(folder, 'generated.proto'), 'utf8'), { keepCase: true });
  const space = root.root.lookup(root.package ?? '');
  const differences: string[] = [];
  if (!(space instanceof protobuf.Namespace)) return [`${folder}: no package in generated.proto`];
  for (const [name, fields] of described.messages) {
    const message = space.get(name);
    if (!(message instanceof protobuf.Type)) {
      differences.push(`${name} is no message`);
      continue;
    }
    const known = new Map(
      [...fields.values()].map(text => text.split(' ')).map(words => [Number(words[0]), words]),
    );
    for (const field of message.fieldsArray) {
      const words = known.get(field.id);
      known.delete(field.id);
      if (!words) differences.push(`${name}.${field.name} = ${field.id} is missing`);
      else if (!sameType(words[2] ?? '', field))
        differences.push(`${name}.${field.name}: ${words[2]}, ${field.type}`);
    }
    for (const [id, words] of known)
      differences.push(`${name}.${words[1]} = ${id} is not in the .proto file`);
  }
  return differences;
}
