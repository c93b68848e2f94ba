/**
 * Which rule a cluster or a route of `/config_dump` comes from, by its metadata
 * (istioctl/pkg/writer/envoy/configdump/route.go @1.8.0 and @1.30.3, describeManagement).
 */
import { tree } from '../../../base/untyped.ts';

/** The place of a rule. */
export interface RuleName {
  readonly name: string;
  readonly namespace: string;
}

const PATH = /^\/apis\/networking\.istio\.io\/[^/]+\/namespaces\/([^/]+)\/([^/]+)\/([^/]+)$/;

/** Returns the rule of a cluster or a route. @param kind - `virtual-service`; absent: of any */
export function ruleOf(resource: unknown, kind?: string): RuleName | undefined {
  const { config } = tree(tree(tree(tree(resource)['metadata'])['filter_metadata'])['istio']);
  const [, namespace, found, name] = PATH.exec(String(config ?? '')) ?? [];
  if (namespace === undefined || name === undefined) return undefined;
  return kind === undefined || kind === found ? { name, namespace } : undefined;
}

/** Writes it as istioctl's tables do, `helloworld.sample`; empty for what no rule says. */
export function ruleText(resource: unknown): string {
  const rule = ruleOf(resource);
  return rule ? `${rule.name}.${rule.namespace}` : '';
}
