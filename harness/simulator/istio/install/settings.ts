/**
 * The values of an IstioOperator that the simulated charts know. An operator that asks for more is refused,
 * with the name of the field.
 */
import * as z from '../../../base/zod.ts';
import { component, gateway } from './component-settings.ts';
import { open, optionalText, port, resources, text } from './field-schemas.ts';
import { InstallError } from './install-error.ts';
import type { Tree } from './operator-document.ts';
import { isRealSetting, REAL_PROFILES } from './real-settings.ts';

const meshNetwork = z.strictObject({
  endpoints: z
    .array(z.strictObject({ fromRegistry: text.optional(), fromCidr: z.string().optional() }))
    .nullish()
    .transform(list => list ?? []),
  gateways: z
    .array(
      z.strictObject({
        registryServiceName: z.string().optional(),
        address: z.string().optional(),
        port,
        locality: z.string().optional(),
      }),
    )
    .nullish()
    .transform(list => list ?? []),
});

const spec = z.strictObject({
  profile: z.enum(['default', 'empty', 'remote', 'minimal']).default('default'),
  hub: optionalText,
  tag: optionalText,
  namespace: z.literal('istio-system').optional(),
  revision: z
    .enum(['', 'default'])
    .nullish()
    .transform(() => 'default'),
  meshConfig: z
    .strictObject({
      accessLogFile: optionalText.optional(),
      trustDomain: text.optional(),
      trustDomainAliases: z.array(z.string()).optional(),
      enableAutoMtls: z.boolean().optional(),
      enableTracing: z.boolean().optional(),
      outboundTrafficPolicy: z.strictObject({ mode: z.enum(['ALLOW_ANY', 'REGISTRY_ONLY']) }).optional(),
      defaultConfig: open.optional(),
    })
    .default({}),
  components: z
    .strictObject({
      base: component.default({}),
      pilot: component.default({}),
      ingressGateways: z.array(gateway).optional(),
      egressGateways: z.array(gateway).optional(),
    })
    .default({ base: {}, pilot: {} }),
  values: z
    .strictObject({
      global: z
        .strictObject({
          meshID: optionalText,
          multiCluster: z
            .strictObject({ clusterName: optionalText, enabled: z.boolean().optional() })
            .default({ clusterName: '' }),
          network: optionalText,
          meshNetworks: z
            .record(z.string(), meshNetwork)
            .nullish()
            .transform(networks => networks ?? {}),
          remotePilotAddress: optionalText,
          externalIstiod: z.boolean().default(false),
          hub: optionalText,
          tag: optionalText,
          imagePullPolicy: z.string().optional(),
          istioNamespace: z.literal('istio-system').optional(),
          jwtPolicy: z.enum(['third-party-jwt', 'first-party-jwt']).default('third-party-jwt'),
          caAddress: optionalText,
          proxy: z.strictObject({ resources, logLevel: z.string().optional() }).optional(),
        })
        .prefault({}),
      pilot: z
        .strictObject({
          env: z.record(z.string(), text).default({}),
          resources,
          autoscaleEnabled: z.boolean().default(true),
          autoscaleMin: z.number().int().min(1).default(1),
          autoscaleMax: z.number().int().min(1).default(5),
          replicaCount: z.number().int().min(0).default(1),
          traceSampling: z.number().default(1),
        })
        .prefault({}),
      istiodRemote: z
        .strictObject({ enabled: z.boolean().optional(), injectionPath: optionalText })
        .prefault({}),
      gateways: z
        .strictObject({
          'istio-ingressgateway': z
            .strictObject({
              injectionTemplate: z.string().optional(),
              autoscaleEnabled: z.boolean().optional(),
              resources,
            })
            .optional(),
        })
        .default({}),
    })
    .prefault({}),
});

/** An IstioOperator's spec with all defaults filled in. */
export type InstallSettings = z.output<typeof spec> & {
  /** `values` as the operator has them, without defaults. */
  readonly asked: unknown;
};
/** `values.global`. */
export type GlobalSettings = InstallSettings['values']['global'];

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
 * @throws InstallError naming every field that is unknown or of the wrong type
 */
export function readSettings(tree: Tree): InstallSettings {
  const result = spec.safeParse(tree, { reportInput: true });
  if (result.success) return { ...result.data, asked: tree['values'] ?? {} };
  const problems = result.error.issues.flatMap(problemsOf);
  const lacking = problems.filter(({ isOurs }) => isOurs).map(({ text: problem }) => problem);
  // A setting that Istio has is no mistake, and no flag makes the simulator know it.
  if (lacking.length > 0) throw new InstallError(lacking.join('\n'));
  const mistakes = problems.map(({ text: problem }) => problem).join('\n');
  throw new InstallError(`validation errors (use --force to override): \n${mistakes}`);
}

/** What is wrong with a spec. */
interface Problem {
  readonly text: string;
  /** Istio would take it. */
  readonly isOurs: boolean;
}

const notSimulated = (setting: string): Problem => ({
  text: `not simulated by mesh-harness: ${setting}`,
  isOurs: true,
});

function problemsOf(issue: z.core.$ZodIssue): Problem[] {
  const path = issue.path.map(String).join('.');
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map(key =>
      isRealSetting(path, key)
        ? notSimulated(path === '' ? key : `${path}.${key}`)
        : {
            text: `unknown field "${key}" in ${path === '' ? 'v1alpha1.IstioOperatorSpec' : path}`,
            isOurs: false,
          },
    );
  const given = issue.input;
  if (path === 'profile' && REAL_PROFILES.some(profile => profile === given))
    return [notSimulated(`profile ${String(given)}`)];
  if (path === 'revision' && typeof given === 'string') return [notSimulated(`revision ${given}`)];
  if (OTHER_NAMESPACES.has(path) && typeof given === 'string')
    return [notSimulated(`${path} ${given}, a namespace other than istio-system`)];
  return [{ text: `${path}: ${issue.message}`, isOurs: false }];
}

const OTHER_NAMESPACES: ReadonlySet<string> = new Set(['namespace', 'values.global.istioNamespace']);
