/** What the components of a cluster get from it, and the objects that its API server keeps by itself. */
import { apiService, systemNamespaces } from './bootstrap.ts';
import type { Controller, ControllerContext } from './client/controller.ts';
import { TypedClient } from './client/typed.ts';
import type { ControlPlaneOptions } from './control-plane.ts';
import { startKeptObjects } from './controllers/kept-objects.ts';

/** Gives a controller of this name its frame, client and chance. */
export type ContextOf = (name: string) => ControllerContext;

/** Makes the function that gives controllers what they work with. */
export const contextsOf =
  ({ machinery, supervisor, random }: ControlPlaneOptions): ContextOf =>
  name => {
    const component = supervisor.component(name);
    return {
      component,
      client: new TypedClient(machinery.clientFor(component)),
      clock: component.clock,
      random: random.stream(name),
    };
  };

/** Makes the namespaces and the Service of the API server, and makes them again if they go. */
export function keepOwnObjects({ machinery, supervisor, nodes, apiPort }: ControlPlaneOptions): Controller {
  const server = supervisor.component('kube-apiserver');
  return startKeptObjects(
    { component: server, client: new TypedClient(machinery.clientFor(server)), clock: server.clock },
    [
      ...systemNamespaces(),
      ...apiService(machinery.addresses, { address: nodes[0]?.network.address ?? '', port: apiPort }),
    ],
  );
}
