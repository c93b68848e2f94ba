/**
 * `istioctl tag`: other names for revisions, by which namespaces ask for injection. istioctl/pkg/tag/tag.go,
 * generate.go @1.30.3
 */
import { dump } from 'js-yaml';
import type { KubernetesObject } from '../../../base/kubernetes-client.ts';
import { renderTag } from '../../../simulator/istio/install/render.ts';
import { ToolExit } from '../invocation.ts';
import { applyObject } from './apply-objects.ts';
import { columns } from './ask-istiod.ts';
import { confirmed } from './install-input.ts';
import { printed } from './printed.ts';
import {
  deactivateDefault,
  listHooks,
  remove,
  revisionOf,
  type TagKind,
  tagOf,
  withTag,
} from './tagged-objects.ts';
import type { Call, Verb } from './verb.ts';

const SET_FLAGS = {
  overwrite: { type: 'boolean' },
  'skip-confirmation': { type: 'boolean', short: 'y' },
  revision: { type: 'text', short: 'r' },
} as const;

/** @throws ToolExit without exactly one word */
function onlyTag({ args }: Call, purpose: string, several: string): string {
  const [name, ...others] = args;
  if (name === undefined) throw new ToolExit(`Error: must provide a tag for ${purpose}`);
  if (others.length > 0) throw new ToolExit(`Error: must provide a single tag for ${several}`);
  return name;
}

/** @throws ToolExit if the revision is not there, or the tag's name is taken */
async function generated(call: Call, name: string): Promise<readonly KubernetesObject[]> {
  const { flags } = call;
  const revision = flags.text('revision');
  if (revision === undefined) throw new ToolExit('Error: required flag(s) "revision" not set');
  const isFree = flags.boolean('overwrite') || name === 'default';
  if (!isFree && (await listHooks(call, `istio.io/rev=${name},!istio.io/tag`)).length > 0)
    throw new ToolExit(
      `Error: cannot create revision tag "${name}": found existing control plane revision with same name`,
    );
  const [hook, ...more] = await listHooks(call, `istio.io/rev=${revision},!istio.io/tag`);
  if (!hook)
    throw new ToolExit(
      'Error: cannot modify tag: cannot find MutatingWebhookConfiguration or Service with revision ' +
        `"${revision}"`,
    );
  if (more.length > 0)
    throw new ToolExit(
      'Error: cannot modify tag: found multiple canonical webhooks or services with revision ' +
        `"${revision}"`,
    );
  if (!flags.boolean('overwrite') && (await listHooks(call, `istio.io/tag=${name}`)).length > 0)
    throw new ToolExit(`Error: revision tag "${name}" already exists, and --overwrite is false`);
  return renderTag(call.istioVersion, { name, revision, path: pathOf(hook), isRemote: false });
}

/** The place where istiod serves injection, as the revision's own webhooks have it. */
function pathOf(hook: KubernetesObject): string {
  const [first] = (hook['webhooks'] ?? []) as readonly {
    readonly clientConfig?: { readonly service?: { readonly path?: string } };
  }[]; // as the API server validated it
  return first?.clientConfig?.service?.path ?? '/inject';
}

const set: Verb = {
  flags: SET_FLAGS,
  maxArgs: Number.POSITIVE_INFINITY,
  async run(call) {
    const name = onlyTag(call, 'modification', 'creation');
    const objects = await generated(call, name);
    if (name === 'default') await deactivateDefault(call);
    for (const object of objects) await applyObject(call, object, false);
    const revision = call.flags.text('revision') ?? '';
    call.invocation.stdout(
      `Revision tag "${name}" created, referencing control plane revision "${revision}". To enable ` +
        `injection using this\nrevision tag, use ` +
        `'kubectl label namespace <NAMESPACE> istio.io/rev=${name}'\n`,
    );
    return 0;
  },
};

const generate: Verb = {
  flags: SET_FLAGS,
  maxArgs: Number.POSITIVE_INFINITY,
  async run(call) {
    const objects = await generated(call, onlyTag(call, 'modification', 'creation'));
    const text = objects.map(object => dump(object, { noRefs: true, lineWidth: -1 })).join('\n---\n');
    call.invocation.stdout(text);
    return 0;
  },
};

const list: Verb = {
  flags: { output: { type: 'text', short: 'o' } },
  maxArgs: 0,
  async run(call) {
    const { flags, invocation } = call;
    const found = new Map<string, { tag: string; revision: string; namespaces: readonly string[] }>();
    for (const hook of await listHooks(call, 'istio.io/rev')) {
      const [tag, revision] = [tagOf(hook), revisionOf(hook)];
      const namespaces = tag === '' ? [] : await namespacesOf(call, tag);
      found.set(`${revision}/${tag}`, { tag, revision, namespaces });
    }
    const all = [...found.values()];
    // A revision with a tag is told by its tags alone.
    const tags = all
      .filter(
        ({ tag, revision }) => tag !== '' || !all.some(each => each.revision === revision && each.tag !== ''),
      )
      .sort((a, b) => (`${a.revision}\0${a.tag}` < `${b.revision}\0${b.tag}` ? -1 : 1));
    if (tags.length === 0) invocation.stdout('No Istio revision tags found.\n');
    else {
      const rows = tags.map(({ tag, revision, namespaces }) => [tag, revision, namespaces.join(',')]);
      invocation.stdout(
        printed(flags.text('output'), tags) ?? columns([['TAG', 'REVISION', 'NAMESPACES'], ...rows], 1),
      );
    }
    return 0;
  },
};

/** Lists the namespaces that ask for a tag. */
async function namespacesOf({ client, signal }: Call, tag: string): Promise<readonly string[]> {
  const path = { apiVersion: 'v1', plural: 'namespaces' };
  const { items } = await client.list(path, { labelSelector: `istio.io/rev=${tag}` }, signal);
  return items.map(({ metadata }) => metadata.name ?? '');
}

const removeTag: Verb = {
  flags: { 'skip-confirmation': { type: 'boolean', short: 'y' } },
  maxArgs: Number.POSITIVE_INFINITY,
  async run(call) {
    const { flags, invocation } = call;
    const name = onlyTag(call, 'removal', 'removal');
    const kinds: readonly TagKind[] = [
      'mutatingwebhookconfigurations',
      'validatingwebhookconfigurations',
      'services',
    ];
    const tagged = await Promise.all(
      kinds.map(async kind => [kind, await withTag(call, kind, name)] as const),
    );
    const isThere = tagged.some(
      ([kind, objects]) => kind !== 'validatingwebhookconfigurations' && objects.length > 0,
    );
    if (!isThere)
      throw new ToolExit(
        `Error: cannot remove tag "${name}": cannot find MutatingWebhookConfiguration or Service for tag`,
      );
    const namespaces = await namespacesOf(call, name);
    const question =
      `Caution, found ${namespaces.length} namespace(s) still injected by tag "${name}": ` +
      `${namespaces.join(' ')}\nProceed with operation? [y/N]`;
    const isAsked = namespaces.length > 0 && !flags.boolean('skip-confirmation');
    if (isAsked && !(await confirmed(call, question))) {
      invocation.stdout('Aborting operation.\n');
      return 0;
    }
    for (const [kind, objects] of tagged) for (const object of objects) await remove(call, kind, object);
    invocation.stdout(`Revision tag ${name} removed\n`);
    return 0;
  },
};

/** The verbs below `tag`; `show` and `delete` are other words for two of them. */
export const tag: Readonly<Record<string, Verb>> = {
  set,
  generate,
  list,
  show: list,
  remove: removeTag,
  delete: removeTag,
};
