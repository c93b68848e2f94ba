import t from 'tap';
import {
  inPushOrder,
  isWildcardType,
  TYPE_URLS,
} from '../../../../../harness/simulator/istio/xds/ads/type-urls.ts';

const { cds, eds, lds, rds, sds, ecds, nds, pcds } = TYPE_URLS;

t.test('a push sends clusters first, and types that its order does not know last', async t => {
  t.same(inPushOrder([nds, rds, ecds, sds, lds, eds, cds]), [cds, eds, lds, rds, sds, nds, ecds]);
  t.same(inPushOrder([lds]), [lds]);
  t.same(inPushOrder([]), []);
});

t.test('no names mean all of CDS, LDS and Istio’s own types, none of the others', async t => {
  t.same(Object.values(TYPE_URLS).filter(isWildcardType), [cds, lds, nds, pcds]);
});
