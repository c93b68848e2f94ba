/** The injector's configuration, out of ConfigMap `istio-sidecar-injector`. */
import yaml from 'js-yaml';
import { type Tree, tree } from '../../../../base/untyped.ts';
import type { IstioBehaviour } from '../../behaviour.ts';
import { chartValues, withValues } from '../../pod/chart-values.ts';
import { builtInTemplates, installedTemplates } from '../../pod/injection-template.ts';
import { isOurTemplate } from './template.ts';

/** Policy, templates and the charts' values. */
export interface InjectorConfig {
  readonly policy: string;
  /** By name: `sidecar`, `gateway`. */
  readonly templates: Readonly<Record<string, string>>;
  readonly defaultTemplates: readonly string[];
  readonly values: Tree;
  /** Templates in Go that are not those we install: the release's own stand in for them. */
  readonly replaced: readonly string[];
}

/**
 * Reads ConfigMap `istio-sidecar-injector`. Unlike Istio, it knows no Go templates: for one of theirs the
 * release's own template of the name is taken, which is filled from the same values.
 * @throws Error if a text is no YAML or JSON
 */
export function readInjectorConfig(
  behaviour: IstioBehaviour,
  data: Readonly<Record<string, string>>,
): InjectorConfig {
  const config = tree(yaml.load(data['config'] ?? ''));
  const given = templatesOf(config);
  const builtIn = builtInTemplates(behaviour);
  const installed = installedTemplates(behaviour);
  const inGo = Object.keys(given).filter(name => name in builtIn && !isOurTemplate(given[name] ?? ''));
  return {
    policy: String(config['policy'] ?? 'enabled'),
    templates: {
      ...given,
      ...Object.fromEntries(inGo.map(name => [name, builtIn[name] ?? ''])),
    },
    defaultTemplates: Array.isArray(config['defaultTemplates'])
      ? config['defaultTemplates'].map(String)
      : ['sidecar'],
    values: withValues(chartValues(behaviour), tree(JSON.parse(data['values'] ?? '{}'))),
    replaced: inGo.filter(name => given[name] !== installed[name]),
  };
}

/** 1.8 has one template; current several, of which a pod may choose, and one that only warns old istiods. */
function templatesOf(config: Tree): Readonly<Record<string, string>> {
  const several = tree(config['templates']);
  const single = config['template'];
  if (Object.keys(several).length === 0 && typeof single === 'string') return { sidecar: single };
  return Object.fromEntries(Object.entries(several).map(([name, text]) => [name, String(text)]));
}
