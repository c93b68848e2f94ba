/** The rules that a proxy has for a port, as the API server has them now. */
import type { KubernetesObject } from '../../../../base/kubernetes-client.ts';
import type { RuleName } from '../rule-names.ts';
import type { Call } from '../verb.ts';
import type { Labels, Service } from './objects.ts';
import { shownName } from './objects.ts';
import { destinationRuleOf, virtualServiceOf } from './proxy-rules.ts';
import { type Subsets, subsetsOf } from './rule-text.ts';

/** What is found, and what the proxy has that is no longer there. */
interface FoundRules {
  readonly destinationRule: KubernetesObject | undefined;
  readonly virtualService: KubernetesObject | undefined;
  readonly subsets: Subsets;
  readonly warnings: readonly string[];
}

const VERSION = 'networking.istio.io/v1';

/** Looks up the rules of a port. @param dump - the proxy's `/config_dump` */
export async function foundRules(
  call: Call,
  dump: unknown,
  { service, port, pods }: { service: Service; port: number; pods: readonly Labels[] },
): Promise<FoundRules> {
  const warnings: string[] = [];
  const find = async (plural: string, kind: string, rule: RuleName | undefined) => {
    if (!rule) return undefined;
    const found = await call.client.find({ apiVersion: VERSION, plural, ...rule }, call.signal);
    if (!found)
      warnings.push(
        `WARNING: Proxy is stale; it references to non-existent ${kind} ${rule.name}.${rule.namespace}`,
      );
    return found;
  };
  const destinationRule = await find(
    'destinationrules',
    'destination rule',
    destinationRuleOf(dump, service, port),
  );
  const virtualService = await find(
    'virtualservices',
    'virtual service',
    virtualServiceOf(dump, service, port),
  );
  const subsets = destinationRule ? subsetsOf(destinationRule, pods) : { matching: [], others: [] };
  return { destinationRule, virtualService, subsets, warnings };
}

/** Returns what the lines about a VirtualService depend on. */
export const viewOf = (
  service: Service,
  { subsets, destinationRule }: FoundRules,
  { indent, at }: { readonly indent: string; readonly at: string },
) => ({
  service,
  subsets,
  destinationRule: destinationRule && shownName(destinationRule.metadata, at),
  indent,
  at,
});
