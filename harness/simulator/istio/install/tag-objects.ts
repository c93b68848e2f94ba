/** Tags: other names by which namespaces and pods ask for a revision, and the default one among them. */
import type { KubernetesObject } from '../../../base/kubernetes-client.ts';
import type { IstioBehaviour } from '../behaviour.ts';
import { istiodSelector } from './istiod-objects.ts';
import { SERVICE_PORTS } from './istiod-ports.ts';
import { ISTIO_NAMESPACE, kubernetesObject } from './kubernetes-objects.ts';
import {
  type HookOptions,
  inactiveWebhooks,
  injectorLabels,
  mutatingConfiguration,
  validator,
  webhooksFor,
} from './webhook-objects.ts';

/** A tag, and the control plane that it stands for. */
export interface Tag extends HookOptions {
  readonly name: string;
  /** Whether that is in another cluster, which validates nothing here. */
  readonly isRemote: boolean;
}

/**
 * What `istioctl install` makes when all else is there: it tags the revision as the default one. The tag's
 * webhooks select, those of the chart no longer do (I1). operator/pkg/webhook/webhook.go,
 * istioctl/pkg/tag/generate.go @1.30.3
 */
export function defaultTagObjects(behaviour: IstioBehaviour, tag: Omit<Tag, 'name'>): KubernetesObject[] {
  const switchedOff =
    tag.revision === 'default'
      ? [
          mutatingConfiguration(
            'istio-sidecar-injector',
            injectorLabels('default'),
            inactiveWebhooks(behaviour, tag),
          ),
        ]
      : [];
  return behaviour.install.injectionWebhooks === 'one'
    ? []
    : [...switchedOff, ...tagObjects(behaviour, { ...tag, name: 'default' })];
}

/** Returns the webhooks and the Service of a tag; of the default one also the validator. */
export function tagObjects(behaviour: IstioBehaviour, tag: Tag): KubernetesObject[] {
  const { name, revision, isRemote } = tag;
  const tagged = { 'istio.io/rev': revision, 'istio.io/tag': name };
  return [
    mutatingConfiguration(
      `istio-revision-tag-${name}`,
      { ...injectorLabels(revision), ...tagged },
      webhooksFor(behaviour, name, tag),
    ),
    ...(isRemote || name !== 'default'
      ? []
      : validator(behaviour, behaviour.install.validators[1], revision).map(object => withTag(object, name))),
    kubernetesObject(
      'v1',
      'Service',
      {
        name: `istiod-revision-tag-${name}`,
        namespace: ISTIO_NAMESPACE,
        labels: { app: 'istiod', istio: 'pilot', release: 'istio', ...tagged },
      },
      { spec: { ports: SERVICE_PORTS, selector: istiodSelector(revision) } },
    ),
  ];
}

const withTag = (object: KubernetesObject, tag: string): KubernetesObject => ({
  ...object,
  metadata: { ...object.metadata, labels: { ...object.metadata.labels, 'istio.io/tag': tag } },
});
