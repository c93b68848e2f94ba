/** The messages of meta/v1 and core/v1, which messages.ts explains. */

/** The first field of every kind. */
export const METADATA = '1 metadata ObjectMeta';
const KEYED = '1 ~ LocalObjectReference, 2 key s, 3 optional *b';
const HANDLERS = '1 exec *ExecAction, 2 httpGet *HTTPGetAction, 3 tcpSocket *TCPSocketAction';

/** By the name of the message; the newest version of each. */
export const CORE_MESSAGES: Readonly<Record<string, string>> = {
  ObjectMeta:
    '1 name s, 2 generateName s, 3 namespace s, 4 selfLink s, 5 uid s, 6 resourceVersion s, 7 generation i, 8 creationTimestamp T, 9 deletionTimestamp *T, 10 deletionGracePeriodSeconds *i, 11 labels {}s, 12 annotations {}s, 13 ownerReferences []OwnerReference, 14 finalizers []s, 17 managedFields []ManagedFieldsEntry',
  OwnerReference: '1 kind s, 3 name s, 4 uid s, 5 apiVersion s, 6 controller *b, 7 blockOwnerDeletion *b',
  ManagedFieldsEntry:
    '1 manager s, 2 operation s, 3 apiVersion s, 4 time *T, 6 fieldsType s, 7 fieldsV1 *FieldsV1, 8 subresource s',
  FieldsV1: '1 ~ R',
  LabelSelector: '1 matchLabels {}s, 2 matchExpressions []LabelSelectorRequirement',
  LabelSelectorRequirement: '1 key s, 2 operator s, 3 values []s',
  DeleteOptions:
    '1 gracePeriodSeconds *i, 2 preconditions *Preconditions, 3 orphanDependents *b, 4 propagationPolicy *s, 5 dryRun []s, 6 ignoreStoreReadErrorWithClusterBreakingPotential *b',
  Preconditions: '1 uid *s, 2 resourceVersion *s',

  // core/v1
  Namespace: `${METADATA}, 2 spec NamespaceSpec, 3 status -`,
  NamespaceSpec: '1 finalizers []s',
  ConfigMap: `${METADATA}, 2 data {}s, 3 binaryData {}y, 4 immutable *b`,
  Secret: `${METADATA}, 2 data {}y, 3 type s, 4 stringData {}s, 5 immutable *b`,
  ServiceAccount: `${METADATA}, 2 secrets []ObjectReference, 3 imagePullSecrets []LocalObjectReference, 4 automountServiceAccountToken *b`,
  LocalObjectReference: '1 name s',
  ObjectReference:
    '1 kind s, 2 namespace s, 3 name s, 4 uid s, 5 apiVersion s, 6 resourceVersion s, 7 fieldPath s',
  Service: `${METADATA}, 2 spec ServiceSpec, 3 status -`,
  ServiceSpec:
    '1 ports []ServicePort, 2 selector {}s, 3 clusterIP s, 4 type s, 5 externalIPs []s, 7 sessionAffinity s, 8 loadBalancerIP s, 9 loadBalancerSourceRanges []s, 10 externalName s, 11 externalTrafficPolicy s, 12 healthCheckNodePort i, 13 publishNotReadyAddresses b, 14 sessionAffinityConfig *SessionAffinityConfig, 17 ipFamilyPolicy *s, 18 clusterIPs []s, 19 ipFamilies []s, 20 allocateLoadBalancerNodePorts *b, 21 loadBalancerClass *s, 22 internalTrafficPolicy *s, 23 trafficDistribution *s',
  SessionAffinityConfig: '1 clientIP *ClientIPConfig',
  ClientIPConfig: '1 timeoutSeconds *i',
  ServicePort: '1 name s, 2 protocol s, 3 port i, 4 targetPort I, 5 nodePort i, 6 appProtocol *s',
  Endpoints: `${METADATA}, 2 subsets []EndpointSubset`,
  EndpointSubset:
    '1 addresses []EndpointAddress, 2 notReadyAddresses []EndpointAddress, 3 ports []EndpointsPort',
  EndpointAddress: '1 ip s, 2 targetRef *ObjectReference, 3 hostname s, 4 nodeName *s',
  EndpointsPort: '1 name s, 2 port i, 3 protocol s, 4 appProtocol *s',
  Event: `${METADATA}, 2 involvedObject ObjectReference, 3 reason s, 4 message s, 5 source EventSource, 6 firstTimestamp T, 7 lastTimestamp T, 8 count i, 9 type s, 10 eventTime M, 11 series *EventSeries, 12 action s, 13 related *ObjectReference, 14 reportingComponent s, 15 reportingInstance s`,
  EventSource: '1 component s, 2 host s',
  EventSeries: '1 count i, 2 lastObservedTime M',
  Binding: `${METADATA}, 2 target ObjectReference`,
  Pod: `${METADATA}, 2 spec PodSpec, 3 status -`,
  PodTemplateSpec: `${METADATA}, 2 spec PodSpec`,
  PodSpec:
    '1 volumes []Volume, 2 containers []Container, 3 restartPolicy s, 4 terminationGracePeriodSeconds *i, 5 activeDeadlineSeconds *i, 6 dnsPolicy s, 7 nodeSelector {}s, 8 serviceAccountName s, 9 serviceAccount s, 10 nodeName s, 11 hostNetwork b, 12 hostPID b, 13 hostIPC b, 14 securityContext *PodSecurityContext, 15 imagePullSecrets []LocalObjectReference, 16 hostname s, 17 subdomain s, 18 affinity *Affinity, 19 schedulerName s, 20 initContainers []Container, 21 automountServiceAccountToken *b, 22 tolerations []Toleration, 23 hostAliases []HostAlias, 24 priorityClassName s, 25 priority *i, 26 dnsConfig *PodDNSConfig, 27 shareProcessNamespace *b, 28 readinessGates []PodReadinessGate, 29 runtimeClassName *s, 30 enableServiceLinks *b, 31 preemptionPolicy *s, 32 overhead {}Q, 33 topologySpreadConstraints []TopologySpreadConstraint, 34 ephemeralContainers !, 35 setHostnameAsFQDN *b, 36 os *LocalObjectReference, 37 hostUsers *b, 38 schedulingGates []LocalObjectReference, 39 resourceClaims !, 40 resources *ResourceRequirements',
  PodReadinessGate: '1 conditionType s',
  HostAlias: '1 ip s, 2 hostnames []s',
  PodDNSConfig: '1 nameservers []s, 2 searches []s, 3 options []PodDNSConfigOption',
  PodDNSConfigOption: '1 name s, 2 value *s',
  Toleration: '1 key s, 2 operator s, 3 value s, 4 effect s, 5 tolerationSeconds *i',
  TopologySpreadConstraint:
    '1 maxSkew i, 2 topologyKey s, 3 whenUnsatisfiable s, 4 labelSelector *LabelSelector, 5 minDomains *i, 6 nodeAffinityPolicy *s, 7 nodeTaintsPolicy *s, 8 matchLabelKeys []s',
  Affinity: '1 nodeAffinity *NodeAffinity, 2 podAffinity *PodAffinity, 3 podAntiAffinity *PodAffinity',
  NodeAffinity:
    '1 requiredDuringSchedulingIgnoredDuringExecution *NodeSelector, 2 preferredDuringSchedulingIgnoredDuringExecution []PreferredSchedulingTerm',
  NodeSelector: '1 nodeSelectorTerms []NodeSelectorTerm',
  NodeSelectorTerm: '1 matchExpressions []LabelSelectorRequirement, 2 matchFields []LabelSelectorRequirement',
  PreferredSchedulingTerm: '1 weight i, 2 preference NodeSelectorTerm',
  PodAffinity:
    '1 requiredDuringSchedulingIgnoredDuringExecution []PodAffinityTerm, 2 preferredDuringSchedulingIgnoredDuringExecution []WeightedPodAffinityTerm',
  PodAffinityTerm:
    '1 labelSelector *LabelSelector, 2 namespaces []s, 3 topologyKey s, 4 namespaceSelector *LabelSelector, 5 matchLabelKeys []s, 6 mismatchLabelKeys []s',
  WeightedPodAffinityTerm: '1 weight i, 2 podAffinityTerm PodAffinityTerm',
  Container:
    '1 name s, 2 image s, 3 command []s, 4 args []s, 5 workingDir s, 6 ports []ContainerPort, 7 env []EnvVar, 8 resources ResourceRequirements, 9 volumeMounts []VolumeMount, 10 livenessProbe *Probe, 11 readinessProbe *Probe, 12 lifecycle *Lifecycle, 13 terminationMessagePath s, 14 imagePullPolicy s, 15 securityContext *SecurityContext, 16 stdin b, 17 stdinOnce b, 18 tty b, 19 envFrom []EnvFromSource, 20 terminationMessagePolicy s, 21 volumeDevices !, 22 startupProbe *Probe, 23 resizePolicy !, 24 restartPolicy *s',
  ContainerPort: '1 name s, 2 hostPort i, 3 containerPort i, 4 protocol s, 5 hostIP s',
  EnvVar: '1 name s, 2 value s, 3 valueFrom *EnvVarSource',
  EnvVarSource:
    '1 fieldRef *ObjectFieldSelector, 2 resourceFieldRef *ResourceFieldSelector, 3 configMapKeyRef *KeySelector, 4 secretKeyRef *KeySelector',
  ObjectFieldSelector: '1 apiVersion s, 2 fieldPath s',
  ResourceFieldSelector: '1 containerName s, 2 resource s, 3 divisor Q',
  KeySelector: KEYED,
  EnvFromSource: '1 prefix s, 2 configMapRef *EnvSource, 3 secretRef *EnvSource',
  EnvSource: '1 ~ LocalObjectReference, 2 optional *b',
  ResourceRequirements: '1 limits {}Q, 2 requests {}Q, 3 claims !',
  VolumeMount:
    '1 name s, 2 readOnly b, 3 mountPath s, 4 subPath s, 5 mountPropagation *s, 6 subPathExpr s, 7 recursiveReadOnly *s',
  Probe:
    '1 ~ ProbeHandler, 2 initialDelaySeconds i, 3 timeoutSeconds i, 4 periodSeconds i, 5 successThreshold i, 6 failureThreshold i, 7 terminationGracePeriodSeconds *i',
  ProbeHandler: `${HANDLERS}, 4 grpc *GRPCAction`,
  GRPCAction: '1 port i, 2 service *s',
  ExecAction: '1 command []s',
  HTTPGetAction: '1 path s, 2 port I, 3 host s, 4 scheme s, 5 httpHeaders []HTTPHeader',
  HTTPHeader: '1 name s, 2 value s',
  TCPSocketAction: '1 port I, 2 host s',
  Lifecycle: '1 postStart *LifecycleHandler, 2 preStop *LifecycleHandler',
  LifecycleHandler: `${HANDLERS}, 4 sleep *SleepAction`,
  SleepAction: '1 seconds i',
  SecurityContext:
    '1 capabilities *Capabilities, 2 privileged *b, 3 seLinuxOptions *SELinuxOptions, 4 runAsUser *i, 5 runAsNonRoot *b, 6 readOnlyRootFilesystem *b, 7 allowPrivilegeEscalation *b, 8 runAsGroup *i, 9 procMount *s, 10 windowsOptions !, 11 seccompProfile *SeccompProfile, 12 appArmorProfile *SeccompProfile',
  Capabilities: '1 add []s, 2 drop []s',
  SELinuxOptions: '1 user s, 2 role s, 3 type s, 4 level s',
  SeccompProfile: '1 type s, 2 localhostProfile *s',
  PodSecurityContext:
    '1 seLinuxOptions *SELinuxOptions, 2 runAsUser *i, 3 runAsNonRoot *b, 4 supplementalGroups []i, 5 fsGroup *i, 6 runAsGroup *i, 7 sysctls []HTTPHeader, 8 windowsOptions !, 9 fsGroupChangePolicy *s, 10 seccompProfile *SeccompProfile, 11 appArmorProfile *SeccompProfile, 12 supplementalGroupsPolicy *s, 13 seLinuxChangePolicy *s',
  Volume: '1 name s, 2 ~ VolumeSource',
  VolumeSource:
    '1 hostPath *HostPathVolumeSource, 2 emptyDir *EmptyDirVolumeSource, 3 gcePersistentDisk !, 4 awsElasticBlockStore !, 5 gitRepo !, 6 secret *SecretVolumeSource, 7 nfs !, 8 iscsi !, 9 glusterfs !, 10 persistentVolumeClaim *ClaimVolumeSource, 11 rbd !, 12 flexVolume !, 13 cinder !, 14 cephfs !, 15 flocker !, 16 downwardAPI *DownwardAPIVolumeSource, 17 fc !, 18 azureFile !, 19 configMap *ConfigMapVolumeSource, 20 vsphereVolume !, 21 quobyte !, 22 azureDisk !, 23 photonPersistentDisk !, 24 portworxVolume !, 25 scaleIO !, 26 projected *ProjectedVolumeSource, 27 storageos !, 28 csi !, 29 ephemeral !, 30 image !',
  HostPathVolumeSource: '1 path s, 2 type *s',
  EmptyDirVolumeSource: '1 medium s, 2 sizeLimit *Q',
  SecretVolumeSource: '1 secretName s, 2 items []KeyToPath, 3 defaultMode *i, 4 optional *b',
  ClaimVolumeSource: '1 claimName s, 2 readOnly b',
  DownwardAPIVolumeSource: '1 items []DownwardAPIVolumeFile, 2 defaultMode *i',
  DownwardAPIVolumeFile:
    '1 path s, 2 fieldRef *ObjectFieldSelector, 3 resourceFieldRef *ResourceFieldSelector, 4 mode *i',
  ConfigMapVolumeSource: '1 ~ LocalObjectReference, 2 items []KeyToPath, 3 defaultMode *i, 4 optional *b',
  ProjectedVolumeSource: '1 sources []VolumeProjection, 2 defaultMode *i',
  VolumeProjection:
    '1 secret *KeyProjection, 2 downwardAPI *DownwardAPIProjection, 3 configMap *KeyProjection, 4 serviceAccountToken *ServiceAccountTokenProjection, 5 clusterTrustBundle !',
  KeyProjection: '1 ~ LocalObjectReference, 2 items []KeyToPath, 4 optional *b',
  DownwardAPIProjection: '1 items []DownwardAPIVolumeFile',
  ServiceAccountTokenProjection: '1 audience s, 2 expirationSeconds *i, 3 path s',
  KeyToPath: '1 key s, 2 path s, 3 mode *i',
};
