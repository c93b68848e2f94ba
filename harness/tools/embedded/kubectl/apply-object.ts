/** How `kubectl apply` brings one object to the server: merged there, or here with the three-way patch. */
import { KubernetesApiError, type KubernetesObject } from '../../../base/kubernetes-client.ts';
import type { Document } from './documents.ts';
import type { Source } from './errors.ts';
import { goJson } from './go-syntax.ts';
import { displayName, pathTo, type Resource } from './resources.ts';
import { strategicPatchOf } from './strategic-patch.ts';
import { type JsonObject, mergePatchOf } from './three-way.ts';
import type { Call } from './verb.ts';

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';
/** How often `apply` tries a patch again after somebody else has changed the object (maxPatchRetry). */
const MAX_CONFLICTS = 5;

/** Runs an API call, and notes on the error which call it was. */
async function during<T>(source: Source, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Error) Object.assign(error, { applySource: source });
    throw error;
  }
}

/** Reads from an error of `applyOne` which call failed; undefined if none of them did. */
export const failedCallOf = (error: unknown): Source | undefined =>
  (error as { applySource?: Source }).applySource; // set by `during`

/** One object to apply, and whether the API server or the client only pretends to. */
interface Application {
  readonly call: Call;
  readonly document: Document;
  readonly resource: Resource;
  readonly path: ReturnType<typeof pathTo>;
  readonly dryRun: Readonly<Record<string, string>>;
  readonly clientOnly: boolean;
  readonly say: (what: string) => void;
}

/**
 * Applies one object and prints what became of it: `created`, `configured`, `unchanged`, `serverside-applied`.
 * @throws what the API call threw; `failedCallOf` knows which call it was
 */
export async function applyOne(call: Call, document: Document, resource: Resource): Promise<void> {
  const { flags, invocation } = call;
  const { metadata } = document.object;
  const name = metadata.name ?? '';
  const path = pathTo(resource, metadata.namespace, name);
  const dryRun: Record<string, string> = flags.text('dry-run') === 'server' ? { dryRun: 'All' } : {};
  const clientOnly = flags.text('dry-run') === 'client';
  const suffix = dryRun['dryRun'] ? ' (server dry run)' : clientOnly ? ' (dry run)' : '';
  const say = (what: string) => invocation.stdout(`${displayName(resource, name)} ${what}${suffix}\n`);
  const application = { call, document, resource, path, dryRun, clientOnly, say };
  await (flags.boolean('server-side') ? applyOnServer(application) : applyHere(application));
}

/** Leaves the merge to the API server. */
async function applyOnServer({ call, document, path, dryRun, say }: Application): Promise<void> {
  const { client, flags, signal } = call;
  const query = {
    fieldManager: flags.text('field-manager') ?? 'kubectl',
    fieldValidation: 'Strict',
    force: String(flags.boolean('force-conflicts')),
    ...dryRun,
  };
  await during({ doing: 'applying patch to', from: document.from }, () =>
    client.patch(path, 'apply', document.object, query, signal),
  );
  say('serverside-applied');
}

/** Merges here, three ways, and tries again if somebody else changed the object meanwhile. */
async function applyHere(application: Application): Promise<void> {
  const { call, document, path, dryRun, say } = application;
  const { client, flags, signal } = call;
  const { object, from } = document;
  const query = {
    fieldManager: flags.text('field-manager') ?? 'kubectl-client-side-apply',
    fieldValidation: 'Strict',
    ...dryRun,
  };
  const modified = withLastApplied(object);
  for (let conflicts = 0; ; conflicts++) {
    const current = await during({ doing: 'retrieving current configuration of', from }, () =>
      client.find(path, signal),
    );
    if (!current) {
      await createMissing(application, modified, query);
      say('created');
      return;
    }
    try {
      const isPatched = await patchCurrent(application, current, modified, query);
      say(isPatched ? 'configured' : 'unchanged');
      return;
    } catch (error) {
      if (error instanceof KubernetesApiError && error.code === 409 && conflicts < MAX_CONFLICTS) continue;
      throw error;
    }
  }
}

async function createMissing(
  { call: { client, signal }, document: { object, from }, resource, clientOnly }: Application,
  modified: KubernetesObject,
  query: Readonly<Record<string, string>>,
): Promise<void> {
  if (clientOnly) return;
  const collection = pathTo(resource, object.metadata.namespace);
  await during({ doing: 'creating', from }, () => client.create(collection, modified, query, signal));
}

/** Writes what differs from what the server has. @returns whether there was a difference */
async function patchCurrent(
  { call, document: { from }, resource, path, clientOnly }: Application,
  current: KubernetesObject,
  modified: KubernetesObject,
  query: Readonly<Record<string, string>>,
): Promise<boolean> {
  const { client, invocation, signal } = call;
  const patch = patchFor(resource, current, modified, invocation.stderr);
  if (Object.keys(patch).length === 0) return false;
  const type = resource.builtIn ? 'strategic' : 'merge';
  if (!clientOnly)
    await during({ doing: 'applying patch to', from }, () => client.patch(path, type, patch, query, signal));
  return true;
}

/** Returns the object with itself, as text, in the annotation that the next apply compares with. */
function withLastApplied(object: KubernetesObject): KubernetesObject {
  const { [LAST_APPLIED]: _before, ...annotations } = object.metadata.annotations ?? {};
  const plain = { ...object, metadata: { ...object.metadata, annotations } };
  return {
    ...object,
    metadata: { ...object.metadata, annotations: { ...annotations, [LAST_APPLIED]: `${goJson(plain)}\n` } },
  };
}

function patchFor(
  resource: Resource,
  current: KubernetesObject,
  modified: KubernetesObject,
  warn: (text: string) => void,
): JsonObject {
  const lastApplied = current.metadata.annotations?.[LAST_APPLIED];
  if (lastApplied === undefined) {
    const name = `${resource.plural}/${current.metadata.name ?? ''}`;
    warn(
      `Warning: resource ${name} is missing the ${LAST_APPLIED} annotation which is required by kubectl apply. ` +
        'kubectl apply should only be used on resources created declaratively by either kubectl create --save-config or kubectl apply. ' +
        'The missing annotation will be patched automatically.\n',
    );
  }
  // An earlier apply wrote it.
  const original = lastApplied === undefined ? undefined : (JSON.parse(lastApplied) as JsonObject);
  return (resource.builtIn ? strategicPatchOf : mergePatchOf)({ original, modified, current });
}
