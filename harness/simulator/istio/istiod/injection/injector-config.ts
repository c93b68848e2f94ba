/** The injector's configuration, out of ConfigMap `istio-sidecar-injector`. */
import yaml from 'js-yaml';

type Tree = Readonly<Record<string, unknown>>;
const tree = (value: unknown): Tree => (typeof value === 'object' && value !== null ? (value as Tree) : {});

/** Policy, templates and the charts' values. */
export interface InjectorConfig {
  readonly policy: string;
  /** By name: `sidecar`, `gateway`. */
  readonly templates: Readonly<Record<string, string>>;
  readonly defaultTemplates: readonly string[];
  readonly values: Tree;
}

/**
 * Reads ConfigMap `istio-sidecar-injector`.
 * @throws Error if a text is no YAML or JSON
 */
export function readInjectorConfig(data: Readonly<Record<string, string>>): InjectorConfig {
  const config = tree(yaml.load(data['config'] ?? ''));
  // 1.8 has one template, current several of which a pod may choose.
  const single = config['template'];
  return {
    policy: String(config['policy'] ?? 'enabled'),
    templates:
      typeof single === 'string'
        ? { sidecar: single }
        : (tree(config['templates']) as Record<string, string>), // texts, by the chart
    defaultTemplates: Array.isArray(config['defaultTemplates'])
      ? config['defaultTemplates'].map(String)
      : ['sidecar'],
    values: tree(JSON.parse(data['values'] ?? '{}')),
  };
}
