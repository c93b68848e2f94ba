/** Changes one of Envoy's messages: opened with its extensions, changed as a plain object, closed again. */
import type protobuf from 'protobufjs';
import { envoyRoot } from './loose-json.ts';

/** An opened message: an Any has `@type` and its fields, or `bytes` where the files do not know its type. */
// biome-ignore lint/suspicious/noExplicitAny: the shape is that of whatever message is edited
export type Opened = any;

/** @param edit - changes the object in place */
export function editMessage(typeUrl: string, body: Uint8Array, edit: (message: Opened) => void): Uint8Array {
  const root = envoyRoot();
  const type = root.lookupType(typeUrl.slice(typeUrl.lastIndexOf('/') + 1));
  const message = opened(root, type.toObject(type.decode(body), { longs: Number }));
  edit(message);
  return type.encode(type.fromObject(closed(root, message) as object)).finish();
}

const isPlain = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !(value instanceof Uint8Array);

function lookup(root: protobuf.Root, name: string): protobuf.Type | undefined {
  try {
    return root.lookupType(name);
  } catch {
    return undefined;
  }
}

function opened(root: protobuf.Root, value: unknown): unknown {
  if (Array.isArray(value)) return value.map(item => opened(root, item));
  if (!isPlain(value)) return value;
  const { type_url: url, value: bytes = new Uint8Array() } = value;
  if (typeof url === 'string' && bytes instanceof Uint8Array) {
    const name = url.slice(url.lastIndexOf('/') + 1);
    const type = lookup(root, name);
    if (!type) return { '@type': name, bytes };
    return {
      '@type': name,
      ...(opened(root, type.toObject(type.decode(bytes), { longs: Number })) as object),
    };
  }
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, opened(root, item)]));
}

function closed(root: protobuf.Root, value: unknown): unknown {
  if (Array.isArray(value)) return value.map(item => closed(root, item));
  if (!isPlain(value)) return value;
  const { '@type': name, ...rest } = value;
  const fields = Object.fromEntries(Object.entries(rest).map(([key, item]) => [key, closed(root, item)]));
  if (typeof name !== 'string') return fields;
  const type = lookup(root, name);
  const bytes = type ? type.encode(type.fromObject(fields)).finish() : rest['bytes'];
  return { type_url: `type.googleapis.com/${name}`, value: bytes };
}
