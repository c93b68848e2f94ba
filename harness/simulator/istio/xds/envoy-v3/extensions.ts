/**
 * What the simulated Envoy does with each type of extension: data. A type that is not here has no
 * implementation, as for an Envoy that was built without it.
 */
import { Fields } from '../proto/fields.ts';
import { Refusal } from '../proto/refusal.ts';
import { type Packed, packedOf, typeOfUrl } from '../proto/well-known.ts';
import { TYPES } from './type-names.ts';

/** What becomes of an extension: it is run, passed over with a note, or reason to refuse the resource. */
type Treatment =
  | { readonly kind: 'executed' }
  | { readonly kind: 'accepted'; readonly because: string }
  | { readonly kind: 'refused' };

const executed: Treatment = { kind: 'executed' };
const refused: Treatment = { kind: 'refused' };
const accepted = (because: string): Treatment => ({ kind: 'accepted', because });

/** Any message as JSON, with its own type URL inside: so istiod sends filters that Envoy may not know. */
const TYPED_STRUCTS: ReadonlySet<string> = new Set(['udpa.type.v1.TypedStruct', 'xds.type.v3.TypedStruct']);

const TELEMETRY = accepted('there is no telemetry');
const HTTP = 'envoy.extensions.filters.http';
const NETWORK = 'envoy.extensions.filters.network';
const LISTENER = 'envoy.extensions.filters.listener';

/** Full name of the configuration's message → what is done with it. */
const EXTENSIONS: Readonly<Record<string, Treatment>> = {
  [TYPES.upstreamTls]: executed,
  [TYPES.downstreamTls]: executed,
  [TYPES.rawBuffer]: executed,
  [TYPES.connectionManager]: executed,
  [TYPES.tcpProxy]: executed,
  [TYPES.sniCluster]: executed,
  [TYPES.router]: executed,
  [TYPES.httpRbac]: executed,
  [TYPES.networkRbac]: executed,
  [TYPES.alpnFilter]: executed,
  [TYPES.originalDst]: executed,
  [TYPES.tlsInspector]: executed,
  [TYPES.httpInspector]: executed,
  [TYPES.previousHosts]: executed,
  [TYPES.pathTemplate]: executed,

  [`${LISTENER}.proxy_protocol.v3.ProxyProtocol`]: refused,

  // The filters that istiod puts before the router of every proxy, whatever the mesh asks for.
  [`${HTTP}.cors.v3.Cors`]: accepted('what browsers are told is told by routes'),
  [`${HTTP}.fault.v3.HTTPFault`]: accepted('faults are those of routes'),
  [`${HTTP}.grpc_stats.v3.FilterConfig`]: TELEMETRY,
  'io.istio.http.peer_metadata.Config': TELEMETRY,
  'stats.PluginConfig': TELEMETRY,
  'envoy.tcp.metadataexchange.config.MetadataExchange': TELEMETRY,
  'istio.telemetry.http.access_log.Config': TELEMETRY,
  'envoy.extensions.request_id.uuid.v3.UuidRequestIdConfig': accepted('requests have such an id anyway'),
  [TYPES.httpOptions]: executed,
  [`${HTTP}.jwt_authn.v3.JwtAuthentication`]: refused,
  [`${HTTP}.ext_authz.v3.ExtAuthz`]: refused,
  [`${HTTP}.local_ratelimit.v3.LocalRateLimit`]: refused,
  [`${HTTP}.ratelimit.v3.RateLimit`]: refused,
  [`${HTTP}.lua.v3.Lua`]: refused,
  [`${HTTP}.wasm.v3.Wasm`]: refused,
  [`${HTTP}.compressor.v3.Compressor`]: refused,
  [`${HTTP}.stateful_session.v3.StatefulSession`]: refused,

  [`${NETWORK}.ext_authz.v3.ExtAuthz`]: refused,
  [`${NETWORK}.local_ratelimit.v3.LocalRateLimit`]: refused,
  [`${NETWORK}.wasm.v3.Wasm`]: refused,
  [`${NETWORK}.redis_proxy.v3.RedisProxy`]: refused,
  [`${NETWORK}.mongo_proxy.v3.MongoProxy`]: refused,
};

/** An extension that is to be run. */
interface Extension {
  /** `envoy.filters.http.router`; of no meaning to Envoy but in messages. */
  readonly name: string;
  readonly packed: Packed;
}

/**
 * Reads `name` and `typed_config`.
 * @returns undefined if the extension is passed over, which is noted
 * @throws Refusal for an extension that is not simulated, or of an unknown type
 */
export function extensionOf(fields: Fields): Extension | undefined {
  const name = fields.string('name');
  const sent = fields.message('typed_config', packedOf) ?? { type: '', value: new Uint8Array() };
  const isStruct = TYPED_STRUCTS.has(sent.type);
  const packed = isStruct ? Fields.read(sent.type, sent.value, fields.reading, structOf) : sent;
  const extension = treated(fields, { name, packed });
  if (extension && isStruct) throw new Refusal(`${name}: ${packed.type} as a TypedStruct is not simulated`);
  return extension;
}

/**
 * Passes over an extension of a map, which is not executed.
 * @throws Refusal for one that is not simulated, or of an unknown type
 */
export const passExtension = (fields: Fields, extension: Extension): void => void treated(fields, extension);

/** @returns undefined if the extension is passed over, which is noted @throws Refusal */
function treated(fields: Fields, { name, packed }: Extension): Extension | undefined {
  const treatment = Object.hasOwn(EXTENSIONS, packed.type) ? EXTENSIONS[packed.type] : undefined;
  switch (treatment?.kind) {
    case 'executed':
      return { name, packed };
    case 'accepted':
      fields.note(packed.type, treatment.because);
      return undefined;
    case 'refused':
      throw new Refusal(`${name}: an extension of type ${packed.type} is not simulated`);
    default:
      return noImplementation({ name, packed });
  }
}

/** Reads a TypedStruct; what is in it counts for extensions only that are executed. */
function structOf(struct: Fields): Packed {
  struct.message('value', it => it.pass('fields', 'no extension that comes as JSON is executed'));
  return { type: typeOfUrl(struct.string('type_url')), value: new Uint8Array() };
}

/**
 * Refuses an extension that is unknown, or does not belong where it was found.
 * @throws Refusal always, in the words of source/common/config/utility.h@v1.30 (getAndCheckFactory)
 */
export function noImplementation({ name, packed }: Extension): never {
  throw new Refusal(`Didn't find a registered implementation for '${name}' with type URL: '${packed.type}'`);
}
