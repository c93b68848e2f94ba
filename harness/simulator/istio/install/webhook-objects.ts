/** The admission webhooks of an installation. */
import type { KubernetesObject } from '../../../base/kubernetes-client.ts';
import type { IstioBehaviour } from '../behaviour.ts';
import { ISTIO_NAMESPACE, kubernetesObject } from './kubernetes-objects.ts';

type Selector = {
  readonly matchLabels?: Record<string, string>;
  readonly matchExpressions?: readonly {
    readonly key: string;
    readonly operator: string;
    readonly values?: readonly string[];
  }[];
};

const LABELS = { 'istio.io/rev': 'default', app: 'sidecar-injector', release: 'istio' };
const PODS_CREATED = [{ operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['pods'] }];
const is = (key: string, ...values: string[]) => ({ key, operator: 'In', values });
const isNot = (key: string, ...values: string[]) => ({ key, operator: 'NotIn', values });
const isAbsent = (key: string) => ({ key, operator: 'DoesNotExist' });

/** The four webhooks of current and what each selects. */
const INJECTION_RULES: readonly {
  readonly name: string;
  readonly namespace: Selector;
  readonly object: Selector;
}[] = [
  {
    name: 'rev.namespace.sidecar-injector.istio.io',
    namespace: { matchExpressions: [is('istio.io/rev', 'default'), isAbsent('istio-injection')] },
    object: { matchExpressions: [isNot('sidecar.istio.io/inject', 'false')] },
  },
  {
    name: 'rev.object.sidecar-injector.istio.io',
    namespace: { matchExpressions: [isAbsent('istio.io/rev'), isAbsent('istio-injection')] },
    object: { matchExpressions: [isNot('sidecar.istio.io/inject', 'false'), is('istio.io/rev', 'default')] },
  },
  {
    name: 'namespace.sidecar-injector.istio.io',
    namespace: { matchExpressions: [is('istio-injection', 'enabled')] },
    object: { matchExpressions: [isNot('sidecar.istio.io/inject', 'false')] },
  },
  {
    name: 'object.sidecar-injector.istio.io',
    namespace: { matchExpressions: [isAbsent('istio-injection'), isAbsent('istio.io/rev')] },
    object: { matchExpressions: [is('sidecar.istio.io/inject', 'true'), isAbsent('istio.io/rev')] },
  },
];
const NEVER: Selector = { matchLabels: { 'istio.io/deactivated': 'never-match' } };

function injectionWebhook(
  name: string,
  path: string,
  namespaceSelector: Selector,
  objectSelector?: Selector,
) {
  return {
    name,
    clientConfig: { service: { name: 'istiod', namespace: ISTIO_NAMESPACE, path, port: 443 } },
    rules: PODS_CREATED,
    failurePolicy: 'Fail',
    namespaceSelector,
    ...(objectSelector && { objectSelector }),
    sideEffects: 'None',
    admissionReviewVersions: ['v1beta1', 'v1'],
  };
}

/**
 * @param path - where istiod serves injection: `/inject`, or with cluster and network in it
 */
export function injectionWebhooks(behaviour: IstioBehaviour, path: string): KubernetesObject[] {
  const configuration = (name: string, labels: Record<string, string>, webhooks: unknown[]) =>
    kubernetesObject(
      'admissionregistration.k8s.io/v1',
      'MutatingWebhookConfiguration',
      { name, labels },
      { webhooks },
    );
  if (behaviour.install.injectionWebhooks === 'one') {
    const enabled = { matchLabels: { 'istio-injection': 'enabled' } };
    return [
      configuration('istio-sidecar-injector', LABELS, [
        { ...injectionWebhook('sidecar-injector.istio.io', path, enabled), timeoutSeconds: 30 },
      ]),
    ];
  }
  // istioctl install then tags the revision as the default one: the tag's webhooks select, those of the chart
  // no longer do (I1).
  const webhooks = (live: boolean) =>
    INJECTION_RULES.map(({ name, namespace, object }) => ({
      ...injectionWebhook(name, path, live ? namespace : NEVER, live ? object : NEVER),
      timeoutSeconds: 10,
    }));
  return [
    configuration('istio-sidecar-injector', LABELS, webhooks(false)),
    configuration('istio-revision-tag-default', { ...LABELS, 'istio.io/tag': 'default' }, webhooks(true)),
  ];
}

/**
 * Makes the webhook that validates Istio's own resources. istiod raises the failure policy of the first to
 * Fail when it has set the CA bundle.
 */
export function validatingWebhooks(behaviour: IstioBehaviour): KubernetesObject[] {
  const configuration = (name: string, webhook: string, failurePolicy: string) =>
    kubernetesObject(
      'admissionregistration.k8s.io/v1',
      'ValidatingWebhookConfiguration',
      { name, labels: { app: 'istiod', istio: 'istiod', release: 'istio', 'istio.io/rev': 'default' } },
      {
        webhooks: [
          {
            name: webhook,
            clientConfig: {
              service: { name: 'istiod', namespace: ISTIO_NAMESPACE, path: '/validate', port: 443 },
            },
            rules: [
              {
                operations: ['CREATE', 'UPDATE'],
                apiGroups: ['security.istio.io', 'networking.istio.io'],
                apiVersions: ['*'],
                resources: ['*'],
              },
            ],
            failurePolicy,
            sideEffects: 'None',
            admissionReviewVersions: ['v1beta1', 'v1'],
          },
        ],
      },
    );
  return behaviour.install.validators.map(({ name, webhook }) => configuration(name, webhook, 'Ignore'));
}
