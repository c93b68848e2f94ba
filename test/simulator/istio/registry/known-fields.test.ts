import t from 'tap';
import { knownFields } from '../../../../harness/simulator/istio/registry/known-fields.ts';

const spec = {
  hosts: ['a'],
  http: [{ directResponse: { status: 418 }, match: [{ headers: { 'x-a': { exact: 'b' } }, nosuch: 1 }] }],
};

t.test('a field that came after a release says nothing to it; one that no release has stays', async t => {
  const match = [{ headers: { 'x-a': { exact: 'b' } }, nosuch: 1 }];
  t.same(knownFields('1.8', 'VirtualService', spec), { hosts: ['a'], http: [{ match }] });
  t.same(knownFields('current', 'VirtualService', spec), spec);
});

t.test('documents that Istio has not stay as they are', async t =>
  t.same(knownFields('1.8', 'Nosuch', spec), spec),
);
