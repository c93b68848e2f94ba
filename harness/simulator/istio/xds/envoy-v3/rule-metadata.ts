/**
 * The metadata that names the rule which a cluster or a route comes from. No proxy executes it: istioctl
 * shows it (pilot/pkg/networking/util/util.go @1.30.3, AddConfigInfoMetadata). Of a cluster it also says that
 * its ALPN stays as it is, which a filter for requests asks (AddALPNOverrideToMetadata).
 */
import type { ProtoMessage } from '../proto/encode-message.ts';
import type { Fields } from '../proto/fields.ts';
import { type Json, objectOf, structOf } from '../proto/well-known.ts';
import type { Cluster } from '../resources.ts';

const OF_ISTIO = 'istio';
const KEEPS_ALPN = 'alpn_override';
const BECAUSE = 'it is for telemetry';

/** Returns the field `metadata`; none without a rule. @param rule - the path of the object */
export const ruleMetadataOf = (rule: string | undefined): { readonly metadata?: ProtoMessage } =>
  rule === undefined ? {} : metadataOf({ config: rule });

const metadataOf = (values: { readonly [key: string]: Json }) => ({
  metadata: { filter_metadata: { [OF_ISTIO]: structOf(values) } },
});

/** Returns the field `metadata` of a cluster. */
export const clusterMetadataOf = ({
  rule,
  keepsAlpn,
}: Pick<Cluster, 'rule' | 'keepsAlpn'>): { readonly metadata?: ProtoMessage } =>
  keepsAlpn
    ? metadataOf({ [KEEPS_ALPN]: 'false', ...(rule !== undefined && { config: rule }) })
    : ruleMetadataOf(rule);

/** Reads the field `metadata`, and notes what else is in it. */
export function readRuleMetadata(fields: Fields): { readonly rule?: string } {
  const { config } = readIstio(fields);
  return typeof config === 'string' ? { rule: config } : {};
}

/** Reads the field `metadata` of a cluster, and notes what else is in it. */
export function readClusterMetadata(fields: Fields): Pick<Cluster, 'rule' | 'keepsAlpn'> {
  const { config, [KEEPS_ALPN]: override } = readIstio(fields);
  return {
    ...(typeof config === 'string' && { rule: config }),
    ...(override === 'false' && { keepsAlpn: true }),
  };
}

function readIstio(fields: Fields): { readonly [key: string]: Json } {
  const found = fields.message('metadata', metadata => {
    metadata.pass('typed_filter_metadata', BECAUSE);
    let istio: { readonly [key: string]: Json } = {};
    for (const [name, values] of metadata.mapOf('filter_metadata', objectOf)) {
      if (name === OF_ISTIO) istio = values;
      const isKnown = (key: string): boolean => key === 'config' || key === KEEPS_ALPN;
      const keys = Object.keys(values);
      if (name !== OF_ISTIO || keys.length === 0 || !keys.every(isKnown)) fields.note('metadata', BECAUSE);
    }
    return istio;
  });
  return found ?? {};
}
