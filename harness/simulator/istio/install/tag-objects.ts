/** What `istioctl install` makes beside the charts: the tag by which the revision is the default one. */
import type { KubernetesObject } from '../../../base/kubernetes-client.ts';
import type { IstioBehaviour } from '../behaviour.ts';
import { SERVICE_PORTS } from './istiod-ports.ts';
import { ISTIO_NAMESPACE, kubernetesObject } from './kubernetes-objects.ts';
import { fourWebhooks, INJECTOR_LABELS, validator } from './webhook-objects.ts';

/**
 * What `istioctl install` makes when all else is there: it tags the revision as the default one. The tag's
 * webhooks select, those of the chart no longer do (I1). operator/pkg/webhook/webhook.go,
 * istioctl/pkg/tag/generate.go @1.30.3
 */
export function tagObjects(behaviour: IstioBehaviour, path: string, isRemote: boolean): KubernetesObject[] {
  if (behaviour.install.injectionWebhooks === 'one') return [];
  const tagged = { 'istio.io/rev': 'default', 'istio.io/tag': 'default' };
  const configuration = (name: string, labels: Record<string, string>, webhooks: unknown[]) =>
    kubernetesObject(
      'admissionregistration.k8s.io/v1',
      'MutatingWebhookConfiguration',
      { name, labels },
      { webhooks },
    );
  return [
    configuration('istio-sidecar-injector', INJECTOR_LABELS, fourWebhooks(behaviour, path, false)),
    configuration(
      'istio-revision-tag-default',
      { ...INJECTOR_LABELS, ...tagged },
      fourWebhooks(behaviour, path, true),
    ),
    ...(isRemote ? [] : validator(behaviour, behaviour.install.validators[1])),
    kubernetesObject(
      'v1',
      'Service',
      {
        name: 'istiod-revision-tag-default',
        namespace: ISTIO_NAMESPACE,
        labels: { app: 'istiod', istio: 'pilot', release: 'istio', ...tagged },
      },
      { spec: { ports: SERVICE_PORTS, selector: { app: 'istiod', istio: 'pilot' } } },
    ),
  ];
}
