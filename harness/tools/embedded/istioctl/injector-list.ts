/** `istioctl x injector list`: who injects into which namespaces. istioctl/pkg/injector @1.30.3 */
import type { KubernetesObject } from '../../../base/kubernetes-client.ts';
import { tree } from '../../../base/untyped.ts';
import { columns } from './ask-istiod.ts';
import { type Pod, podsIn } from './describe/objects.ts';
import { revisionOf } from './describe/pod-text.ts';
import { hooksOf, revisionLabel, selects, webhooksOf } from './injection-hooks.ts';
import { type Call, ISTIO_NAMESPACE, type Verb } from './verb.ts';

const SYSTEM = new Set([
  ISTIO_NAMESPACE,
  'kube-system',
  'kube-public',
  'kube-node-lease',
  'local-path-storage',
]);
/** Webhooks that go by the labels of namespaces. */
const OF_NAMESPACES = new Set([
  'rev.namespace.sidecar-injector.istio.io',
  'namespace.sidecar-injector.istio.io',
]);

/** Prints the namespaces with the revisions of their pods, and the webhooks with their namespaces. */
export const injectorList: Verb = {
  flags: {},
  maxArgs: Number.POSITIVE_INFINITY,
  async run(call) {
    const { flags, invocation } = call;
    const all = await namespacesOf(call);
    const only = all.filter(({ metadata }) => metadata.name === flags.text('namespace'));
    const namespaces = only.length > 0 ? only : all;
    const hooks = await hooksOf(call, 'app=sidecar-injector');
    const pods = await podsIn(call, undefined, {});
    const rows = namespaces.flatMap(each => namespaceRows(each, hooks, pods));
    invocation.stdout(
      rows.length === 0
        ? 'No Istio injected namespaces present.\n'
        : columns([['NAMESPACE', 'ISTIO-REVISION', 'POD-REVISIONS'], ...rows], 1),
    );
    invocation.stdout('\n');
    const images = await imagesOf(call);
    const taken = hooks.flatMap(hook => hookRows(hook, namespaces, images.get(revisionLabel(hook)) ?? ''));
    invocation.stdout(
      hooks.length === 0
        ? 'No Istio injection hooks present.\n'
        : columns([['NAMESPACES', 'INJECTOR-HOOK', 'ISTIO-REVISION', 'SIDECAR-IMAGE'], ...taken], 1),
    );
    return 0;
  },
};

async function namespacesOf({ client, signal }: Call): Promise<readonly KubernetesObject[]> {
  const { items } = await client.list({ apiVersion: 'v1', plural: 'namespaces' }, {}, signal);
  return items
    .filter(({ metadata }) => !SYSTEM.has(metadata.name ?? ''))
    .filter(({ metadata }) => metadata.labels?.['istio.io/dataplane-mode'] !== 'ambient')
    .sort((a, b) => ((a.metadata.name ?? '') < (b.metadata.name ?? '') ? -1 : 1));
}

/** A row for each revision that pods of a namespace are of; one for a namespace that waits for pods. */
function namespaceRows(
  namespace: KubernetesObject,
  hooks: readonly KubernetesObject[],
  pods: readonly Pod[],
): readonly (readonly string[])[] {
  const name = namespace.metadata.name ?? '';
  const wanted = injectedRevision(namespace, hooks);
  const own = new Map<string, Pod[]>();
  for (const pod of pods)
    if (pod.metadata.namespace === name) {
      const revision = revisionOf(pod);
      own.set(revision, [...(own.get(revision) ?? []), pod]);
    }
  if (own.size === 0) return wanted === '' ? [] : [[name, wanted, '<no pods>']];
  return [...own].map(([revision, those]) => {
    const disabled = those.filter(isDisabled).length;
    const old = revision === wanted ? 0 : those.length - disabled;
    const counts =
      `${those.length}${disabled > 0 ? ` (injection disabled: ${disabled})` : ''}` +
      `${old > 0 ? ` NEEDS RESTART: ${old}` : ''}`;
    return [name, wanted, `${revision || '<non-Istio>'}: ${counts}`];
  });
}

function isDisabled({ metadata: { labels = {}, annotations = {} } }: Pod): boolean {
  const name = 'sidecar.istio.io/inject';
  return (labels[name] ?? annotations[name])?.toLowerCase() === 'false';
}

/** The revision whose webhook fits the labels of a namespace. */
function injectedRevision(namespace: KubernetesObject, hooks: readonly KubernetesObject[]): string {
  const { labels = {} } = namespace.metadata;
  const hook = hooks.find(each =>
    webhooksOf(each).some(({ namespaceSelector }) => selects(namespaceSelector, labels)),
  );
  if (hook) return revisionLabel(hook);
  const revision = labels['istio.io/rev'] ?? '';
  const word = labels['istio-injection'];
  if (revision !== '') return `MISSING/${revision}`;
  return word === undefined || word === 'disabled' ? '' : 'MISSING/istio-injection';
}

function hookRows(
  hook: KubernetesObject,
  namespaces: readonly KubernetesObject[],
  image: string,
): readonly (readonly string[])[] {
  const own = webhooksOf(hook).filter(({ name }) => OF_NAMESPACES.has(name));
  const names = own.flatMap(({ namespaceSelector }) =>
    namespaces.flatMap(({ metadata: { name = '', labels = {} } }) =>
      selects(namespaceSelector, labels) ? [name] : [],
    ),
  );
  const shown = names.length === 0 ? ['DOES NOT AUTOINJECT'] : [...new Set(names)];
  return shown.map(name => [name, hook.metadata.name ?? '', revisionLabel(hook), image]);
}

/** Revision → the image of its sidecars, as the injector's values have it. */
async function imagesOf({ client, signal }: Call): Promise<ReadonlyMap<string, string>> {
  const path = { apiVersion: 'v1', plural: 'configmaps' };
  const { items } = await client.list(path, { labelSelector: 'istio.io/rev' }, signal);
  return new Map(
    items.flatMap(each => {
      const image = imageOf(String(tree(each['data'])['values'] ?? ''));
      return image === '' ? [] : [[revisionLabel(each), image] as const];
    }),
  );
}

/** pkg/config/analysis/analyzers/injection, GetIstioProxyImage */
function imageOf(values: string): string {
  if (values === '') return '';
  const { hub, tag, proxy } = tree(tree(JSON.parse(values))['global']);
  const { image = '' } = tree(proxy);
  return String(image).includes('/') ? String(image) : `${String(hub)}/${String(image)}:${String(tag)}`;
}
