/** What kind says to a configuration that it does not take, before it makes anything. */
import { load } from 'js-yaml';

/**
 * pkg/internal/apis/config/v1alpha4 @v0.33.0: the fields that ours has, and some more. Words of kind's YAML
 * reader about text that is none are believed: only a brace that is not closed was tried.
 */
const FIELDS = [
  ...['kind', 'apiVersion', 'name', 'nodes', 'networking', 'featureGates', 'runtimeConfig'],
  ...['kubeadmConfigPatches', 'kubeadmConfigPatchesJSON6902', 'containerdConfigPatches'],
  'containerdConfigPatchesJSON6902',
];

interface Read {
  readonly apiVersion?: string;
  readonly nodes?: readonly { readonly role?: string }[];
  readonly networking?: { readonly podSubnet?: string; readonly serviceSubnet?: string };
}

/** @returns `isRead`: kind has read it, and looked at the engine, before it says so */
export function configProblem(text: string): { readonly says: string; readonly isRead: boolean } | undefined {
  let config: Read;
  try {
    config = load(text) as Read; // looked at field by field
  } catch {
    const why = 'yaml: line 1: did not find expected node content';
    return { isRead: false, says: `could not determine kind / apiVersion for config: ${why}` };
  }
  if (config.apiVersion !== 'kind.x-k8s.io/v1alpha4')
    return { isRead: false, says: `unknown apiVersion: ${config.apiVersion}` };
  const unknown = Object.keys(config).filter(name => !FIELDS.includes(name));
  if (unknown.length > 0) {
    const line = (name: string) => text.split('\n').findIndex(each => each.startsWith(`${name}:`)) + 1;
    const lines = unknown.map(
      name => `  line ${line(name)}: field ${name} not found in type v1alpha4.Cluster`,
    );
    return { isRead: false, says: ['unable to decode config: yaml: unmarshal errors:', ...lines].join('\n') };
  }
  const problems = problemsOf(config);
  if (problems.length === 0) return undefined;
  return { isRead: true, says: problems.length === 1 ? String(problems[0]) : `[${problems.join(', ')}]` };
}

/** pkg/internal/apis/config/validate.go @v0.33.0. */
function problemsOf({ nodes = [], networking = {} }: Read): readonly string[] {
  const roles = nodes.map(({ role = 'control-plane' }) => role);
  const ranges = [
    ['pod', networking.podSubnet],
    ['service', networking.serviceSubnet],
  ] as const;
  return [
    ...ranges.flatMap(([what, range]) =>
      range === undefined || /^[\d.]+\/\d+$/.test(range)
        ? []
        : [
            `invalid ${what} subnet failed to parse cidr value:"${range}" with error: invalid CIDR address: ${range}`,
          ],
    ),
    ...roles.flatMap((role, index) =>
      ['control-plane', 'worker'].includes(role)
        ? []
        : [`invalid configuration for node ${index}: "${role}" is not a valid node role`],
    ),
    ...(roles.includes('control-plane') ? [] : ['must have at least one control-plane node']),
  ];
}
