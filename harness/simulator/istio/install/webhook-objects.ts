/** The admission webhooks of an installation. */
import type { KubernetesObject } from '../../../base/kubernetes-client.ts';
import type { IstioBehaviour } from '../behaviour.ts';
import { revised } from '../revision.ts';
import { ISTIO_NAMESPACE, kubernetesObject } from './kubernetes-objects.ts';

type Selector = {
  readonly matchLabels?: Record<string, string>;
  readonly matchExpressions?: readonly {
    readonly key: string;
    readonly operator: string;
    readonly values?: readonly string[];
  }[];
};

/** What injection webhooks lead to. */
export interface HookOptions {
  /** Where istiod serves injection: `/inject`, or with cluster and network in it. */
  readonly path: string;
  /** Of the control plane. */
  readonly revision: string;
}

/** Returns the labels of injection webhooks of a revision. */
export const injectorLabels = (revision: string) => ({
  'istio.io/rev': revision,
  app: 'sidecar-injector',
  release: 'istio',
});
const PODS_CREATED = [{ operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['pods'] }];
const is = (key: string, ...values: string[]) => ({ key, operator: 'In', values });
const isNot = (key: string, ...values: string[]) => ({ key, operator: 'NotIn', values });
const isAbsent = (key: string) => ({ key, operator: 'DoesNotExist' });

/** What a webhook selects. */
interface InjectionRule {
  readonly name: string;
  readonly namespace: Selector;
  readonly object: Selector;
}

/** Of current: the webhooks of a revision or tag. */
const rulesOf = (revision: string): readonly InjectionRule[] => [
  {
    name: 'rev.namespace.sidecar-injector.istio.io',
    namespace: { matchExpressions: [is('istio.io/rev', revision), isAbsent('istio-injection')] },
    object: { matchExpressions: [isNot('sidecar.istio.io/inject', 'false')] },
  },
  {
    name: 'rev.object.sidecar-injector.istio.io',
    namespace: { matchExpressions: [isAbsent('istio.io/rev'), isAbsent('istio-injection')] },
    object: { matchExpressions: [isNot('sidecar.istio.io/inject', 'false'), is('istio.io/rev', revision)] },
  },
];

/** Of current: what the default revision or tag has besides. */
const RULES_OF_DEFAULT: readonly InjectionRule[] = [
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
/** Of webhooks that are switched off. */
const NEVER: Selector = { matchLabels: { 'istio.io/deactivated': 'never-match' } };

function injectionWebhook(
  name: string,
  { path, revision }: HookOptions,
  namespaceSelector: Selector,
  objectSelector?: Selector,
) {
  return {
    name,
    clientConfig: {
      service: { name: revised('istiod', revision), namespace: ISTIO_NAMESPACE, path, port: 443 },
    },
    rules: PODS_CREATED,
    failurePolicy: 'Fail',
    namespaceSelector,
    ...(objectSelector && { objectSelector }),
    sideEffects: 'None',
    reinvocationPolicy: 'Never',
  };
}

/** Returns the injection webhooks that a chart brings. */
export function injectionWebhooks(behaviour: IstioBehaviour, options: HookOptions): KubernetesObject[] {
  const { revision } = options;
  const name = revised('istio-sidecar-injector', revision);
  const labels = injectorLabels(revision);
  if (behaviour.install.injectionWebhooks === 'one') {
    const selector: Selector =
      revision === 'default'
        ? { matchLabels: { 'istio-injection': 'enabled' } }
        : { matchExpressions: [isAbsent('istio-injection'), is('istio.io/rev', revision)] };
    const webhook = {
      ...injectionWebhook('sidecar-injector.istio.io', options, selector),
      admissionReviewVersions: behaviour.install.admissionReviewVersions,
      timeoutSeconds: 30,
    };
    return [mutatingConfiguration(name, labels, [webhook])];
  }
  return [mutatingConfiguration(name, labels, webhooksFor(behaviour, revision, options))];
}

/** Returns a configuration of webhooks that change what is created. */
export const mutatingConfiguration = (
  name: string,
  labels: Readonly<Record<string, string>>,
  webhooks: readonly unknown[],
): KubernetesObject =>
  kubernetesObject(
    'admissionregistration.k8s.io/v1',
    'MutatingWebhookConfiguration',
    { name, labels },
    { webhooks },
  );

/** @param chosen - the revision or tag by which namespaces and pods ask for them */
export const webhooksFor = (behaviour: IstioBehaviour, chosen: string, options: HookOptions): unknown[] =>
  webhooks(behaviour, options, [...rulesOf(chosen), ...(chosen === 'default' ? RULES_OF_DEFAULT : [])]);

/** Returns the webhooks of the default revision once its tag has taken their place: they select nothing. */
export const inactiveWebhooks = (behaviour: IstioBehaviour, options: HookOptions): unknown[] =>
  webhooks(
    behaviour,
    options,
    [...rulesOf('default'), ...RULES_OF_DEFAULT].map(({ name }) => ({
      name,
      namespace: NEVER,
      object: NEVER,
    })),
  );

const webhooks = (
  behaviour: IstioBehaviour,
  options: HookOptions,
  rules: readonly InjectionRule[],
): unknown[] =>
  rules.map(({ name, namespace, object }) => ({
    ...injectionWebhook(name, options, namespace, object),
    admissionReviewVersions: behaviour.install.admissionReviewVersions,
    timeoutSeconds: 10,
  }));

/**
 * The validation of Istio's own resources. istiod raises the failure policy to Fail when it has set the CA
 * bundle and seen a refusal.
 */
export const validatingWebhooks = (behaviour: IstioBehaviour, revision: string): KubernetesObject[] =>
  validator(behaviour, behaviour.install.validators[0], revision);

/** @param which - of the release's; none makes none */
export function validator(
  { install }: IstioBehaviour,
  which: IstioBehaviour['install']['validators'][number] | undefined,
  revision: string,
): KubernetesObject[] {
  if (!which) return [];
  const clientConfig = {
    service: {
      name: revised('istiod', revision),
      namespace: ISTIO_NAMESPACE,
      path: '/validate',
      port: 443,
    },
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
        name: which.ofRevision === true ? revised(which.name, revision) : which.name,
        labels: { app: 'istiod', istio: 'istiod', release: 'istio', 'istio.io/rev': revision },
      },
      {
        webhooks: [
          {
            name: which.webhook,
            clientConfig,
            rules,
            failurePolicy: 'Ignore',
            ...(which.ofRevision === true && {
              objectSelector: { matchExpressions: [is('istio.io/rev', revision)] },
            }),
            sideEffects: 'None',
            admissionReviewVersions: install.admissionReviewVersions,
          },
        ],
      },
    ),
  ];
}
