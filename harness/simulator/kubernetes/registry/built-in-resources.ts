/** The resource types of Kubernetes 1.32 that the API serves. */

import { CORE_RESOURCES } from './core-resources.ts';
import { GROUP_RESOURCES } from './group-resources.ts';
import type { ResourceType } from './resources.ts';

/** The types of Kubernetes 1.32 that are served; order of groups is their priority. */
export const BUILT_IN_RESOURCES: readonly ResourceType[] = [...CORE_RESOURCES, ...GROUP_RESOURCES];
