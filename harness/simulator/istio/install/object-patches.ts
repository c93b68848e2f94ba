/**
 * What an operator's `k8s` settings do to the objects of a component after the charts have been rendered, and
 * its overlays after that. operator/pkg/render/postprocess.go @1.30.3
 */
import type { KubernetesObject } from '../../../base/kubernetes-client.ts';
import type { WorkloadSettings } from './component-settings.ts';
import { isTree, writeAt } from './setting-path.ts';

type Tree = Readonly<Record<string, unknown>>;

/** The workload that the settings are for. */
interface PatchedWorkload {
  /** Of the Deployment, its Service, autoscaler and budget. */
  readonly name: string;
  /** The container that environment, probe and resources are for. */
  readonly container: string;
}

/** Where each setting goes; `env`, `resources`, ports and the numbers of replicas are the charts' own. */
function patchesOf(settings: WorkloadSettings, container: string): Readonly<Record<string, readonly Tree[]>> {
  const ofPod = (spec: Tree): Tree => ({ spec: { template: { spec } } });
  const ofContainer = (fields: Tree): Tree => ofPod({ containers: [{ name: container, ...fields }] });
  const { affinity, nodeSelector, tolerations, priorityClassName, securityContext } = settings;
  const { imagePullPolicy, readinessProbe, strategy, hpaSpec, podDisruptionBudget } = settings;
  const { ports: _, ...service } = settings.service;
  return {
    Deployment: [
      ...(affinity ? [ofPod({ affinity })] : []),
      ...(nodeSelector ? [ofPod({ nodeSelector })] : []),
      ...(tolerations ? [ofPod({ tolerations })] : []),
      ...(priorityClassName === undefined ? [] : [ofPod({ priorityClassName })]),
      ...(securityContext ? [ofPod({ securityContext })] : []),
      ...(imagePullPolicy === undefined ? [] : [ofContainer({ imagePullPolicy })]),
      ...(readinessProbe ? [ofContainer({ readinessProbe })] : []),
      ...(strategy ? [{ spec: { strategy } }] : []),
    ],
    HorizontalPodAutoscaler: hpaSpec ? [{ spec: hpaSpec }] : [],
    PodDisruptionBudget: podDisruptionBudget ? [{ spec: podDisruptionBudget }] : [],
    Service: Object.keys(service).length > 0 ? [{ spec: service }] : [],
  };
}

/** Returns the objects with the settings laid over those of the workload, and the overlays over all. */
export function patched(
  objects: readonly KubernetesObject[],
  settings: WorkloadSettings | undefined,
  { name, container }: PatchedWorkload,
): KubernetesObject[] {
  if (!settings) return [...objects];
  const patches = patchesOf(settings, container);
  return objects.map(object => {
    const own = object.metadata.name === name ? (patches[object.kind ?? ''] ?? []) : [];
    const laid = own.reduce<Tree>((under, over) => withBounds(overlaid(under, over)), object);
    const overlays = settings.overlays.filter(
      overlay => overlay.kind === object.kind && overlay.name === object.metadata.name,
    );
    const result = overlays
      .flatMap(overlay => overlay.patches)
      .reduce<unknown>((under, { path, value }) => writeAt(under, path, value), laid);
    return result as KubernetesObject; // an object, of which fields have changed
  });
}

/** A budget has one bound: who sets `maxUnavailable` takes the chart's `minAvailable` away. */
function withBounds(object: Tree): Tree {
  if (object['kind'] !== 'PodDisruptionBudget' || !isTree(object['spec'])) return object;
  const { minAvailable: _, ...spec } = object['spec'];
  return 'maxUnavailable' in spec ? { ...object, spec } : object;
}

/** The keys by which Kubernetes merges lists; a list of any other field is replaced. */
const MERGE_KEYS: Readonly<Record<string, string>> = {
  containers: 'name',
  initContainers: 'name',
  env: 'name',
  volumes: 'name',
  volumeMounts: 'mountPath',
};

/** Lays a strategic merge patch over an object; null takes a field away. */
function overlaid(under: Tree, over: Tree): Tree {
  const merged: Record<string, unknown> = { ...under };
  for (const [field, value] of Object.entries(over)) {
    const before = merged[field];
    const key = MERGE_KEYS[field];
    if (value === null) delete merged[field];
    else if (isTree(value)) merged[field] = overlaid(isTree(before) ? before : {}, value);
    else if (key !== undefined && Array.isArray(value) && Array.isArray(before))
      merged[field] = listOverlaid(before, value, key);
    else merged[field] = value;
  }
  return merged;
}

function listOverlaid(under: readonly unknown[], over: readonly unknown[], key: string): unknown[] {
  const isSame = (a: unknown, b: unknown) => isTree(a) && isTree(b) && a[key] === b[key];
  const added = over.filter(item => !under.some(before => isSame(before, item)));
  return [
    ...under.map(before => {
      const patch = over.find(item => isSame(before, item));
      return isTree(before) && isTree(patch) ? overlaid(before, patch) : before;
    }),
    ...added,
  ];
}
