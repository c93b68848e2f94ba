/**
 * What a cluster says of its HTTP connections, to extensions.upstreams.http.v3.HttpProtocolOptions and back.
 */
import type { ProtoMessage } from '../proto/encode-message.ts';
import { Fields } from '../proto/fields.ts';
import { anyOf, durationOf, millisecondsOf, packedOf, uint32Of, wrapped } from '../proto/well-known.ts';
import type { Cluster } from '../resources.ts';
import { passExtension } from './extensions.ts';
import { TYPES } from './type-names.ts';

/** The part of a cluster that is said there. */
export type HttpOptions = Pick<Cluster, 'maxRequestsPerConnection' | 'idleTimeoutMs' | 'namesByHost'>;

const PROTOCOL = 'the protocol to a host is always HTTP/1.1';
const OPTIONS = 'it makes no difference to short requests';

/** Returns the entry of `typed_extension_protocol_options`; undefined if there is nothing to say. */
export function httpOptionsOf({
  maxRequestsPerConnection: most,
  idleTimeoutMs,
  namesByHost,
}: HttpOptions): ProtoMessage | undefined {
  if (most === undefined && idleTimeoutMs === undefined && !namesByHost) return undefined;
  const message = {
    common_http_protocol_options: {
      ...(idleTimeoutMs !== undefined && { idle_timeout: durationOf(idleTimeoutMs) }),
      ...(most !== undefined && { max_requests_per_connection: wrapped(most) }),
    },
    upstream_http_protocol_options: namesByHost && {
      auto_sni: namesByHost.sni,
      auto_san_validation: namesByHost.san,
    },
    // Which protocol is spoken: an empty message, which is not in wanted.json.
    explicit_http_config: { http_protocol_options: new Uint8Array() },
  };
  return { [TYPES.httpOptions]: anyOf(TYPES.httpOptions, message) };
}

/**
 * Reads the entries, one of which is executed, and the fields of a cluster in whose place they came.
 * @throws Refusal for another entry that is not simulated
 */
export function readHttpOptions(cluster: Fields): HttpOptions {
  const all = cluster.mapOf('typed_extension_protocol_options', any => ({ any, packed: packedOf(any) }));
  let options = httpOptions(
    cluster.message('common_http_protocol_options', readCommon),
    cluster.message('max_requests_per_connection', uint32Of),
  );
  for (const [name, { any, packed }] of all) {
    if (packed.type === TYPES.httpOptions)
      options = Fields.read(packed.type, packed.value, any.reading, readOptions);
    else passExtension(cluster, { name, packed });
  }
  return options;
}

function readOptions(fields: Fields): HttpOptions {
  const common = fields.message('common_http_protocol_options', readCommon);
  const namesByHost = fields.message('upstream_http_protocol_options', it => ({
    sni: it.boolean('auto_sni'),
    san: it.boolean('auto_san_validation'),
  }));
  for (const name of ['explicit_http_config', 'use_downstream_protocol_config', 'auto_config'])
    fields.pass(name, PROTOCOL);
  for (const name of ['http_filters', 'header_validation_config', 'outlier_detection', 'hash_policy'])
    fields.pass(name, OPTIONS);
  return { ...httpOptions(common), ...(namesByHost && { namesByHost }) };
}

function readCommon(fields: Fields) {
  for (const name of ['max_headers_count', 'max_stream_duration', 'headers_with_underscores_action'])
    fields.pass(name, OPTIONS);
  fields.pass('max_connection_duration', 'connections end by requests, idleness and drains only');
  return {
    idle: fields.message('idle_timeout', millisecondsOf),
    most: fields.message('max_requests_per_connection', uint32Of),
  };
}

function httpOptions(common: ReturnType<typeof readCommon> | undefined, most = common?.most): HttpOptions {
  const idleTimeoutMs = common?.idle;
  return {
    ...(most !== undefined && most > 0 && { maxRequestsPerConnection: most }),
    ...(idleTimeoutMs !== undefined && { idleTimeoutMs }),
  };
}
