/**
 * Keeps classes of volume attributes that claims or volumes name from going
 * (pkg/controller/volume/vacprotection @v1.34).
 */
import type { KubernetesObject } from '../../../../base/kubernetes-client.ts';
import { type Controller, type ControllerContext, stopAll } from '../../client/controller.ts';
import { WorkQueue } from '../../client/work-queue.ts';
import { dropFinalizer } from '../../registry/finalizers.ts';
import { stringOf, valueAt } from '../../registry/json.ts';

const CLASSES = 'volumeattributesclasses.storage.k8s.io';
const FINALIZER = 'kubernetes.io/vac-protection';
const USERS = ['persistentvolumeclaims', 'persistentvolumes'] as const;
/** Where an object names a class: the one that it asks for, that it has, and that it is to get. */
const NAMED_AT = [
  ['spec', 'volumeAttributesClassName'],
  ['status', 'currentVolumeAttributesClassName'],
  ['status', 'modifyVolumeStatus', 'targetVolumeAttributesClassName'],
] as const;

const classesOf = (object: KubernetesObject): readonly string[] =>
  NAMED_AT.flatMap(path => stringOf(valueAt(object, ...path)) ?? []);

/** Starts the controller that takes the finalizer of a class away when nothing names it. */
export function startClassProtection({ component, client }: ControllerContext): Controller {
  const { local } = client;
  const sync = (name: string) => {
    const found = local.get(CLASSES, '', name);
    if (found?.metadata.deletionTimestamp === undefined) return;
    const isUsed = USERS.some(users => local.list(users).some(user => classesOf(user).includes(name)));
    if (!isUsed) local.modify(CLASSES, '', name, draft => dropFinalizer(draft, FINALIZER));
  };
  const queue = new WorkQueue(component, sync, CLASSES);
  const stops = [
    () => queue.stop(),
    local.watch(CLASSES, {}, ({ object }) => {
      if (object.metadata.deletionTimestamp !== undefined) queue.add(object.metadata.name ?? '');
    }),
    ...USERS.map(users =>
      local.watch(users, {}, ({ object, previous }) => {
        for (const name of [...classesOf(object), ...(previous ? classesOf(previous) : [])]) queue.add(name);
      }),
    ),
  ];
  return { stop: () => stopAll(stops) };
}
