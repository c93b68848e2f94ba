/** The schemas that Istio's definitions name: API servers would take definitions that hold them. */
import t from 'tap';
import { customResourceDefinitions } from '../../../../harness/simulator/istio/install/custom-resources.ts';
import { schemaNamed } from '../../../../harness/simulator/istio/install/named-schemas.ts';
import { behaviourOf } from '../../../../harness/simulator/istio/releases.ts';
import { isObject, objectOf, objectsOf } from '../../../../harness/simulator/kubernetes/registry/json.ts';
import { problemsOfRules } from '../../../../harness/simulator/kubernetes/registry/schema/rule-problems.ts';
import { validateDefinition } from '../../../../harness/simulator/kubernetes/registry/validation/definition.ts';

for (const version of ['1.8.0', '1.30.3'])
  t.test(`${version}: each definition names a schema that is well-formed`, async t => {
    const definitions = customResourceDefinitions(behaviourOf(version));
    t.ok(definitions.length > 10);
    for (const definition of definitions) {
      const spec = objectOf(definition['spec']);
      const versions = objectsOf(spec['versions']).map(each => {
        const named = objectOf(objectOf(each['schema'])['openAPIV3Schema']);
        const schema = schemaNamed(String(objectOf(named['externalDocs'])['url']));
        t.ok(isObject(schema), String(definition.metadata.name));
        t.same(problemsOfRules(objectOf(schema), 'schema'), [], 'its rules compile, and cost not too much');
        return { ...each, schema: { openAPIV3Schema: schema } };
      });
      const problems = validateDefinition({ ...definition, spec: { ...spec, versions } }, undefined);
      t.same(
        problems.filter(({ field }) => field.includes('openAPIV3Schema') || field.includes('validation')),
        [],
      );
    }
  });

t.test('other names are not ours', async t => {
  t.equal(schemaNamed('https://istio.io'), undefined);
});
