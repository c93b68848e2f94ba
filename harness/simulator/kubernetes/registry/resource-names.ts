/** The names of resources that containers and quotas measure by (pkg/apis/core/helper/helpers.go @v1.34). */

/** What containers ask for. */
export const COMPUTE = ['cpu', 'memory', 'ephemeral-storage'];

/** What a namespace is counted by: whole numbers. */
export const COUNTED = [
  'pods',
  'resourcequotas',
  'services',
  'replicationcontrollers',
  'secrets',
  'configmaps',
  'persistentvolumeclaims',
  'services.nodeports',
  'services.loadbalancers',
];

/** What a quota may limit by a name without a domain. */
export const OF_QUOTAS = [
  ...COMPUTE.flatMap(name => [name, `requests.${name}`, `limits.${name}`]),
  'requests.storage',
  ...COUNTED,
];

/** Tells whether a name is that of pages of some size, or of requests for them. */
export const isOfHugePages = (name: string): boolean => /^(requests\.)?hugepages-/.test(name);
