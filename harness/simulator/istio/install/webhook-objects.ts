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

/** Of the injection webhooks. */
export const INJECTOR_LABELS = { 'istio.io/rev': 'default', app: 'sidecar-injector', release: 'istio' };
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
    reinvocationPolicy: 'Never',
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
      configuration('istio-sidecar-injector', INJECTOR_LABELS, [
        {
          ...injectionWebhook('sidecar-injector.istio.io', path, enabled),
          admissionReviewVersions: behaviour.install.admissionReviewVersions,
          timeoutSeconds: 30,
        },
      ]),
    ];
  }
  return [configuration('istio-sidecar-injector', INJECTOR_LABELS, fourWebhooks(behaviour, path, true))];
}

/** Of current: as the chart has them, or selecting nothing. */
export const fourWebhooks = (behaviour: IstioBehaviour, path: string, live: boolean) =>
  INJECTION_RULES.map(({ name, namespace, object }) => ({
    ...injectionWebhook(name, path, live ? namespace : NEVER, live ? object : NEVER),
    admissionReviewVersions: behaviour.install.admissionReviewVersions,
    timeoutSeconds: 10,
  }));

/**
 * The validation of Istio's own resources. istiod raises the failure policy to Fail when it has set the CA
 * bundle and seen a refusal.
 */
export const validatingWebhooks = (behaviour: IstioBehaviour): KubernetesObject[] =>
  validator(behaviour, behaviour.install.validators[0]);

/** @param which - of the release's; none makes none */
export function validator(
  { install }: IstioBehaviour,
  which: IstioBehaviour['install']['validators'][number] | undefined,
): KubernetesObject[] {
  if (!which) return [];
  const clientConfig = {
    service: { name: 'istiod', namespace: ISTIO_NAMESPACE, path: '/validate', port: 443 },
  };
  const rules = [
    {
      operations: ['CREATE', 'UPDATE'],
      apiGroups: install.validatedGroups,
      apiVersions: ['*'],
      resources: ['*'],
    },
  ];
  return [
    kubernetesObject(
      'admissionregistration.k8s.io/v1',
      'ValidatingWebhookConfiguration',
      {
        name: which.name,
        labels: { app: 'istiod', istio: 'istiod', release: 'istio', 'istio.io/rev': 'default' },
      },
      {
        webhooks: [
          {
            name: which.webhook,
            clientConfig,
            rules,
            failurePolicy: 'Ignore',
            ...(which.ofRevision === true && {
              objectSelector: { matchExpressions: [is('istio.io/rev', 'default')] },
            }),
            sideEffects: 'None',
            admissionReviewVersions: install.admissionReviewVersions,
          },
        ],
      },
    ),
  ];
}
