/**
 * An API server without nodes and controllers: what others start by envtest, to test their own controllers.
 */
import type { Controller } from './client/controller.ts';
import { contextsOf, keepOwnObjects } from './component-contexts.ts';
import type { ControlPlane, ControlPlaneOptions } from './control-plane.ts';
import type { KubeletApi } from './kubelet-api.ts';
import { type KubernetesObject, objectOf, stringOf } from './registry/json.ts';
import { ApiError } from './registry/status.ts';

/** Refuses what only a kubelet could answer, as the API server does for a node that is not there. */
function withoutKubelet({ spec }: KubernetesObject): ApiError {
  const node = stringOf(objectOf(spec)['nodeName']) ?? '';
  return new ApiError(404, 'NotFound', `nodes ${JSON.stringify(node)} not found`);
}

/** The kubelets of a cluster that has none. */
const NO_KUBELETS: KubeletApi = {
  exec: async pod => {
    throw withoutKubelet(pod);
  },
  attach: async pod => {
    throw withoutKubelet(pod);
  },
  logs: async pod => {
    throw withoutKubelet(pod);
  },
  portForward: pod => {
    throw withoutKubelet(pod);
  },
};

/** Keeps the objects that an API server makes by itself, and starts nothing else. */
export function startBareApi(options: ControlPlaneOptions): ControlPlane {
  const contextOf = contextsOf(options);
  const own: Controller[] = [keepOwnObjects(options)];
  return {
    sessions: NO_KUBELETS,
    startController: (name, start) => {
      own.push(start(contextOf(name)));
    },
    stop: () => {
      for (const controller of own) controller.stop();
    },
  };
}
