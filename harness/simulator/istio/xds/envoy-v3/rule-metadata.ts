/**
 * The metadata that names the rule which a cluster or a route comes from. No proxy executes it: istioctl
 * shows it (pilot/pkg/networking/util/util.go @1.30.3, AddConfigInfoMetadata).
 */
import type { ProtoMessage } from '../proto/encode-message.ts';
import type { Fields } from '../proto/fields.ts';
import { objectOf, structOf } from '../proto/well-known.ts';

const OF_ISTIO = 'istio';
const BECAUSE = 'it is for telemetry';

/** Returns the field `metadata`; none without a rule. @param rule - the path of the object */
export const ruleMetadataOf = (rule: string | undefined): { readonly metadata?: ProtoMessage } =>
  rule === undefined ? {} : { metadata: { filter_metadata: { [OF_ISTIO]: structOf({ config: rule }) } } };

/** Reads the field `metadata`, and notes what else is in it. */
export function readRuleMetadata(fields: Fields): { readonly rule?: string } {
  const rule = fields.message('metadata', metadata => {
    metadata.pass('typed_filter_metadata', BECAUSE);
    let found: string | undefined;
    for (const [name, values] of metadata.mapOf('filter_metadata', objectOf)) {
      const { config, ...others } = name === OF_ISTIO ? values : { ...values, config: undefined };
      if (typeof config === 'string') found = config;
      if (config === undefined || Object.keys(others).length > 0) fields.note('metadata', BECAUSE);
    }
    return found;
  });
  return rule === undefined ? {} : { rule };
}
