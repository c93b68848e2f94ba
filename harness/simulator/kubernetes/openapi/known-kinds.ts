/** Which kinds a type is, as `x-kubernetes-group-version-kind` tells. */
import { apiVersionOf, type ResourceType } from '../registry/resources.ts';
import { messageFor } from '../registry/schema/messages.ts';

/** A kind with its group and version. */
export interface GroupVersionKind {
  readonly group: string;
  readonly kind: string;
  readonly version: string;
}

/**
 * The versions of the groups that register the options and events which all groups share (the scheme of
 * pkg/api/legacyscheme @v1.34): whatever Go has types of, served or not. `+35` is one that 1.35 brought, and
 * `-36` one that 1.36 has no more.
 */
const REGISTERED: Readonly<Record<string, string>> = {
  '': 'v1',
  'admission.k8s.io': 'v1 v1beta1',
  'admissionregistration.k8s.io': 'v1 v1alpha1 v1beta1',
  'apiextensions.k8s.io': 'v1 v1beta1',
  'apiregistration.k8s.io': 'v1 v1beta1',
  apps: 'v1 v1beta1 v1beta2',
  'authentication.k8s.io': 'v1 v1alpha1 v1beta1',
  'authorization.k8s.io': 'v1 v1beta1',
  autoscaling: 'v1 v2 v2beta1-36 v2beta2-36',
  batch: 'v1 v1beta1',
  'certificates.k8s.io': 'v1 v1alpha1 v1beta1',
  'coordination.k8s.io': 'v1 v1alpha2 v1beta1',
  'discovery.k8s.io': 'v1 v1beta1',
  'events.k8s.io': 'v1 v1beta1',
  extensions: 'v1beta1',
  'flowcontrol.apiserver.k8s.io': 'v1 v1beta1 v1beta2 v1beta3',
  'imagepolicy.k8s.io': 'v1alpha1',
  'internal.apiserver.k8s.io': 'v1alpha1',
  'networking.k8s.io': 'v1 v1beta1',
  'node.k8s.io': 'v1 v1alpha1 v1beta1',
  policy: 'v1 v1beta1',
  'rbac.authorization.k8s.io': 'v1 v1alpha1 v1beta1',
  'resource.k8s.io': 'v1 v1alpha3 v1beta1 v1beta2',
  'scheduling.k8s.io': 'v1 v1alpha1-36 v1alpha2+36 v1beta1',
  'storage.k8s.io': 'v1 v1alpha1 v1beta1',
  'storagemigration.k8s.io': 'v1alpha1-35 v1beta1+35',
};

/**
 * Groups that a server registers, and clients do not: definitions of custom resources know those of clients.
 */
const OF_SERVERS = [
  'admission.k8s.io',
  'apiextensions.k8s.io',
  'apiregistration.k8s.io',
  'imagepolicy.k8s.io',
];

/** The kinds of meta/v1 that every group has. */
const SHARED = ['DeleteOptions', 'WatchEvent'];
/** Those that are kinds of the core group alone. */
const OF_CORE = ['APIGroup', 'APIGroupList', 'APIResourceList', 'APIVersions', 'Status'];

function isRegistered(version: string, minor: number): boolean {
  const [, sign, bound] = /([+-])(\d+)$/.exec(version) ?? [];
  return sign === undefined || (sign === '+' ? minor >= Number(bound) : minor < Number(bound));
}

/** The kinds by the names of their messages. */
export class KnownKinds {
  readonly #byMessage = new Map<string, GroupVersionKind[]>();

  /**
   * @param minor - the version of Kubernetes, 34 for 1.34
   * @param scheme - whose kinds they are
   */
  constructor(types: readonly ResourceType[], minor: number, scheme: 'server' | 'client' = 'server') {
    for (const type of types) {
      if (type.custom) continue;
      for (const version of type.versions) {
        this.#add(type.group, version, type.kind);
        this.#add(type.group, version, type.listKind);
        for (const sub of type.subresources)
          this.#add(sub.group ?? type.group, sub.version ?? version, sub.kind);
      }
    }
    for (const kind of OF_CORE) this.#add('', 'v1', kind);
    for (const [group, versions] of Object.entries(REGISTERED)) {
      if (scheme === 'client' && OF_SERVERS.includes(group)) continue;
      for (const version of versions.split(' ').filter(each => isRegistered(each, minor)))
        for (const kind of SHARED) this.#put(`meta/v1.${kind}`, group, version.replace(/[+-].*/, ''), kind);
    }
  }

  /** Returns the kinds of a message; none for one that is a part of others. */
  of(message: string): readonly GroupVersionKind[] {
    return this.#byMessage.get(message) ?? [];
  }

  /** Tells whether a message has `apiVersion` and `kind`, which protobuf has elsewhere. */
  hasTypeMeta(message: string): boolean {
    return this.of(message).length > 0 && message !== 'meta/v1.WatchEvent';
  }

  #add(group: string, version: string, kind: string): void {
    this.#put(messageFor(apiVersionOf(group, version), kind), group, version, kind);
  }

  #put(message: string, group: string, version: string, kind: string): void {
    const kinds = this.#byMessage.get(message) ?? [];
    const known = kinds.some(each => each.group === group && each.version === version && each.kind === kind);
    if (!known) this.#byMessage.set(message, [...kinds, { group, kind, version }]);
  }
}
