/** Shares, to core.v3.RuntimeFractionalPercent and back. */
import type { ProtoMessage } from '../proto/encode-message.ts';
import type { Fields } from '../proto/fields.ts';
import type { Share } from '../routes.ts';

/** envoy.type.v3.FractionalPercent.DenominatorType */
const DENOMINATORS = [100, 10_000, 1_000_000] as const;

/** Returns core.v3.RuntimeFractionalPercent. */
export const shareOf = ({ numerator, denominator }: Share): ProtoMessage => ({
  default_value: { numerator, denominator: DENOMINATORS.indexOf(denominator) },
});

/** Reads core.v3.RuntimeFractionalPercent. */
export function readShare(fields: Fields): Share {
  fields.pass('runtime_key', 'nobody sets runtime keys here');
  const share = fields.message('default_value', it => ({
    numerator: it.number('numerator'),
    denominator: DENOMINATORS[it.number('denominator')] ?? 100,
  }));
  return share ?? { numerator: 0, denominator: 100 };
}
