/**
 * The settings of an IstioOperator that have an effect here, or none anywhere. What else Istio has is told as
 * not simulated, and what it has not, as unknown.
 */
import * as z from '../../../base/zod.ts';
import { withoutDefaults } from './chart-defaults.ts';
import { component, gateway } from './component-settings.ts';
import { maybeOpen, optionalText } from './field-schemas.ts';
import { mismatch } from './go-words.ts';
import { InstallError } from './install-error.ts';
import { meshSettings } from './mesh-settings.ts';
import { mergeTrees, type Tree } from './operator-document.ts';
import { isRealSetting, isRealValue, PROFILES, REAL_PROFILES } from './real-settings.ts';
import { isTree, writeAt } from './setting-path.ts';
import { values } from './values-settings.ts';

const REVISION = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

const spec = z.strictObject({
  profile: z.enum(PROFILES).default('default'),
  hub: optionalText,
  tag: optionalText,
  namespace: z.literal('istio-system').optional(),
  revision: z
    .string()
    .nullish()
    .transform(revision => revision ?? '')
    .refine(revision => revision === '' || REVISION.test(revision), 'invalid revision specified'),
  meshConfig: meshSettings.prefault({}),
  components: z
    .strictObject({
      base: component.default({}),
      pilot: component.default({}),
      cni: maybeOpen,
      ingressGateways: z.array(gateway).optional(),
      egressGateways: z.array(gateway).optional(),
    })
    .default({ base: {}, pilot: {} }),
  unvalidatedValues: maybeOpen,
  values,
});

/** An IstioOperator's spec with all defaults filled in. */
export type InstallSettings = Omit<z.output<typeof spec>, 'revision'> & {
  /** Never empty: `default`, `canary`. */
  readonly revision: string;
  /** `values` as the operator has them, without defaults. */
  readonly asked: unknown;
  /** What was asked for and is left out, one sentence each; empty unless the installation was forced. */
  readonly leftOut: readonly string[];
};

/**
 * Returns the pull policy that the values ask for, as a part of a container. Without one the API server
 * chooses it by the image, before any webhook sees the pod (manifests/charts/gateways/istio-ingress/
 * templates/injected-deployment.yaml and deployment.yaml, istio-discovery/templates/deployment.yaml @1.8.0,
 * @1.30.3).
 */
export function pullPolicy({ values }: InstallSettings): { readonly imagePullPolicy?: string } {
  const { imagePullPolicy = '' } = values.global;
  return imagePullPolicy === '' ? {} : { imagePullPolicy };
}

/**
 * Checks a spec and fills in its defaults.
 * @param force - leaves out what is wrong or not simulated, and tells it, in place of the error
 * @throws InstallError naming every field that is unknown or of the wrong type
 */
export function readSettings(tree: Tree, force = false): InstallSettings {
  const { unvalidatedValues, ...asked } = tree;
  const whole = isTree(unvalidatedValues)
    ? { ...asked, values: mergeTrees(isTree(asked['values']) ? asked['values'] : {}, unvalidatedValues) }
    : asked;
  const { values: own } = whole as Tree;
  const uncommon = isTree(own) ? { ...whole, values: withoutDefaults(own) } : whole;
  return read(inOnePlace(uncommon), { asked: tree['values'] ?? {}, force, leftOut: [] });
}

interface Reading {
  readonly asked: unknown;
  readonly force: boolean;
  readonly leftOut: readonly string[];
}

function read(tree: Tree, { asked, force, leftOut }: Reading): InstallSettings {
  const result = spec.safeParse(tree, { reportInput: true });
  if (result.success) {
    const revision = result.data.revision || result.data.values.revision || 'default';
    return { ...result.data, revision, asked, leftOut };
  }
  const problems = result.error.issues.flatMap(problemsOf);
  if (force) {
    const rest = problems.reduce<unknown>((under, { at }) => without(under, at), tree);
    return read(rest as Tree, { asked, force, leftOut: [...leftOut, ...problems.map(({ text }) => text)] });
  }
  const lacking = problems.filter(({ isOurs }) => isOurs).map(({ text }) => text);
  if (lacking.length > 0)
    throw new InstallError(`${lacking.join('\n')}\n(use --force to install without what is not simulated)`);
  const mistakes = problems.map(({ text }) => text).join('\n');
  throw new InstallError(`validation errors (use --force to override): \n${mistakes}`);
}

/**
 * Moves `values.meshConfig` and `values.revision` to where the operator has them; what stands in the values
 * counts. operator/pkg/render/manifest.go, MergeInputs @1.30.3
 */
function inOnePlace(tree: Tree): Tree {
  const { values: own } = tree;
  if (!isTree(own) || !isTree(own['meshConfig'])) return tree;
  const { meshConfig, ...others } = own;
  const before = tree['meshConfig'];
  return {
    ...tree,
    values: others,
    meshConfig: mergeTrees(isTree(before) ? before : {}, meshConfig as Tree),
  };
}

/** What is wrong with a spec. */
interface Problem {
  readonly text: string;
  /** Istio would take it. */
  readonly isOurs: boolean;
  /** Where it stands. */
  readonly at: readonly PropertyKey[];
}

/** Takes a setting away. */
const without = (tree: unknown, at: readonly PropertyKey[]): unknown =>
  writeAt(
    tree,
    at.map(step => (typeof step === 'number' ? `[${step}]` : String(step).replaceAll('.', '\\.'))).join('.'),
    undefined,
  );

function problemsOf(issue: z.core.$ZodIssue): Problem[] {
  const path = issue.path.map(String).join('.');
  const notSimulated = (setting: string, at: readonly PropertyKey[] = issue.path): Problem => ({
    text: `not simulated by mesh-harness: ${setting}`,
    isOurs: true,
    at,
  });
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map(key =>
      isRealSetting(path, key)
        ? notSimulated(path === '' ? key : `${path}.${key}`, [...issue.path, key])
        : {
            text: `unknown field "${key}" in ${path === '' ? 'v1alpha1.IstioOperatorSpec' : path}`,
            isOurs: false,
            at: [...issue.path, key],
          },
    );
  const given = issue.input;
  if (path === 'profile' && REAL_PROFILES.some(profile => profile === given))
    return [notSimulated(`profile ${String(given)}`)];
  if (OTHER_NAMESPACES.has(path) && typeof given === 'string')
    return [notSimulated(`${path} ${given}, a namespace other than istio-system`)];
  if (path !== 'profile' && typeof given === 'string' && isRealValue(path, given))
    return [notSimulated(`${path}: ${given}`)];
  if (path === 'values.global.pilotCertProvider') return [notSimulated(`${path} ${String(given)}`)];
  return [{ text: wordsOf(issue, path), isOurs: false, at: issue.path }];
}

function wordsOf(issue: z.core.$ZodIssue, path: string): string {
  const given = String(issue.input);
  if (path === 'profile')
    return `profile "${given}" not found: open profiles/${given}.yaml: file does not exist`;
  return mismatch(issue, path.replaceAll(/\.\d+(?=\.|$)/g, '')) ?? `${path}: ${issue.message}`;
}

const OTHER_NAMESPACES: ReadonlySet<string> = new Set(['namespace', 'values.global.istioNamespace']);
