/**
 * What the API server and istiod say of objects with something wrong, held against what real ones said of them
 * (test/peers/istio-validation.ts).
 */
import t from 'tap';
import { customResourceDefinitions } from '../../../../harness/simulator/istio/install/custom-resources.ts';
import { schemaNamed } from '../../../../harness/simulator/istio/install/named-schemas.ts';
import { reviewValidation } from '../../../../harness/simulator/istio/istiod/injection/validation.ts';
import { behaviourOf } from '../../../../harness/simulator/istio/releases.ts';
import { resourceTypeOf } from '../../../../harness/simulator/kubernetes/custom-resource-type.ts';
import { invalid } from '../../../../harness/simulator/kubernetes/registry/field-errors.ts';
import type { JsonObject } from '../../../../harness/simulator/kubernetes/registry/json.ts';
import { keepToSchema } from '../../../../harness/simulator/kubernetes/registry/schema/keep.ts';
import { validateObject } from '../../../../harness/simulator/kubernetes/registry/validation/validate.ts';
import {
  type Answer,
  type Edition,
  readValidationAnswers,
  type Word,
} from '../../../support/istio-validation/answers.ts';
import { CASES, titleOf } from '../../../support/istio-validation/cases.ts';

/** What is not looked at: keys of tokens, expressions of Telemetry, fields of Envoy's in patches. */
const KNOWN = [
  '{"jwtRules":[{"issuer":"a","jwks":"x"}]}',
  '{"accessLogging":[{"filter":{"expression":"("}}]}',
  '"value":{"no_such":1}',
  // 1.8 reads names of ports as numbers.
  '"portLevelMtls":{"x":{"mode":"DISABLE"}}',
];

const word = (refusal: string | undefined, warnings: readonly string[] = []): Word => ({
  ...(refusal !== undefined && { refusal }),
  ...(warnings.length > 0 && { warnings }),
});

/** The types of a release's kinds. */
const typesOf = (edition: Edition) =>
  new Map(
    customResourceDefinitions(behaviourOf(edition === '1.8' ? '1.8.0' : '1.30.3')).map(definition => {
      const { spec } = definition as unknown as { spec: { names: JsonObject } }; // a cast: ours are so
      return [spec.names['kind'], resourceTypeOf(definition, spec.names, schemaNamed)] as const;
    }),
  );

function ask(edition: Edition, types: ReturnType<typeof typesOf>, kind: string, spec: object): Answer {
  const type = types.get(kind);
  if (!type) throw new Error(kind);
  const version = type.versions[0] ?? '';
  const apiVersion = `${type.group}/${version}`;
  const object = {
    apiVersion,
    kind,
    metadata: { name: 'x', namespace: 'default', uid: 'u', creationTimestamp: '2026-11-30T00:00:00Z' },
    spec: JSON.parse(JSON.stringify(spec)) as JsonObject,
  };
  const warnings: string[] = [];
  const warn = (text: string) => void warnings.push(text);
  keepToSchema(type, version, object, { mode: 'Warn', minor: 34, warn });
  const errors = validateObject(type, object, undefined, {
    subresource: '',
    version,
    warn,
    user: { username: 'u', groups: [] },
    dryRun: true,
    fieldManager: '',
    options: {},
  });
  if (errors.length > 0) return { server: word(invalid(type, 'x', errors).message, warnings) };
  const review = { request: { uid: '1', operation: 'CREATE', kind: { kind }, namespace: 'default', object } };
  const { response } = reviewValidation(review, () => ({ warnings: [] }), edition) as {
    response: { allowed: boolean; warnings?: string[]; status?: { message: string } };
  };
  return { server: word(undefined, warnings), istiod: word(response.status?.message, response.warnings) };
}

const kept = readValidationAnswers();

for (const edition of ['current', '1.8'] as const)
  t.test(`${edition}: as real ones`, async t => {
    const types = typesOf(edition);
    const different: string[] = [];
    let asked = 0;
    for (const each of CASES) {
      const answer = kept.cases[titleOf(each)]?.[edition];
      if (!answer) continue;
      asked++;
      const ours = ask(edition, types, ...each);
      if (JSON.stringify(ours) === JSON.stringify(answer)) continue;
      if (KNOWN.some(part => titleOf(each).includes(part))) continue;
      different.push(`${titleOf(each)}\n  here ${JSON.stringify(ours)}\n  real ${JSON.stringify(answer)}`);
    }
    t.ok(asked > 400, `${asked} cases`);
    t.equal(different.length, 0, different.join('\n'));
  });
