/**
 * Where an object's scale stands: in fixed fields of built-in kinds, at the paths that a definition names for
 * custom ones (apiextensions-apiserver pkg/registry/customresource/etcd.go @v1.34, scaleFromCustomResource).
 */
import { invalid, invalidValue } from '../../registry/field-errors.ts';
import { type JsonObject, type KubernetesObject, objectOf, stringOf, valueAt } from '../../registry/json.ts';
import type { ResourceType, ScalePaths } from '../../registry/resources.ts';
import { readAt, writeAt } from '../../registry/schema/scale-paths.ts';
import {
  formatLabelSelector,
  type LabelSelector,
  selectorFromObject,
} from '../../registry/selectors/label-selector.ts';
import { badRequest, internalError } from '../../registry/status.ts';

/** An object's scale, as numbers. */
interface ScaleView {
  read(object: KubernetesObject): JsonObject;
  /** Refuses to show the scale of an object that has none. @throws ApiError 500 */
  demand(object: KubernetesObject): void;
  /** Sets the number wanted, in place. @throws ApiError 400, 422 */
  write(object: KubernetesObject, replicas: unknown): void;
}

function scaleObject(object: KubernetesObject, wanted: unknown, status: JsonObject): JsonObject {
  const replicas = Number(wanted ?? 0);
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
    spec: replicas === 0 ? {} : { replicas },
    status,
  };
}

/** Returns the selector; that of a ReplicationController has labels only. */
function selectorOf(object: KubernetesObject): LabelSelector | undefined {
  const selector = valueAt(object, 'spec', 'selector');
  return selectorFromObject(object.kind === 'ReplicationController' ? { matchLabels: selector } : selector);
}

const BUILT_IN: ScaleView = {
  read: object => {
    const selector = selectorOf(object);
    return scaleObject(object, valueAt(object, 'spec', 'replicas'), {
      replicas: Number(valueAt(object, 'status', 'replicas') ?? 0),
      ...(selector && { selector: formatLabelSelector(selector) }),
    });
  },
  demand: () => {},
  write: (object, replicas = 0) => {
    if (!Number.isInteger(replicas) || Number(replicas) < 0) {
      throw invalid({ group: 'autoscaling', kind: 'Scale' }, object.metadata.name ?? '', [
        invalidValue('spec.replicas', replicas, 'must be greater than or equal to 0'),
      ]);
    }
    objectOf(object['spec'])['replicas'] = replicas;
  },
};

function customView(paths: ScalePaths): ScaleView {
  const { specReplicasPath, statusReplicasPath, labelSelectorPath } = paths;
  return {
    read: object => {
      const selector = labelSelectorPath === undefined ? undefined : readAt(object, labelSelectorPath);
      return scaleObject(object, readAt(object, specReplicasPath), {
        replicas: Number(readAt(object, statusReplicasPath) ?? 0),
        ...(stringOf(selector) && { selector }),
      });
    },
    demand: object => {
      if (readAt(object, specReplicasPath) !== undefined) return;
      throw internalError(`the spec replicas field ${JSON.stringify(specReplicasPath)} does not exist`);
    },
    // What the number may be is looked at with the object.
    write: (object, replicas) => {
      if (replicas === undefined)
        throw badRequest(`the spec replicas field ${JSON.stringify(specReplicasPath)} cannot be empty`);
      writeAt(object, specReplicasPath, replicas);
    },
  };
}

/** Returns the view of a type's objects. @param version - that of the client */
export function scaleViewOf(type: ResourceType, version: string): ScaleView {
  const paths = type.custom?.scales[version];
  return paths ? customView(paths) : BUILT_IN;
}
