/**
 * `kubectl patch`, `scale` and `delete`. Kubernetes: kubectl pkg/cmd/patch, pkg/cmd/scale, pkg/cmd/delete.
 */
import { isDeepStrictEqual } from 'node:util';
import { load } from 'js-yaml';
import { linkedSignal } from '../../../base/deadline.ts';
import { messageOf } from '../../../base/errors.ts';
import { isNotFound, type KubernetesObject, type PatchType } from '../../../base/kubernetes-client.ts';
import { followUntil } from '../follow.ts';
import { ToolExit } from '../invocation.ts';
import { readDocuments } from './documents.ts';
import { displayName, pathTo, type Resource, typeName } from './resources.ts';
import { type Call, findObjects, readTargets, type Verb } from './verb.ts';

const PATCH_TYPES: Readonly<Record<string, PatchType>> = {
  json: 'json',
  merge: 'merge',
  strategic: 'strategic',
};

export const patch: Verb = {
  flags: {
    patch: { type: 'text', short: 'p' },
    'patch-file': { type: 'text' },
    type: { type: 'text' },
    subresource: { type: 'text' },
    'dry-run': { type: 'text', bare: 'unchanged' },
  },
  async run(call) {
    const { flags, client, invocation, signal } = call;
    const file = flags.text('patch-file');
    const text = flags.text('patch') ?? (file === undefined ? undefined : invocation.readFile(file));
    if (text === undefined)
      throw new ToolExit('error: must specify --patch or --patch-file containing the contents of the patch');
    const type = PATCH_TYPES[flags.text('type') ?? 'strategic'];
    if (!type)
      throw new ToolExit(`error: --type must be one of [json merge strategic], not "${flags.text('type')}"`);
    const body = parsed(text);
    const subresource = flags.text('subresource');
    const query: Record<string, string> = {
      fieldManager: 'kubectl-patch',
      ...(flags.text('dry-run') === 'server' && { dryRun: 'All' }),
    };
    for (const { resource, object } of await findObjects(call, await readTargets(call.mapper, call.args))) {
      const { name = '', namespace } = object.metadata;
      const path = {
        ...pathTo(resource, namespace, name),
        ...(subresource !== undefined && { subresource }),
      };
      const after = await client.patch(path, type, body, query, signal);
      const same = isDeepStrictEqual(after.metadata.resourceVersion, object.metadata.resourceVersion);
      invocation.stdout(
        `${displayName(resource, name)} patched${same && !query['dryRun'] ? ' (no change)' : ''}\n`,
      );
    }
    return 0;
  },
};

function parsed(text: string): unknown {
  try {
    return load(text);
  } catch (error) {
    throw new ToolExit(`error: unable to parse "${text}": ${messageOf(error)}`);
  }
}

export const scale: Verb = {
  flags: {
    replicas: { type: 'integer' },
    'current-replicas': { type: 'integer' },
    selector: { type: 'text', short: 'l' },
    all: { type: 'boolean' },
  },
  async run(call) {
    const { flags, client, invocation, signal } = call;
    const replicas = flags.integer('replicas');
    if (replicas === undefined) throw new ToolExit('error: required flag(s) "replicas" not set');
    if (replicas < 0)
      throw new ToolExit(
        `error: The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0`,
      );
    const selector = flags.text('selector');
    const found = await findObjects(
      call,
      await readTargets(call.mapper, call.args),
      selector === undefined ? {} : { labelSelector: selector },
    );
    if (found.length === 0) throw new ToolExit('error: no objects passed to scale');
    for (const { resource, object } of found) {
      const { name = '', namespace } = object.metadata;
      const path = { ...pathTo(resource, namespace, name), subresource: 'scale' };
      const expected = flags.integer('current-replicas');
      // Of a kind that can be scaled.
      const { replicas: now } = (object['spec'] ?? {}) as { replicas?: number };
      if (expected !== undefined && expected >= 0 && expected !== now) {
        throw new ToolExit(`error: Expected replicas to be ${expected}, was ${now ?? 1}`);
      }
      await client.patch(path, 'merge', { spec: { replicas } }, {}, signal);
      invocation.stdout(`${displayName(resource, name)} scaled\n`);
    }
    return 0;
  },
};

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
    const { flags, client, invocation, signal } = call;
    const found = await findDoomed(call);
    const grace = flags.boolean('now') ? 1 : flags.integer('grace-period');
    const body = {
      propagationPolicy: PROPAGATION[flags.text('cascade') ?? 'background'] ?? 'Background',
      ...(grace !== undefined && grace >= 0 && { gracePeriodSeconds: grace }),
    };
    const failures: unknown[] = [];
    const deleted: { resource: Resource; object: KubernetesObject }[] = [];
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

async function findDoomed(call: Call): Promise<{ resource: Resource; object: KubernetesObject }[]> {
  const { flags, args, mapper, namespace, invocation } = call;
  const files = flags.list('filename');
  if (files.length > 0) {
    const { documents, errors } = readDocuments(invocation, files);
    if (errors.length > 0) throw new ToolExit(errors.join('\n'));
    const doomed: { resource: Resource; object: KubernetesObject }[] = [];
    for (const { object, from } of documents) {
      const resource = await mapper.ofKind(object.apiVersion, object.kind);
      if (!resource) {
        throw new ToolExit(
          `error: resource mapping not found for name: "${object.metadata.name ?? ''}" namespace: "${object.metadata.namespace ?? ''}" from "${from}": no matches for kind "${object.kind}" in version "${object.apiVersion}"\nensure CRDs are installed first`,
        );
      }
      if (resource.namespaced) object.metadata.namespace ??= namespace;
      doomed.push({ resource, object });
    }
    return doomed;
  }
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
  const named = targets.flatMap(({ resource, name }) =>
    name === undefined
      ? []
      : [
          {
            resource,
            object: { metadata: { name, ...(resource.namespaced && { namespace }) } } as KubernetesObject,
          },
        ],
  );
  const listed = await findObjects(
    call,
    targets.filter(({ name }) => name === undefined),
    {
      ...(selector !== undefined && { labelSelector: selector }),
      everywhere: flags.boolean('all-namespaces'),
    },
  );
  return [...named, ...listed];
}

const WAIT_MS = 7 * 24 * 3_600_000;

async function waitUntilGone(
  { client, flags, invocation }: Call,
  deleted: readonly { resource: Resource; object: KubernetesObject }[],
) {
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
