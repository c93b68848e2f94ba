/**
 * `kubectl get`: tables from the server, or the objects as names, JSON, YAML or by a JSONPath. Kubernetes:
 * kubectl pkg/cmd/get.
 */
import { dump } from 'js-yaml';
import { KubernetesApiError, type KubernetesObject, pathOf } from '../../../base/kubernetes-client.ts';
import { ToolExit } from '../invocation.ts';
import { goSyntax } from './go-syntax.ts';
import { type JsonPathTemplate, parseJsonPath } from './jsonpath.ts';
import { JsonPathError } from './jsonpath-syntax.ts';
import { displayName, pathTo, type Resource, typeName } from './resources.ts';
import { printTable, type Table } from './table.ts';
import { type Call, findObjects, readTargets, type Target, type Verb } from './verb.ts';

const ACCEPT_TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json';

export const get: Verb = {
  flags: {
    output: { type: 'text', short: 'o' },
    selector: { type: 'text', short: 'l' },
    'field-selector': { type: 'text' },
    'all-namespaces': { type: 'boolean', short: 'A' },
    'no-headers': { type: 'boolean' },
    'show-labels': { type: 'boolean' },
    'ignore-not-found': { type: 'boolean' },
    'show-managed-fields': { type: 'boolean' },
    raw: { type: 'text' },
  },
  async run(call) {
    const { flags, invocation, client, signal, args } = call;
    const raw = flags.text('raw');
    if (raw !== undefined) {
      invocation.stdout(`${JSON.stringify(await client.request('GET', raw, { signal }))}\n`);
      return 0;
    }
    if (args.length === 0) {
      throw new ToolExit(
        'You must specify the type of resource to get. Use "kubectl api-resources" for a complete list of supported resources.\n\nerror: Required resource not specified.\nUse "kubectl explain <resource>" for a detailed description of that resource (e.g. kubectl explain pods).\nSee \'kubectl get -h\' for help and examples',
      );
    }
    const printer = printerFor(flags.text('output'));
    const targets = await readTargets(call.mapper, args);
    if (printer.kind === 'table') return await printTables(call, targets, printer.wide);
    return await printObjects(call, targets, printer);
  },
};

type ObjectPrinter =
  | { readonly kind: 'name' }
  | { readonly kind: 'json' }
  | { readonly kind: 'yaml' }
  | { readonly kind: 'jsonpath'; readonly template: JsonPathTemplate; readonly text: string };
type Printer = ObjectPrinter | { readonly kind: 'table'; readonly wide: boolean };

function printerFor(output: string | undefined): Printer {
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

function selectorsOf({ flags }: Call) {
  const labelSelector = flags.text('selector');
  const fieldSelector = flags.text('field-selector');
  return {
    ...(labelSelector !== undefined && { labelSelector }),
    ...(fieldSelector !== undefined && { fieldSelector }),
  };
}

async function printObjects(call: Call, targets: readonly Target[], printer: ObjectPrinter): Promise<number> {
  const { flags, invocation } = call;
  const found: { resource: Resource; object: KubernetesObject }[] = [];
  let failure: unknown;
  const selectors = { ...selectorsOf(call), everywhere: flags.boolean('all-namespaces') };
  for (const target of targets) {
    try {
      found.push(...(await findObjects(call, [target], selectors)));
    } catch (error) {
      if (!(error instanceof KubernetesApiError)) throw error;
      if (!(error.code === 404 && flags.boolean('ignore-not-found'))) failure ??= error;
    }
  }
  if (!flags.boolean('show-managed-fields')) {
    for (const { object } of found) delete object.metadata['managedFields'];
  }
  const single = targets.length === 1 && targets[0]?.name !== undefined;
  if (!(found.length === 0 && (single || failure !== undefined)))
    invocation.stdout(rendered(found, single, printer));
  if (failure !== undefined) throw failure;
  return 0;
}

function rendered(
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

async function printTables(call: Call, targets: readonly Target[], wide: boolean): Promise<number> {
  const { flags, invocation, client, namespace, signal } = call;
  const everywhere = flags.boolean('all-namespaces');
  const tables = new Map<Resource, Table>();
  let failure: unknown;
  for (const { resource, name } of targets) {
    const path = pathOf(pathTo(resource, everywhere ? undefined : namespace, name));
    const query: Record<string, string> = name === undefined ? { ...selectorsOf(call), limit: '500' } : {};
    try {
      // As asked for.
      const table = (await client.request('GET', path, { accept: ACCEPT_TABLE, query, signal })) as Table;
      const before = tables.get(resource);
      tables.set(
        resource,
        before ? { ...before, rows: [...(before.rows ?? []), ...(table.rows ?? [])] } : table,
      );
    } catch (error) {
      if (!(error instanceof KubernetesApiError)) throw error;
      if (!(error.code === 404 && flags.boolean('ignore-not-found'))) failure ??= error;
    }
  }
  const filled = [...tables].filter(([, table]) => (table.rows ?? []).length > 0);
  const typed = new Set(targets.map(({ resource }) => resource)).size > 1;
  const texts = filled.map(([resource, table]) =>
    printTable(table, {
      wide,
      headers: !flags.boolean('no-headers'),
      labels: flags.boolean('show-labels'),
      namespaces: everywhere && resource.namespaced,
      ...(typed && { type: typeName(resource) }),
    }),
  );
  invocation.stdout(texts.join('\n'));
  if (filled.length === 0 && failure === undefined && !flags.boolean('ignore-not-found')) {
    const inNamespace = targets.some(({ resource }) => resource.namespaced) && !everywhere;
    invocation.stderr(
      inNamespace ? `No resources found in ${namespace} namespace.\n` : 'No resources found\n',
    );
  }
  if (failure !== undefined) throw failure;
  return 0;
}
