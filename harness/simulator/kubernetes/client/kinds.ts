/**
 * The built-in kinds, as far as the cluster's own components (controllers, scheduler, kubelet, kube-proxy,
 * DNS) read or write them.
 */

export {
  type CronJob,
  isJobFinished,
  type Job,
  type JobSpec,
  type JobStatus,
  type PodFailureRule,
} from './kinds/batch.ts';
export type { ConfigMap, Namespace, Node, Secret } from './kinds/cluster.ts';
export type {
  Container,
  ContainerState,
  ContainerStatus,
  EnvVar,
  HttpGetAction,
  KeySelector,
  LifecycleHook,
  Probe,
} from './kinds/container.ts';
export type { NetworkPolicy, PolicyPeer, PolicyPort } from './kinds/network-policy.ts';
export {
  isActive,
  type Pod,
  type PodDisruptionBudget,
  type PodSpec,
  type PodStatus,
  type PodTemplate,
} from './kinds/pod.ts';
export type {
  EndpointAddress,
  EndpointPort,
  EndpointSlice,
  EndpointSubset,
  Endpoints,
  Service,
  ServicePort,
  SliceEndpoint,
} from './kinds/service.ts';
export type { ControllerRevision, DaemonSet, StatefulSet } from './kinds/sets.ts';
export type {
  NodeRequirement,
  NodeTerm,
  PersistentVolume,
  PersistentVolumeClaim,
  StorageClass,
} from './kinds/storage.ts';
export {
  type Condition,
  conditionOf,
  controllerOf,
  isTrue,
  keyOf,
  type LabelSelector,
  type ObjectReference,
  type OwnerReference,
  type Stored,
  timestamp,
} from './kinds/stored.ts';
export type { DownwardItem, KeyToPath, ProjectedSource, Volume } from './kinds/volume.ts';
export type { Deployment, ReplicaSet, ReplicationController } from './kinds/workload.ts';
