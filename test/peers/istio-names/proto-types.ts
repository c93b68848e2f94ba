/** Messages of .proto files as types, with the names that fields have in JSON. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import protobuf from 'protobufjs';
import { objectText } from './type-text.ts';

const SCALARS: Readonly<Record<string, string>> = {
  string: 's',
  bytes: 's',
  bool: 'b',
  double: 'n',
  float: 'n',
};
/** Messages that JSON has as something else. */
const WELL_KNOWN: Readonly<Record<string, string>> = {
  Duration: 's',
  Timestamp: 's',
  StringValue: 's',
  BoolValue: 'b',
  UInt32Value: 'i',
  UInt64Value: 'i',
  Int32Value: 'i',
  Int64Value: 'i',
  DoubleValue: 'n',
  FloatValue: 'n',
  Struct: 'o',
  Value: 'o',
  Any: 'o',
};

/** Loads a file and what it imports below the root; other imports are types that nobody looks into. */
export function readProto(root: string, file: string): protobuf.Root {
  const loaded = new protobuf.Root();
  const seen = new Set<string>();
  const read = (name: string): void => {
    if (seen.has(name)) return;
    seen.add(name);
    let text: string;
    try {
      text = readFileSync(path.join(root, name), 'utf8');
    } catch {
      return;
    }
    const { imports = [], weakImports = [] } = protobuf.parse(text, loaded, { keepCase: true });
    for (const each of [...imports, ...weakImports]) read(each);
  };
  read(file);
  return loaded;
}

const inCamelCase = (name: string): string =>
  name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

/**
 * Finds a message and writes its type; a message within itself is anything.
 * @param inJson - true: fields are named as protobuf's JSON names them; false: as they are written
 */
export function messageType(root: protobuf.Root, message: string, inJson: boolean): string {
  const nameOf = ({ name, options }: protobuf.Field): string => {
    const told: unknown = options?.['json_name'];
    return typeof told === 'string' ? told : inJson ? inCamelCase(name) : name;
  };
  const typeOf = (field: protobuf.Field, above: readonly string[]): string => {
    const { parent, type } = field;
    const short = type.split('.').at(-1) ?? '';
    const found = parent?.lookup(type) ?? null;
    if (found instanceof protobuf.Enum) return `s(${Object.keys(found.values).join('|')})`;
    if (found instanceof protobuf.Type && !type.startsWith('google.'))
      return above.includes(found.fullName) ? 'o' : fieldsOf(found, [...above, found.fullName]);
    return WELL_KNOWN[short] ?? SCALARS[type] ?? (/^[su]?(int|fixed)\d/.test(type) ? 'i' : 'o');
  };
  const fieldsOf = (type: protobuf.Type, above: readonly string[]): string =>
    objectText(
      new Map(
        type.fieldsArray.map(field => {
          const one = typeOf(field, above);
          const whole = field instanceof protobuf.MapField ? `<${one}>` : field.repeated ? `[${one}]` : one;
          return [nameOf(field), whole];
        }),
      ),
    );
  const found = root.lookup(message, [protobuf.Type]) ?? find(root, message);
  if (!(found instanceof protobuf.Type)) throw new Error(`there is no message ${message}`);
  return fieldsOf(found, [found.fullName]);
}

/** Looks for a message in all packages. */
function find(space: protobuf.NamespaceBase, name: string): protobuf.ReflectionObject | undefined {
  const own = space.nested?.[name];
  if (own instanceof protobuf.Type) return own;
  for (const each of space.nestedArray)
    if (each instanceof protobuf.Namespace && !(each instanceof protobuf.Type)) {
      const found = find(each, name);
      if (found) return found;
    }
  return undefined;
}
