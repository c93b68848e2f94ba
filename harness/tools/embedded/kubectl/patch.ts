/** `kubectl patch`. Kubernetes: kubectl pkg/cmd/patch. */
import { isDeepStrictEqual } from 'node:util';
import { load } from 'js-yaml';
import { messageOf } from '../../../base/errors.ts';
import type { PatchType } from '../../../base/kubernetes-client.ts';
import { ToolExit } from '../invocation.ts';
import { displayName, pathTo } from './resources.ts';
import { findObjects, readTargets, type Verb } from './verb.ts';

const PATCH_TYPES: Readonly<Record<string, PatchType>> = {
  json: 'json',
  merge: 'merge',
  strategic: 'strategic',
};

/** Patches one object after the other with the text of `--patch` or `--patch-file`. */
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
