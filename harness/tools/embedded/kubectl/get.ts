/**
 * `kubectl get`: tables from the server, or the objects as names, JSON, YAML or by a JSONPath. Kubernetes:
 * kubectl pkg/cmd/get.
 */
import { KubernetesApiError, type KubernetesObject, pathOf } from '../../../base/kubernetes-client.ts';
import { ToolExit } from '../invocation.ts';
import { type ObjectPrinter, printerFor, rendered } from './object-printer.ts';
import { pathTo, type Resource, typeName } from './resources.ts';
import { printTable, type Table } from './table.ts';
import { type Call, findObjects, readTargets, type Target, type Verb } from './verb.ts';

const ACCEPT_TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json';

/** Prints what the arguments name, and reports failures after the rest. */
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

async function printTables(call: Call, targets: readonly Target[], wide: boolean): Promise<number> {
  const { flags, invocation, namespace } = call;
  const everywhere = flags.boolean('all-namespaces');
  const { tables, failure } = await fetchTables(call, targets);
  const filled = [...tables].filter(([, table]) => (table.rows ?? []).length > 0);
  const typed = new Set(targets.map(({ resource }) => resource)).size > 1;
  invocation.stdout(textOf(call, filled, wide, typed));
  if (filled.length === 0 && failure === undefined && !flags.boolean('ignore-not-found')) {
    const inNamespace = targets.some(({ resource }) => resource.namespaced) && !everywhere;
    invocation.stderr(
      inNamespace ? `No resources found in ${namespace} namespace.\n` : 'No resources found\n',
    );
  }
  if (failure !== undefined) throw failure;
  return 0;
}

/** Asks the server for the rows of all targets, a table for each resource. @returns also the first refusal */
async function fetchTables(call: Call, targets: readonly Target[]) {
  const { flags, client, namespace, signal } = call;
  const tables = new Map<Resource, Table>();
  let failure: KubernetesApiError | undefined;
  for (const { resource, name } of targets) {
    const path = pathOf(pathTo(resource, flags.boolean('all-namespaces') ? undefined : namespace, name));
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
  return { tables, failure };
}

/** Lays tables out as the flags ask. @param typed - a column tells the resource of each row */
const textOf = (
  { flags }: Call,
  tables: readonly (readonly [Resource, Table])[],
  wide: boolean,
  typed: boolean,
): string =>
  tables
    .map(([resource, table]) =>
      printTable(table, {
        wide,
        headers: !flags.boolean('no-headers'),
        labels: flags.boolean('show-labels'),
        namespaces: flags.boolean('all-namespaces') && resource.namespaced,
        ...(typed && { type: typeName(resource) }),
      }),
    )
    .join('\n');
