/** The Go packages that declare Kubernetes' API types, and how their names are shortened. */

/** A package of API types. */
export interface TypesPackage {
  readonly module: string;
  /** Below the module. */
  readonly folder: string;
  /** Before the names of its messages elsewhere, `core/v1`; also the name of its data file. */
  readonly short: string;
  /** Its API group and version; undefined for one that serves others only. */
  readonly groupVersion?: string;
}

const API = 'k8s.io/api';
const ofGroup = (folder: string, groupVersion: string): TypesPackage => ({
  module: API,
  folder,
  short: folder,
  groupVersion,
});

/** By the names of their folders. */
export const PACKAGES: readonly TypesPackage[] = [
  ofGroup('admission/v1', 'admission.k8s.io/v1'),
  ofGroup('admissionregistration/v1', 'admissionregistration.k8s.io/v1'),
  ofGroup('apps/v1', 'apps/v1'),
  ofGroup('authentication/v1', 'authentication.k8s.io/v1'),
  ofGroup('authorization/v1', 'authorization.k8s.io/v1'),
  ofGroup('autoscaling/v1', 'autoscaling/v1'),
  ofGroup('autoscaling/v2', 'autoscaling/v2'),
  ofGroup('batch/v1', 'batch/v1'),
  ofGroup('certificates/v1', 'certificates.k8s.io/v1'),
  ofGroup('coordination/v1', 'coordination.k8s.io/v1'),
  ofGroup('core/v1', 'v1'),
  ofGroup('discovery/v1', 'discovery.k8s.io/v1'),
  ofGroup('events/v1', 'events.k8s.io/v1'),
  ofGroup('flowcontrol/v1', 'flowcontrol.apiserver.k8s.io/v1'),
  ofGroup('networking/v1', 'networking.k8s.io/v1'),
  ofGroup('node/v1', 'node.k8s.io/v1'),
  ofGroup('policy/v1', 'policy/v1'),
  ofGroup('rbac/v1', 'rbac.authorization.k8s.io/v1'),
  ofGroup('resource/v1', 'resource.k8s.io/v1'),
  ofGroup('scheduling/v1', 'scheduling.k8s.io/v1'),
  ofGroup('storage/v1', 'storage.k8s.io/v1'),
  {
    module: 'k8s.io/apimachinery',
    folder: 'pkg/apis/meta/v1',
    short: 'meta/v1',
    groupVersion: 'meta.k8s.io/v1',
  },
  {
    module: 'k8s.io/apiextensions-apiserver',
    folder: 'pkg/apis/apiextensions/v1',
    short: 'apiextensions/v1',
    groupVersion: 'apiextensions.k8s.io/v1',
  },
  {
    module: 'k8s.io/kube-aggregator',
    folder: 'pkg/apis/apiregistration/v1',
    short: 'apiregistration/v1',
    groupVersion: 'apiregistration.k8s.io/v1',
  },
];

/** Returns the import path of a package. */
export const importPath = ({ module, folder }: TypesPackage): string => `${module}/${folder}`;
