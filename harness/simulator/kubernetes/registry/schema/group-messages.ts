/** The messages of the named API groups, which messages.ts explains. */
import { METADATA } from './core-messages.ts';

/** By the name of the message; the newest version of each. */
export const GROUP_MESSAGES: Readonly<Record<string, string>> = {
  // apps/v1
  Deployment: `${METADATA}, 2 spec DeploymentSpec, 3 status -`,
  DeploymentSpec:
    '1 replicas *i, 2 selector *LabelSelector, 3 template PodTemplateSpec, 4 strategy DeploymentStrategy, 5 minReadySeconds i, 6 revisionHistoryLimit *i, 7 paused b, 9 progressDeadlineSeconds *i',
  DeploymentStrategy: '1 type s, 2 rollingUpdate *RollingUpdateDeployment',
  RollingUpdateDeployment: '1 maxUnavailable *I, 2 maxSurge *I',
  ReplicaSet: `${METADATA}, 2 spec ReplicaSetSpec, 3 status -`,
  ReplicaSetSpec: '1 replicas *i, 2 selector *LabelSelector, 3 template PodTemplateSpec, 4 minReadySeconds i',

  // authentication.k8s.io/v1, authorization.k8s.io/v1
  TokenRequest: `${METADATA}, 2 spec TokenRequestSpec, 3 status -`,
  TokenRequestSpec: '1 audiences []s, 3 boundObjectRef *BoundObjectReference, 4 expirationSeconds *i',
  BoundObjectReference: '1 kind s, 2 apiVersion s, 3 name s, 4 uid s',
  TokenReview: `${METADATA}, 2 spec TokenReviewSpec, 3 status -`,
  TokenReviewSpec: '1 token s, 2 audiences []s',
  SelfSubjectReview: `${METADATA}, 2 status -`,
  SelfSubjectAccessReview: `${METADATA}, 2 spec AccessReviewSpec, 3 status -`,
  AccessReviewSpec:
    '1 resourceAttributes *ResourceAttributes, 2 nonResourceAttributes *NonResourceAttributes',
  SubjectAccessReview: `${METADATA}, 2 spec SubjectAccessReviewSpec, 3 status -`,
  LocalSubjectAccessReview: `${METADATA}, 2 spec SubjectAccessReviewSpec, 3 status -`,
  SubjectAccessReviewSpec:
    '1 resourceAttributes *ResourceAttributes, 2 nonResourceAttributes *NonResourceAttributes, 3 user s, 4 groups []s, 5 extra {}ExtraValue, 6 uid s',
  ExtraValue: '1 items []s',
  SelfSubjectRulesReview: `${METADATA}, 2 spec RulesReviewSpec, 3 status -`,
  RulesReviewSpec: '1 namespace s',
  ResourceAttributes:
    '1 namespace s, 2 verb s, 3 group s, 4 version s, 5 resource s, 6 subresource s, 7 name s, 8 fieldSelector !, 9 labelSelector !',
  NonResourceAttributes: '1 path s, 2 verb s',

  // rbac.authorization.k8s.io/v1
  Role: `${METADATA}, 2 rules []PolicyRule`,
  ClusterRole: `${METADATA}, 2 rules []PolicyRule, 3 aggregationRule *AggregationRule`,
  AggregationRule: '1 clusterRoleSelectors []LabelSelector',
  PolicyRule: '1 verbs []s, 2 apiGroups []s, 3 resources []s, 4 resourceNames []s, 5 nonResourceURLs []s',
  RoleBinding: `${METADATA}, 2 subjects []Subject, 3 roleRef RoleRef`,
  ClusterRoleBinding: `${METADATA}, 2 subjects []Subject, 3 roleRef RoleRef`,
  Subject: '1 kind s, 2 apiGroup s, 3 name s, 4 namespace s',
  RoleRef: '1 apiGroup s, 2 kind s, 3 name s',

  // coordination.k8s.io/v1, policy/v1, autoscaling, scheduling.k8s.io/v1
  Lease: `${METADATA}, 2 spec LeaseSpec`,
  LeaseSpec:
    '1 holderIdentity *s, 2 leaseDurationSeconds *i, 3 acquireTime *M, 4 renewTime *M, 5 leaseTransitions *i, 6 strategy *s, 7 preferredHolder *s',
  Eviction: `${METADATA}, 2 deleteOptions *DeleteOptions`,
  PodDisruptionBudget: `${METADATA}, 2 spec PodDisruptionBudgetSpec, 3 status -`,
  PodDisruptionBudgetSpec:
    '1 minAvailable *I, 2 selector *LabelSelector, 3 maxUnavailable *I, 4 unhealthyPodEvictionPolicy *s',
  Scale: `${METADATA}, 2 spec ScaleSpec, 3 status -`,
  ScaleSpec: '1 replicas i',
  HorizontalPodAutoscaler: `${METADATA}, 2 spec HorizontalPodAutoscalerSpec, 3 status -`,
  HorizontalPodAutoscalerSpec:
    '1 scaleTargetRef CrossVersionObjectReference, 2 minReplicas *i, 3 maxReplicas i, 4 metrics []MetricSpec, 5 behavior !',
  CrossVersionObjectReference: '1 kind s, 2 name s, 3 apiVersion s',
  MetricSpec:
    '1 type s, 2 object !, 3 pods !, 4 resource *ResourceMetricSource, 5 external !, 7 containerResource !',
  ResourceMetricSource: '1 name s, 2 target MetricTarget',
  MetricTarget: '1 type s, 2 value *Q, 3 averageValue *Q, 4 averageUtilization *i',
  PriorityClass: `${METADATA}, 2 value i, 3 globalDefault b, 4 description s, 5 preemptionPolicy *s`,

  // networking.k8s.io/v1, discovery.k8s.io/v1
  Ingress: `${METADATA}, 2 spec IngressSpec, 3 status -`,
  IngressSpec:
    '1 defaultBackend *IngressBackend, 2 tls []IngressTLS, 3 rules []IngressRule, 4 ingressClassName *s',
  IngressTLS: '1 hosts []s, 2 secretName s',
  IngressRule: '1 host s, 2 ~ IngressRuleValue',
  IngressRuleValue: '1 http *HTTPIngressRuleValue',
  HTTPIngressRuleValue: '1 paths []HTTPIngressPath',
  HTTPIngressPath: '1 path s, 2 backend IngressBackend, 3 pathType *s',
  IngressBackend: '3 resource *TypedLocalObjectReference, 4 service *IngressServiceBackend',
  TypedLocalObjectReference: '1 apiGroup *s, 2 kind s, 3 name s',
  IngressServiceBackend: '1 name s, 2 port ServiceBackendPort',
  ServiceBackendPort: '1 name s, 2 number i',
  EndpointSlice: `${METADATA}, 2 endpoints []Endpoint, 3 ports []EndpointPort, 4 addressType s`,
  Endpoint:
    '1 addresses []s, 2 conditions EndpointConditions, 3 hostname *s, 4 targetRef *ObjectReference, 5 deprecatedTopology {}s, 6 nodeName *s, 7 zone *s, 8 hints !',
  EndpointConditions: '1 ready *b, 2 serving *b, 3 terminating *b',
  EndpointPort: '1 name *s, 2 protocol *s, 3 port *i, 4 appProtocol *s',

  // admissionregistration.k8s.io/v1
  MutatingWebhookConfiguration: `${METADATA}, 2 webhooks []MutatingWebhook`,
  MutatingWebhook:
    '1 name s, 2 clientConfig WebhookClientConfig, 3 rules []RuleWithOperations, 4 failurePolicy *s, 5 namespaceSelector *LabelSelector, 6 sideEffects *s, 7 timeoutSeconds *i, 8 admissionReviewVersions []s, 9 matchPolicy *s, 10 reinvocationPolicy *s, 11 objectSelector *LabelSelector, 12 matchConditions !',
  ValidatingWebhookConfiguration: `${METADATA}, 2 webhooks []ValidatingWebhook`,
  ValidatingWebhook:
    '1 name s, 2 clientConfig WebhookClientConfig, 3 rules []RuleWithOperations, 4 failurePolicy *s, 5 namespaceSelector *LabelSelector, 6 sideEffects *s, 7 timeoutSeconds *i, 8 admissionReviewVersions []s, 9 matchPolicy *s, 10 objectSelector *LabelSelector, 11 matchConditions !',
  WebhookClientConfig: '1 service *ServiceReference, 2 caBundle y, 3 url *s',
  ServiceReference: '1 namespace s, 2 name s, 3 path *s, 4 port *i',
  RuleWithOperations: '1 operations []s, 2 ~ Rule',
  Rule: '1 apiGroups []s, 2 apiVersions []s, 3 resources []s, 4 scope *s',
};

/** The messages of versions that differ from the newest one, by `apiVersion kind`. */
export const VERSIONED: Readonly<Record<string, string>> = {
  'autoscaling/v1 HorizontalPodAutoscaler': 'HorizontalPodAutoscalerV1',
  'events.k8s.io/v1 Event': 'EventV1',
};
/** The older versions, under names of their own. */
export const OLD_MESSAGES: Readonly<Record<string, string>> = {
  EventV1: `${METADATA}, 2 eventTime M, 3 series *EventSeries, 4 reportingController s, 5 reportingInstance s, 6 action s, 7 reason s, 8 regarding ObjectReference, 9 related *ObjectReference, 10 note s, 11 type s, 12 deprecatedSource EventSource, 13 deprecatedFirstTimestamp T, 14 deprecatedLastTimestamp T, 15 deprecatedCount i`,
  HorizontalPodAutoscalerV1: `${METADATA}, 2 spec HorizontalPodAutoscalerSpecV1, 3 status -`,
  HorizontalPodAutoscalerSpecV1:
    '1 scaleTargetRef CrossVersionObjectReference, 2 minReplicas *i, 3 maxReplicas i, 4 targetCPUUtilizationPercentage *i',
};
