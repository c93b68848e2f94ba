/** Finds the container that a streaming request means, and the node to ask. */
import { type KubernetesObject, objectOf, objectsOf, stringOf, valueAt } from '../../registry/json.ts';
import { badRequest } from '../../registry/status.ts';

const DEFAULT_ANNOTATION = 'kubectl.kubernetes.io/default-container';

function containersOf(pod: KubernetesObject): string[] {
  const spec = objectOf(pod['spec']);
  return ['containers', 'initContainers', 'ephemeralContainers']
    .flatMap(list => objectsOf(spec[list]))
    .map(container => stringOf(container['name']) ?? '');
}

/**
 * Finds the container: the one asked for, or the only one, or the one that the annotation names.
 * @throws ApiError 400 with the server's words (pkg/registry/core/pod/strategy.go @v1.32)
 */
export function chooseContainer(pod: KubernetesObject, asked: string | null): string {
  const name = pod.metadata.name ?? '';
  const all = containersOf(pod);
  if (asked !== null && asked !== '') {
    if (all.includes(asked)) return asked;
    throw badRequest(`container ${asked} is not valid for pod ${name}`);
  }
  const main = objectsOf(valueAt(pod, 'spec', 'containers')).map(
    container => stringOf(container['name']) ?? '',
  );
  const only = main[0];
  if (main.length === 1 && only !== undefined) return only;
  const annotated = pod.metadata.annotations?.[DEFAULT_ANNOTATION];
  if (annotated !== undefined && all.includes(annotated)) return annotated;
  throw badRequest(
    `a container name must be specified for pod ${name}, choose one of: [${main.join(' ')}]${initContainerHint(pod)}`,
  );
}

function initContainerHint(pod: KubernetesObject): string {
  const init = objectsOf(valueAt(pod, 'spec', 'initContainers')).map(
    container => stringOf(container['name']) ?? '',
  );
  return init.length > 0 ? ` or one of the init containers: [${init.join(' ')}]` : '';
}

/** Finds the node that runs the pod; undefined until the pod has one. */
export function nodeOf(pod: KubernetesObject): string | undefined {
  return stringOf(valueAt(pod, 'spec', 'nodeName')) || undefined;
}
