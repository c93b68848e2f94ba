/** Where a proxy gets the rest from: the stream that it has already, or the agent for certificates. */

import { encodeMessage, type ProtoMessage } from '../proto/encode-message.ts';
import type { Fields } from '../proto/fields.ts';
import { Refusal } from '../proto/refusal.ts';
import { durationOf, millisecondsOf } from '../proto/well-known.ts';

/** core.v3.ApiVersion and core.v3.ApiConfigSource.ApiType */
const V3 = 2;
const GRPC = 2;
/** The cluster in the bootstrap that leads to the agent (pilot/pkg/networking/util/util.go @1.30.3). */
const SDS_CLUSTER = 'sds-grpc';

/** core.v3.ConfigSource: the aggregated stream. */
export const ADS: ProtoMessage = { ads: {}, initial_fetch_timeout: durationOf(0), resource_api_version: V3 };

/** core.v3.ConfigSource: the agent's certificates (pilot/pkg/security/model/authentication.go @1.30.3). */
const FILES: ProtoMessage = {
  api_config_source: {
    api_type: GRPC,
    transport_api_version: V3,
    grpc_services: [{ envoy_grpc: { cluster_name: SDS_CLUSTER } }],
    set_node_on_first_message_only: true,
  },
  resource_api_version: V3,
};

let sds: Uint8Array | undefined;

/** The bytes of what is waited for as long as it takes: they are in each cluster with mTLS, twice. */
function sdsBytes(): Uint8Array {
  sds ??= encodeMessage('envoy.config.core.v3.ConfigSource', {
    ...FILES,
    initial_fetch_timeout: durationOf(0),
  });
  return sds;
}

/** Returns a tls.v3.SdsSecretConfig: a secret that the agent has. */
export const secretOf = (name: string): ProtoMessage => ({ name, sds_config: sdsBytes() });

/** Returns a tls.v3.SdsSecretConfig: a secret that the agent reads out of files, if there are any. */
export const fileSecretOf = (name: string): ProtoMessage => ({
  name,
  sds_config: encodeMessage('envoy.config.core.v3.ConfigSource', FILES),
});

/** Reads a core.v3.ConfigSource that must be the aggregated stream. @throws Refusal if it is another one */
export function readAds(source: Fields): void {
  readTerms(source);
  if (source.message('ads', () => true) === undefined)
    throw new Refusal(`${source.type}: only ads is simulated as a source`);
}

/** Reads a tls.v3.SdsSecretConfig. @returns its name @throws Refusal if it is not the agent that has it */
export function readSecret(secret: Fields): string {
  const name = secret.string('name');
  // What istiod sends needs no reading twice.
  if (Buffer.compare(secret.bytes('sds_config'), sdsBytes()) === 0) return name;
  secret.message('sds_config', source => {
    readTerms(source);
    const clusters = source.message('api_config_source', api => {
      api.number('api_type');
      api.number('transport_api_version');
      api.boolean('set_node_on_first_message_only');
      return api.messages('grpc_services', service =>
        service.message('envoy_grpc', envoy => envoy.string('cluster_name')),
      );
    });
    // Not the stream, which gateways with credentials have.
    if (clusters?.length !== 1 || clusters[0] !== SDS_CLUSTER)
      throw new Refusal(
        `${secret.type}: only the agent (${SDS_CLUSTER}) is simulated as a source of secrets`,
      );
  });
  return name;
}

function readTerms(source: Fields): void {
  const waitMs = source.message('initial_fetch_timeout', millisecondsOf);
  if (waitMs !== 0) source.note('initial_fetch_timeout', 'what is missing is waited for as long as it takes');
  if (source.number('resource_api_version') !== V3)
    throw new Refusal(`${source.type}: only resource_api_version V3 is simulated`);
}
