/**
 * What a RuntimeClass adds to the pods that name it (plugin/pkg/admission/runtimeclass/admission.go @v1.34):
 * overhead, a node selector, tolerations. The containers run as all others do.
 */
import type { AdmissionPlugin, AdmissionRequest } from '../registry/admission.ts';
import { copy, equal, isObject, type JsonObject, listOf, objectOf, stringOf } from '../registry/json.ts';
import type { ResourceRegistry } from '../registry/registry.ts';
import { forbidden } from '../registry/status.ts';
import type { Store } from '../registry/store.ts';

const classNameOf = ({ object }: AdmissionRequest): string =>
  stringOf(objectOf(object?.['spec'])['runtimeClassName']) ?? '';

/** Makes the plugin. */
export function runtimeClassAdmission(store: Store, registry: ResourceRegistry): AdmissionPlugin {
  return {
    name: 'RuntimeClass',
    about: ['pods'],
    handles: request =>
      request.operation === 'CREATE' && request.subresource === '' && classNameOf(request) !== '',
    mutate(request) {
      const { type, name, object } = request;
      if (!object) throw new Error('a creation without an object');
      const className = classNameOf(request);
      const runtime = store.get(registry.require('runtimeclasses.node.k8s.io'), '', className);
      if (!runtime)
        throw forbidden(type, name, `pod rejected: RuntimeClass ${JSON.stringify(className)} not found`);
      const pod = copy(object);
      const problem = addTo(objectOf(pod['spec']), runtime);
      if (problem !== undefined) throw forbidden(type, name, problem);
      return pod;
    },
  };
}

/** Adds what the class says to the spec of a pod. @returns what speaks against it */
function addTo(spec: JsonObject, runtime: JsonObject): string | undefined {
  const overhead = objectOf(runtime['overhead'])['podFixed'];
  if (isObject(overhead)) {
    const own = objectOf(spec['overhead']);
    if (Object.keys(own).length > 0 && !equal(own, overhead))
      return "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead";
    spec['overhead'] = copy(overhead);
  }
  const scheduling = objectOf(runtime['scheduling']);
  const selector = objectOf(spec['nodeSelector']);
  for (const [key, value] of Object.entries(objectOf(scheduling['nodeSelector']))) {
    const own = selector[key];
    if (own !== undefined && own !== value) {
      const sides = `runtimeClass.scheduling.nodeSelector[${key}] = ${String(value)}; `;
      return `conflict: ${sides}pod.spec.nodeSelector[${key}] = ${String(own)}`;
    }
    selector[key] = value;
  }
  if (Object.keys(selector).length > 0) spec['nodeSelector'] = selector;
  const tolerations = listOf(spec['tolerations']);
  const more = listOf(scheduling['tolerations']).filter(each => !tolerations.some(own => equal(own, each)));
  if (more.length > 0) spec['tolerations'] = [...tolerations, ...copy(more)];
  return undefined;
}
