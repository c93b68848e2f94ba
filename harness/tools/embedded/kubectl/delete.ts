/** `kubectl delete`, and the wait until the objects are gone. Kubernetes: kubectl pkg/cmd/delete. */
import { linkedSignal } from '../../../base/deadline.ts';
import { isNotFound, type KubernetesObject } from '../../../base/kubernetes-client.ts';
import { followUntil } from '../follow.ts';
import { ToolExit } from '../invocation.ts';
import { noMatch, readDocuments } from './documents.ts';
import { pathTo, type Resource, typeName } from './resources.ts';
import { type Call, findObjects, readTargets, type Target, type Verb } from './verb.ts';

/** Deletes what files, names or selectors stand for; waits for finalizers unless `--wait=false`. */
export const remove: Verb = {
  flags: {
    filename: { type: 'list', short: 'f' },
    selector: { type: 'text', short: 'l' },
    all: { type: 'boolean' },
    'all-namespaces': { type: 'boolean', short: 'A' },
    'ignore-not-found': { type: 'boolean' },
    wait: { type: 'boolean' },
    now: { type: 'boolean' },
    force: { type: 'boolean' },
    'grace-period': { type: 'integer' },
    cascade: { type: 'text', bare: 'background' },
    timeout: { type: 'duration' },
  },
  async run(call) {
    const { flags, invocation } = call;
    const found = await findDoomed(call);
    const grace = flags.boolean('now') ? 1 : flags.integer('grace-period');
    const body = {
      propagationPolicy: PROPAGATION[flags.text('cascade') ?? 'background'] ?? 'Background',
      ...(grace !== undefined && grace >= 0 && { gracePeriodSeconds: grace }),
    };
    const { deleted, failures } = await deleteAll(call, found, body);
    if (found.length === 0 && !flags.boolean('ignore-not-found')) invocation.stdout('No resources found\n');
    if (flags.text('wait') !== 'false') await waitUntilGone(call, deleted);
    if (failures.length > 0) throw failures[0];
    return 0;
  },
};

const PROPAGATION: Readonly<Record<string, string>> = {
  background: 'Background',
  foreground: 'Foreground',
  orphan: 'Orphan',
  true: 'Background',
  false: 'Orphan',
};

/** Deletes one object after another; one that is not there any more does not stop the others. */
async function deleteAll(
  { flags, client, invocation, signal }: Call,
  found: readonly Doomed[],
  body: Readonly<Record<string, unknown>>,
): Promise<{ readonly deleted: readonly Doomed[]; readonly failures: readonly unknown[] }> {
  const failures: unknown[] = [];
  const deleted: Doomed[] = [];
  for (const { resource, object } of found) {
    const { name = '', namespace } = object.metadata;
    try {
      await client.delete(pathTo(resource, namespace, name), body, signal);
    } catch (error) {
      if (!isNotFound(error)) throw error;
      if (!flags.boolean('ignore-not-found')) failures.push(error);
      continue;
    }
    const force = flags.boolean('force') ? ' force' : '';
    invocation.stdout(`${typeName(resource)} "${name}"${force} deleted\n`);
    deleted.push({ resource, object });
  }
  return { deleted, failures };
}

/** An object that is to be deleted. */
interface Doomed {
  readonly resource: Resource;
  readonly object: KubernetesObject;
}

/** Finds the objects to delete; it asks the server only for those of a selector, or for all of a kind. */
async function findDoomed(call: Call): Promise<readonly Doomed[]> {
  const { flags, args, mapper } = call;
  const files = flags.list('filename');
  if (files.length > 0) return await doomedInFiles(call, files);
  if (args.length === 0) {
    throw new ToolExit(
      "error: You must provide one or more resources by argument or filename.\nExample resource specifications include:\n   '-f rsrc.yaml'\n   '--filename=rsrc.json'\n   '<resource> <name>'\n   '<resource>'",
    );
  }
  const targets = await readTargets(mapper, args);
  const selector = flags.text('selector');
  if (targets.some(({ name }) => name === undefined) && selector === undefined && !flags.boolean('all')) {
    throw new ToolExit('error: resource(s) were provided, but no name was specified');
  }
  const listed = await findObjects(
    call,
    targets.filter(({ name }) => name === undefined),
    {
      ...(selector !== undefined && { labelSelector: selector }),
      everywhere: flags.boolean('all-namespaces'),
    },
  );
  return [...namedTargets(targets, call.namespace), ...listed];
}

/** Reads the objects of files; the server is not asked whether they are there. */
async function doomedInFiles(call: Call, files: readonly string[]): Promise<readonly Doomed[]> {
  const { mapper, namespace, invocation } = call;
  const { documents, errors } = readDocuments(invocation, files);
  if (errors.length > 0) throw new ToolExit(errors.join('\n'));
  const doomed: Doomed[] = [];
  for (const document of documents) {
    const { object } = document;
    const resource = await mapper.ofKind(object.apiVersion, object.kind);
    if (!resource) throw new ToolExit(noMatch(document));
    if (resource.namespaced) object.metadata.namespace ??= namespace;
    doomed.push({ resource, object });
  }
  return doomed;
}

/** Makes objects of the targets that have a name: of them the server is not asked either. */
const namedTargets = (targets: readonly Target[], namespace: string): readonly Doomed[] =>
  targets.flatMap(({ resource, name }) =>
    name === undefined
      ? []
      : [
          {
            resource,
            object: { metadata: { name, ...(resource.namespaced && { namespace }) } } as KubernetesObject,
          },
        ],
  );

/** How long `delete` waits without `--timeout`. */
const WAIT_MS = 7 * 24 * 3_600_000;

async function waitUntilGone({ client, flags, invocation }: Call, deleted: readonly Doomed[]) {
  using deadline = linkedSignal(invocation.signal, {
    clock: invocation.clock,
    timeoutMs: flags.durationMs('timeout') || WAIT_MS,
  });
  for (const { resource, object } of deleted) {
    const { name = '', namespace } = object.metadata;
    try {
      const left = await client.find(pathTo(resource, namespace, name), deadline.signal);
      if (!left || left.metadata.deletionTimestamp === undefined) continue;
      await followUntil(
        client,
        pathTo(resource, namespace),
        { fieldSelector: `metadata.name=${name}` },
        snapshot => ![...snapshot.values()].some(({ metadata }) => metadata.uid === left.metadata.uid),
        deadline.signal,
      );
    } catch (error) {
      if (deadline.expired())
        throw new ToolExit(`error: timed out waiting for the condition on ${resource.plural}/${name}`);
      throw error;
    }
  }
}
