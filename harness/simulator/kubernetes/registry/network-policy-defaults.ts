/** The defaults of network policies (pkg/apis/networking/v1/defaults.go @v1.34). */
import { child, fill } from './fill.ts';
import { type KubernetesObject, listOf, objectsOf } from './json.ts';

/** Fills in what a policy leaves out, in place: what it is about, and TCP for its ports. */
export function defaultNetworkPolicy(policy: KubernetesObject): void {
  const spec = child(policy, 'spec');
  // A struct of Go exists even if nobody sent it.
  child(spec, 'podSelector');
  const egress = objectsOf(spec['egress']);
  if (listOf(spec['policyTypes']).length === 0) {
    spec['policyTypes'] = egress.length > 0 ? ['Ingress', 'Egress'] : ['Ingress'];
  }
  for (const { ports } of [...objectsOf(spec['ingress']), ...egress]) {
    for (const port of objectsOf(ports)) fill(port, { protocol: 'TCP' });
  }
}
