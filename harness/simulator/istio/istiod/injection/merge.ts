/**
 * Lays a filled template over a pod, as far as injection needs it: lists of named things are merged by name.
 */
import { type Tree, tree } from '../../../../base/untyped.ts';

interface Named extends Tree {
  readonly name: string;
}

const list = (value: unknown): readonly Named[] => (Array.isArray(value) ? (value as Named[]) : []);

/**
 * Lays a container of the pod over the template's. What the pod says wins, except that the image `auto` asks
 * for the template's.
 */
function mergeContainer(template: Named, own: Named): Named {
  const merged: Record<string, unknown> = { ...template, ...own };
  if (own['image'] === 'auto' || own['image'] === undefined) merged['image'] = template['image'];
  for (const key of ['env', 'ports', 'volumeMounts']) {
    const both = mergeByKey(
      list(template[key]),
      list(own[key]),
      key === 'volumeMounts' ? 'mountPath' : key === 'ports' ? 'containerPort' : 'name',
    );
    if (both.length > 0) merged[key] = both;
  }
  for (const key of ['args', 'command'])
    if (list(own[key]).length === 0 && template[key] !== undefined) merged[key] = template[key];
  return merged as unknown as Named; // `name` is among the fields of both
}

function mergeByKey(template: readonly Tree[], own: readonly Tree[], key: string): readonly Tree[] {
  const replaced = new Set(own.map(item => item[key]));
  return [...template.filter(item => !replaced.has(item[key])), ...own];
}

function mergeContainers(own: readonly Named[], template: readonly Named[]): Named[] {
  const left = [...template];
  const merged = own.map(container => {
    const at = left.findIndex(({ name }) => name === container.name);
    if (at < 0) return container;
    const [found] = left.splice(at, 1);
    return found ? mergeContainer(found, container) : container;
  });
  return [...merged, ...left];
}

/** The part of a pod that injection may change. */
export interface PodParts {
  readonly metadata: Tree;
  readonly spec: Tree;
}

/**
 * Lays a filled template over a pod. What the pod says wins. The template's init containers come first, and
 * replace those of the pod that have the same name.
 */
export function layOver(pod: PodParts, template: PodParts): PodParts {
  const nonEmpty = (labels: Tree) =>
    Object.fromEntries(Object.entries(labels).filter(([, value]) => value !== ''));
  const spec: Record<string, unknown> = {
    ...pod.spec,
    containers: mergeContainers(list(pod.spec['containers']), list(template.spec['containers'])),
  };
  const initial = list(template.spec['initContainers']);
  if (initial.length > 0) {
    const names = new Set(initial.map(({ name }) => name));
    spec['initContainers'] = [
      ...initial,
      ...list(pod.spec['initContainers']).filter(({ name }) => !names.has(name)),
    ];
  }
  const volumes = mergeByKey(list(template.spec['volumes']), list(pod.spec['volumes']), 'name');
  if (volumes.length > 0) spec['volumes'] = volumes;
  const security = { ...tree(template.spec['securityContext']), ...tree(pod.spec['securityContext']) };
  if (Object.keys(security).length > 0) spec['securityContext'] = security;
  return {
    metadata: {
      ...pod.metadata,
      labels: { ...nonEmpty(tree(template.metadata['labels'])), ...tree(pod.metadata['labels']) },
      annotations: {
        ...nonEmpty(tree(template.metadata['annotations'])),
        ...tree(pod.metadata['annotations']),
      },
    },
    spec,
  };
}
