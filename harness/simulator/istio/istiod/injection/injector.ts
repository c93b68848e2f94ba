/**
 * The injection webhook: an AdmissionReview of a pod in, a JSON patch that adds a proxy out
 * (pkg/kube/inject/webhook.go).
 */
import { messageOf } from '../../../../base/errors.ts';
import { type Tree, tree } from '../../../../base/untyped.ts';
import { isInjectionWanted, type PodMeta } from './decision.ts';
import type { InjectionRequest } from './injection-request.ts';
import { layOver, type PodParts } from './merge.ts';
import { fillTemplate } from './template.ts';
import { templateData } from './template-data.ts';

/** @returns the AdmissionReview with its response; a failure is a refusal with its reason */
export function reviewInjection(request: InjectionRequest): Tree {
  const review = tree(request.review);
  const asked = tree(review['request']);
  const respond = (response: Tree) => ({
    apiVersion: review['apiVersion'] ?? 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    response: { uid: asked['uid'] ?? '', ...response },
  });
  try {
    const patch = patchOf(request, asked);
    if (!patch) return respond({ allowed: true });
    return respond({
      allowed: true,
      patchType: 'JSONPatch',
      patch: Buffer.from(JSON.stringify(patch)).toString('base64'),
    });
  } catch (error) {
    return respond({ allowed: false, status: { status: 'Failure', code: 400, message: messageOf(error) } });
  }
}

function patchOf(request: InjectionRequest, asked: Tree): readonly Tree[] | undefined {
  const { behaviour, config } = request;
  const pod = tree(asked['object']);
  const metadata = tree(pod['metadata']);
  const spec = tree(pod['spec']);
  const namespace = String(asked['namespace'] ?? metadata['namespace'] ?? '');
  const wanted = isInjectionWanted(behaviour, config.policy, namespace, {
    metadata: metadata as PodMeta, // as the API server validated it
    hostNetwork: spec['hostNetwork'] === true,
  });
  if (!wanted) return undefined;
  const before: PodParts = { metadata, spec };
  const annotations = tree(metadata['annotations']);
  const chosen = annotations['inject.istio.io/templates'];
  const names =
    typeof chosen === 'string' ? chosen.split(',').map(name => name.trim()) : config.defaultTemplates;
  const data = templateData(request, before, namespace);
  const policy = tree(config.values['global'])['imagePullPolicy'] || behaviour.injection.pullPolicy;
  let after = before;
  for (const name of names) {
    const template = config.templates[name];
    if (template === undefined)
      throw new Error(`requested template ${name} not found; have ${Object.keys(config.templates)}`);
    const filled = fillTemplate(template, data);
    const templateSpec = withPullPolicy(policy, tree(filled['spec']));
    after = layOver(after, { metadata: tree(filled['metadata']), spec: templateSpec });
  }
  return operations(before, withStatus(request, before, after));
}

/**
 * Gives the template's containers the pull policy of the values, or the release's own. A container that the
 * pod has already keeps its policy: that of a gateway, whose image `auto` the API server takes for `latest`,
 * and which it has given the policy Always before it asked (files/injection-template.yaml,
 * gateway-injection-template.yaml @1.30.3; real-kind-2026-11 D1).
 */
function withPullPolicy(policy: unknown, spec: Tree): Tree {
  if (typeof policy !== 'string' || policy === '') return spec;
  const filled = ['initContainers', 'containers'].flatMap(key => {
    const containers = spec[key];
    if (!Array.isArray(containers)) return [];
    return [[key, containers.map(each => ({ imagePullPolicy: policy, ...tree(each) }))]];
  });
  return { ...spec, ...Object.fromEntries(filled) };
}

/** Writes the annotation that lists what was injected. */
function withStatus({ behaviour, revision }: InjectionRequest, before: PodParts, after: PodParts): PodParts {
  const added = (key: string) => {
    const names = (parts: PodParts) =>
      (Array.isArray(parts.spec[key]) ? parts.spec[key] : []).map(item => String(tree(item)['name']));
    const had = new Set(names(before));
    return names(after).filter(name => !had.has(name));
  };
  const status = {
    initContainers: added('initContainers'),
    containers: added('containers'),
    volumes: added('volumes'),
    imagePullSecrets: null,
    ...(behaviour.injection.statusTellsRevision && { revision }),
  };
  const annotations = {
    ...tree(after.metadata['annotations']),
    'sidecar.istio.io/status': JSON.stringify(status),
  };
  return { ...after, metadata: { ...after.metadata, annotations } };
}

const PATCHED_METADATA = ['labels', 'annotations'] as const;
const PATCHED_SPEC = ['initContainers', 'containers', 'volumes', 'securityContext'] as const;

function operations(before: PodParts, after: PodParts): Tree[] {
  const part = (root: 'metadata' | 'spec', keys: readonly string[]) =>
    keys
      .filter(key => JSON.stringify(before[root][key]) !== JSON.stringify(after[root][key]))
      .map(key => ({ op: 'add', path: `/${root}/${key}`, value: after[root][key] }));
  return [...part('metadata', PATCHED_METADATA), ...part('spec', PATCHED_SPEC)];
}
