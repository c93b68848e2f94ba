/** The cases of policies.yaml: each policy of a DestinationRule in each place where one may stand. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import yaml from 'js-yaml';
import type { KubernetesObject } from '../../../harness/base/kubernetes-client.ts';
import type { Edition } from '../../../harness/simulator/istio/registry/names.ts';
import type { RuleCase } from './corpus.ts';
import { isKnownTo } from './known-values.ts';

interface WrittenPolicy {
  readonly name: string;
  readonly policy: object;
}

/**
 * @param folder - that of the corpus
 * @param edition - which may lack values that another has: these policies are left out
 */
export function readPolicies(folder: string, edition: Edition): readonly RuleCase[] {
  // A cast: the file lies beside the corpus.
  const written = yaml.load(
    readFileSync(path.join(folder, 'policies.yaml'), 'utf8'),
  ) as readonly WrittenPolicy[];
  const all = written.filter(({ policy }) =>
    isKnownTo(
      edition,
      ruleOf(() => policy),
    ),
  );
  return all.map(({ name }, first) => {
    const policyAt = (place: number): object => all[(first + place) % all.length]?.policy ?? {};
    return { name: `policies: ${name}`, mesh: '', objects: [ruleOf(policyAt)], remote: [] };
  });
}

const ruleOf = (policyAt: (place: number) => object): KubernetesObject => ({
  apiVersion: 'networking.istio.io/v1alpha3',
  kind: 'DestinationRule',
  metadata: { name: 'reviews', namespace: 'other' },
  spec: {
    host: 'reviews',
    trafficPolicy: {
      ...policyAt(0),
      portLevelSettings: [{ port: { number: 9090 }, ...policyAt(1) }],
    },
    subsets: [
      { name: 'v1', labels: { version: 'v1' }, trafficPolicy: policyAt(2) },
      {
        name: 'v2',
        labels: { version: 'v2' },
        trafficPolicy: { portLevelSettings: [{ port: { number: 9080 }, ...policyAt(3) }] },
      },
    ],
  },
});
