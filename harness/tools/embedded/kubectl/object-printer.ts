/**
 * Objects as names, JSON, YAML or by a JSONPath: what `-o` chooses for `kubectl get`.
 * Kubernetes: cli-runtime pkg/printers, pkg/genericclioptions/print_flags.go.
 */
import { dump } from 'js-yaml';
import type { KubernetesObject } from '../../../base/kubernetes-client.ts';
import { ToolExit } from '../invocation.ts';
import { goSyntax } from './go-syntax.ts';
import { type JsonPathTemplate, parseJsonPath } from './jsonpath.ts';
import { JsonPathError } from './jsonpath-error.ts';
import { displayName, type Resource } from './resources.ts';

/** A form of output that needs whole objects. */
export type ObjectPrinter =
  | { readonly kind: 'name' }
  | { readonly kind: 'json' }
  | { readonly kind: 'yaml' }
  | { readonly kind: 'jsonpath'; readonly template: JsonPathTemplate; readonly text: string };
type Printer = ObjectPrinter | { readonly kind: 'table'; readonly wide: boolean };

/**
 * Reads the value of `-o`; undefined stands for a table.
 * @throws ToolExit for an unknown format or a JSONPath that cannot be read
 */
export function printerFor(output: string | undefined): Printer {
  const [format = '', ...rest] = (output ?? '').split('=');
  const text = rest.join('=');
  switch (format) {
    case '':
    case 'wide':
      return { kind: 'table', wide: format === 'wide' };
    case 'name':
    case 'json':
    case 'yaml':
      return { kind: format };
    case 'jsonpath':
      if (text === '') throw new ToolExit('error: template format specified but no template given');
      try {
        return { kind: 'jsonpath', template: parseJsonPath(text), text };
      } catch (error) {
        if (error instanceof JsonPathError)
          throw new ToolExit(`error: error parsing jsonpath ${text}, ${error.message}`);
        throw error;
      }
    default:
      throw new ToolExit(
        `error: unable to match a printer suitable for the output format "${output}", allowed formats are: json,jsonpath,name,wide,yaml`,
      );
  }
}

/**
 * Renders objects as text.
 * @param single - whether one object was asked for by its name: then it is not wrapped into a List
 * @throws ToolExit if the JSONPath does not fit the objects
 */
export function rendered(
  found: readonly { resource: Resource; object: KubernetesObject }[],
  single: boolean,
  printer: ObjectPrinter,
): string {
  if (printer.kind === 'name') {
    return found
      .map(({ resource, object }) => `${displayName(resource, object.metadata.name ?? '')}\n`)
      .join('');
  }
  const whole = single
    ? found[0]?.object
    : {
        apiVersion: 'v1',
        items: found.map(({ object }) => object),
        kind: 'List',
        metadata: { resourceVersion: '' },
      };
  if (printer.kind === 'json') return `${JSON.stringify(sorted(whole), null, 4)}\n`;
  if (printer.kind === 'yaml')
    return dump(sorted(whole), { noRefs: true, lineWidth: -1, noArrayIndent: true });
  try {
    return printer.template.render(whole);
  } catch (error) {
    if (!(error instanceof JsonPathError)) throw error;
    throw new ToolExit(
      `error: error executing jsonpath ${JSON.stringify(printer.text)}: Error executing template: ${error.message}. ` +
        'Printing more information for debugging the template:\n' +
        `\ttemplate was:\n\t\t${printer.text}\n\tobject given to jsonpath engine was:\n\t\t${goSyntax(whole)}\n\n`,
    );
  }
}

/** Go's encoders sort the keys of maps. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  );
}
