/** Who writes, and how: what the rules of a write need to know beside the object. */
import type { KubernetesObject } from './json.ts';
import type { ResourceType } from './resources.ts';
import { CONTROL_PLANE, type UserInfo } from './user.ts';

/** The options of a write. */
export interface WriteContext {
  readonly user: UserInfo;
  readonly dryRun: boolean;
  /** The API version that the client speaks, without the group. */
  readonly version: string;
  /** `status`, `scale`, …; empty for the object itself. */
  readonly subresource: string;
  readonly fieldManager: string;
  /** Keeps `managedFields`; undefined leaves them alone. */
  readonly own?: FieldOwnership;
  /** The options of the request for webhooks. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Tells the client something that does not refuse the write. */
  warn(text: string): void;
}

/** Brings `managedFields` of the new state up to date. */
export type FieldOwnership = (current: KubernetesObject | undefined, updated: KubernetesObject) => void;

/** Returns the context of the cluster's own components, which write in the preferred version. */
export function controlPlaneContext(type: ResourceType, subresource = ''): WriteContext {
  return {
    user: CONTROL_PLANE,
    dryRun: false,
    version: type.versions[0] ?? 'v1',
    subresource,
    fieldManager: 'kube-controller-manager',
    options: {},
    warn: () => {},
  };
}
