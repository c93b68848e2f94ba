/** Any of Envoy's messages as JSON, extensions opened: for reading what our own decoder may refuse. */
import type protobuf from 'protobufjs';
import { loadEnvoyProtos } from './envoy-protos.ts';

const HTTP = 'envoy/extensions/filters/http';
const FILES = [
  'envoy/config/cluster/v3/cluster.proto',
  'envoy/config/endpoint/v3/endpoint.proto',
  'envoy/config/listener/v3/listener.proto',
  'envoy/config/route/v3/route.proto',
  'envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager.proto',
  'envoy/extensions/filters/network/tcp_proxy/v3/tcp_proxy.proto',
  `${HTTP}/router/v3/router.proto`,
  `${HTTP}/rbac/v3/rbac.proto`,
  `${HTTP}/fault/v3/fault.proto`,
  `${HTTP}/cors/v3/cors.proto`,
  'envoy/extensions/filters/network/rbac/v3/rbac.proto',
  'envoy/extensions/upstreams/http/v3/http_protocol_options.proto',
  'envoy/extensions/load_balancing_policies/least_request/v3/least_request.proto',
  'envoy/extensions/transport_sockets/tls/v3/tls.proto',
];
let root: protobuf.Root | undefined;

/** Envoy's files, read once. */
export function envoyRoot(): protobuf.Root {
  root ??= loadEnvoyProtos(FILES);
  return root;
}

/** A message, opened as far as the files know its types. @param typeUrl - with or without its prefix */
export function looseJson(typeUrl: string, body: Uint8Array): unknown {
  return open(envoyRoot(), typeUrl.slice(typeUrl.lastIndexOf('/') + 1), body);
}

function open(all: protobuf.Root, name: string, body: Uint8Array): unknown {
  let type: protobuf.Type;
  try {
    type = all.lookupType(name);
  } catch {
    return { unknown: name, bytes: Buffer.from(body).toString('hex') };
  }
  return openInside(all, type.toObject(type.decode(body), { enums: String, longs: Number }));
}

function openInside(all: protobuf.Root, value: unknown): unknown {
  if (Array.isArray(value)) return value.map(item => openInside(all, item));
  if (value === null || typeof value !== 'object' || value instanceof Uint8Array) return value;
  const { type_url: url, value: bytes } = value as { type_url?: unknown; value?: unknown };
  if (typeof url === 'string') {
    const name = url.slice(url.lastIndexOf('/') + 1);
    const body = bytes instanceof Uint8Array ? bytes : new Uint8Array();
    return { '@type': name, ...(open(all, name, body) as object) };
  }
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, openInside(all, item)]));
}
