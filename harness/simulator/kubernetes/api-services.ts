/**
 * The APIServices of groups that the API server serves itself: those of built-in kinds, and those that
 * definitions of custom resources bring (kube-aggregator pkg/controllers/autoregister, kubernetes
 * pkg/controlplane/controller/crdregistration @v1.34). They cost nothing before somebody asks for them.
 */
import type { Component } from './client/supervisor.ts';
import { WorkQueue } from './client/work-queue.ts';
import type { Machinery } from './machinery.ts';
import { DEFINITIONS } from './registry/definitions.ts';
import { type KubernetesObject, objectOf, objectsOf, timestamp } from './registry/json.ts';
import { keyOf, type ResourceType } from './registry/resources.ts';

const API_SERVICES = 'apiservices.apiregistration.k8s.io';
const MANAGED = 'kube-aggregator.kubernetes.io/automanaged';

/** Priorities of groups: the higher comes first (pkg/controlplane/apiserver/aggregator.go @v1.34). */
const GROUP_PRIORITIES: Readonly<Record<string, number>> = {
  '': 18_000,
  apps: 17_800,
  'events.k8s.io': 17_750,
  'authentication.k8s.io': 17_700,
  'authorization.k8s.io': 17_600,
  autoscaling: 17_500,
  batch: 17_400,
  'certificates.k8s.io': 17_300,
  'networking.k8s.io': 17_200,
  policy: 17_100,
  'rbac.authorization.k8s.io': 17_000,
  'storage.k8s.io': 16_800,
  'apiextensions.k8s.io': 16_700,
  'admissionregistration.k8s.io': 16_700,
  'scheduling.k8s.io': 16_600,
  'coordination.k8s.io': 16_500,
  'node.k8s.io': 16_300,
  'discovery.k8s.io': 16_200,
  'resource.k8s.io': 16_200,
  'flowcontrol.apiserver.k8s.io': 16_100,
};
const ANY_VERSION = 15;
const VERSION_PRIORITIES: Readonly<Record<string, number>> = {
  'v1.': 1,
  'v2.autoscaling': 30,
  'v1.resource.k8s.io': 21,
  'v1.flowcontrol.apiserver.k8s.io': 21,
};
/** Custom groups come last (crdregistration_controller.go). */
const CUSTOM = { groupPriorityMinimum: 1000, versionPriority: 100 };

/** A version of a group, and how it is looked after. */
interface Wanted {
  readonly group: string;
  readonly version: string;
  readonly managed: 'onstart' | 'true';
  readonly groupPriorityMinimum: number;
  readonly versionPriority: number;
}

const nameOf = (group: string, version: string): string => `${version}.${group}`;

function wantedOf(type: ResourceType): readonly Wanted[] {
  const { group } = type;
  const groupPriorityMinimum = GROUP_PRIORITIES[group];
  // The aggregator's own group is no APIService.
  if (groupPriorityMinimum === undefined) return [];
  return type.versions.map(version => ({
    group,
    version,
    managed: 'onstart',
    groupPriorityMinimum,
    versionPriority: VERSION_PRIORITIES[nameOf(group, version)] ?? ANY_VERSION,
  }));
}

/** The group versions of a definition that are served. */
function customOf(definition: KubernetesObject): readonly Wanted[] {
  const { group, versions } = objectOf(definition['spec']);
  return objectsOf(versions)
    .filter(({ served }) => served === true)
    .map(({ name }) => ({ group: String(group), version: String(name), managed: 'true', ...CUSTOM }));
}

function apiServiceOf(wanted: Wanted, now: number): KubernetesObject {
  const { group, version, managed, groupPriorityMinimum, versionPriority } = wanted;
  return {
    metadata: { name: nameOf(group, version), labels: { [MANAGED]: managed } },
    spec: { ...(group !== '' && { group }), version, groupPriorityMinimum, versionPriority },
    status: {
      conditions: [
        {
          type: 'Available',
          status: 'True',
          lastTransitionTime: timestamp(now),
          reason: 'Local',
          message: 'Local APIServices are always available',
        },
      ],
    },
  };
}

/** Keeps the APIServices of one API server. */
export class ApiServices {
  readonly #machinery: Machinery;
  readonly #component: Component;
  #stop: (() => void) | undefined;

  constructor(machinery: Machinery, component: Component) {
    this.#machinery = machinery;
    this.#component = component;
  }

  /** Makes them, the first time that the type is asked for, and keeps those of definitions from then on. */
  ensure(type: ResourceType): void {
    if (this.#stop || keyOf(type) !== API_SERVICES) return;
    const { registry } = this.#machinery;
    const client = this.#machinery.clientFor(this.#component);
    const queue = new WorkQueue(this.#component, () => this.#sync(), undefined, 0);
    const kinds = registry.all().filter(({ custom }) => custom === undefined);
    this.#add(kinds.flatMap(wantedOf));
    this.#sync();
    const stops = [DEFINITIONS, API_SERVICES].map(key =>
      client.watch(key, {}, () => queue.add('definitions')),
    );
    this.#stop = () => {
      queue.stop();
      for (const stop of stops) stop();
    };
  }

  stop(): void {
    this.#stop?.();
  }

  #add(all: readonly Wanted[]): void {
    const client = this.#machinery.clientFor(this.#component);
    const now = this.#component.clock.now();
    for (const wanted of all) {
      if (client.get(API_SERVICES, '', nameOf(wanted.group, wanted.version))) continue;
      client.create(API_SERVICES, apiServiceOf(wanted, now));
    }
  }

  /** Makes those of definitions, and takes those away that no definition needs any more. */
  #sync(): void {
    const client = this.#machinery.clientFor(this.#component);
    const wanted = client.list(DEFINITIONS).flatMap(customOf);
    const names = new Set(wanted.map(({ group, version }) => nameOf(group, version)));
    for (const { metadata } of client.list(API_SERVICES)) {
      const { name = '', labels } = metadata;
      if (labels?.[MANAGED] === 'true' && !names.has(name)) client.delete(API_SERVICES, '', name);
    }
    this.#add(wanted);
  }
}
