/** What the simulated Envoy took without effect, as a section of `/config_dump` that Envoy does not have. */
import { notesOn } from '../../xds/envoy-v3/decode-once.ts';
import type { Envoy } from '../envoy.ts';

/** A note and the resources that it is about. */
interface TypeNote {
  readonly type: string;
  readonly note: string;
  readonly resources: string[];
}

/**
 * Returns the notes on all that runs, as a `google.protobuf.Struct`: readers of dumps look for the types that
 * they know, and every one can read this.
 * @returns undefined if all that was told has its effect
 */
export function notesDump(envoy: Envoy): Readonly<Record<string, unknown>> | undefined {
  const notes = new Map<string, TypeNote>();
  const add = (type: string, name: string, resource: Parameters<typeof notesOn>[0]) => {
    for (const note of notesOn(resource)) {
      const key = `${type} ${note}`;
      const known = notes.get(key) ?? { type, note, resources: [] };
      notes.set(key, known);
      known.resources.push(name);
    }
  };
  for (const { name, config } of envoy.clusters) {
    add('cluster', name, config);
    const assignment = envoy.assignmentOf(name);
    if (assignment) add('endpoint', name, assignment);
  }
  for (const { config } of envoy.listeners) add('listener', config.name, config);
  for (const config of envoy.routes) add('route', config.name, config);
  if (notes.size === 0) return undefined;
  return {
    '@type': 'type.googleapis.com/google.protobuf.Struct',
    value: { mesh_harness_notes: [...notes.values()] },
  };
}
