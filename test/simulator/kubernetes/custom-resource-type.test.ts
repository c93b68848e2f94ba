import t from 'tap';
import { resourceTypeOf } from '../../../harness/simulator/kubernetes/custom-resource-type.ts';

const names = { kind: 'Lamp', plural: 'lamps' };
const typeOf = (...versions: readonly object[]) =>
  resourceTypeOf(
    {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'lamps.example.com' },
      spec: { group: 'example.com', names, versions: versions.map(each => ({ served: true, ...each })) },
    },
    names,
  ).custom?.deprecated;

t.test('a schema may be named', async t => {
  const named = { type: 'object', properties: { spec: { type: 'object' } } };
  const open = { type: 'object', externalDocs: { url: 'lamps' } };
  const other = { type: 'object', externalDocs: { url: 'https://example.com' } };
  const versions = [open, other].map((schema, at) => ({
    name: `v${at + 1}`,
    served: true,
    schema: { openAPIV3Schema: schema },
  }));
  const definition = {
    metadata: { name: 'lamps.example.com' },
    spec: { group: 'example.com', names, versions },
  };
  const { custom } = resourceTypeOf(definition, names, url => (url === 'lamps' ? named : undefined));
  t.equal(custom?.schemas['v1'], named);
  t.equal(custom?.schemas['v2'], other, 'a name of somebody else is a page to read');
});

t.test('a deprecated version is warned of', async t => {
  t.same(typeOf({ name: 'v1' }), {});
  t.same(
    typeOf({ name: 'v1alpha1', deprecated: true }, { name: 'v1beta1' }, { name: 'v1' }, { name: 'v2alpha1' }),
    { v1alpha1: 'example.com/v1alpha1 Lamp is deprecated; use example.com/v1 Lamp' },
    'the best of those that are not',
  );
  t.same(
    typeOf({ name: 'v1beta1', deprecated: true }, { name: 'v1', served: false }, { name: 'v1alpha1' }),
    { v1beta1: 'example.com/v1beta1 Lamp is deprecated' },
    'nothing is better',
  );
  t.same(typeOf({ name: 'v1', deprecated: true, deprecationWarning: 'Use candles.' }, { name: 'v2' }), {
    v1: 'Use candles.',
  });
});
