/**
 * Reports a defect of the simulator where the cluster's users look: in an Event about the object that was
 * worked on.
 */
import type { Clock } from '../../../base/clock.ts';
import type { ResourceRegistry } from '../registry/registry.ts';
import { apiVersionOf } from '../registry/resources.ts';
import { type Defect, describeDefect, type Subject } from './defect.ts';
import { EventRecorder, referenceTo } from './event-recorder.ts';
import type { ObjectReference } from './kinds.ts';
import type { LocalClient } from './local.ts';
import { LocalClusterClient } from './local-cluster-client.ts';
import { TypedClient } from './typed.ts';

/** Who tells: not the component, in whose name the real one never says such a thing. */
const SOURCE = 'mesh-harness';
const REASONS = { threw: 'InternalError', looped: 'ControllerStopped' } as const;

/** The objects of a cluster and their kinds, for the recorder of defects. */
export interface DefectEventsOptions {
  readonly client: LocalClient;
  readonly registry: ResourceRegistry;
}

/** Finds the object that a defect is about. Of none that is there: the namespace of the control plane. */
function aboutWhat(subjects: readonly Subject[], { client, registry }: DefectEventsOptions): ObjectReference {
  for (const { resource, key } of subjects) {
    const type = resource === undefined ? undefined : registry.get(resource);
    const [namespace = '', name = ''] = key.includes('/') ? key.split('/') : ['', key];
    const object = type && resource !== undefined && client.get(resource, namespace, name);
    if (object) return referenceTo(object, type.kind, apiVersionOf(type.group, type.versions[0] ?? ''));
  }
  const home = client.get('namespaces', '', 'kube-system');
  return {
    ...referenceTo(home ?? { metadata: {} }, 'Namespace', 'v1'),
    name: 'kube-system',
    namespace: 'kube-system',
  };
}

/** Makes a function that records an Event for a defect, and never throws. */
export function defectEvents(
  { client, registry }: DefectEventsOptions,
  clock: Clock,
): (defect: Defect) => void {
  const events = new EventRecorder({
    client: new LocalClusterClient(new TypedClient(client)),
    clock,
    source: SOURCE,
    // The store itself may be broken. The defect is also reported elsewhere.
    onError: () => {},
  });

  return defect => {
    try {
      const about = aboutWhat(defect.subjects, { client, registry });
      events.record(about, 'Warning', REASONS[defect.kind], describeDefect(defect));
    } catch {
      // As for `onError`.
    }
  };
}
