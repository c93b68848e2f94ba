/**
 * The values of an IstioOperator that the simulated charts know; whatever else is asked for is refused by
 * name.
 */
import * as z from '../../../base/zod.ts';
import { InstallError } from './install-error.ts';
import type { Tree } from './operator-document.ts';

const text = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const optionalText = text.nullish().transform(value => value ?? '');
const port = z.number().int().min(1).max(65535);
const open = z.record(z.string(), z.unknown());

const envEntry = z.strictObject({
  name: z.string(),
  value: optionalText.optional(),
  valueFrom: open.optional(),
});
const resources = z
  .strictObject({
    requests: z.record(z.string(), text).optional(),
    limits: z.record(z.string(), text).optional(),
  })
  .optional();

const k8s = z
  .strictObject({
    env: z.array(envEntry).default([]),
    service: z
      .strictObject({
        type: z.enum(['LoadBalancer', 'NodePort', 'ClusterIP']).optional(),
        ports: z
          .array(
            z.strictObject({
              name: z.string(),
              port,
              targetPort: port.optional(),
              nodePort: port.optional(),
              protocol: z.string().optional(),
            }),
          )
          .optional(),
        externalIPs: z.array(z.string()).optional(),
        loadBalancerIP: z.string().optional(),
      })
      .default({}),
    serviceAnnotations: z.record(z.string(), text).default({}),
    podAnnotations: z.record(z.string(), text).default({}),
    replicaCount: z.number().int().min(0).optional(),
    resources,
  })
  .default({ env: [], service: {}, serviceAnnotations: {}, podAnnotations: {} });

const gateway = z.strictObject({
  name: z.string(),
  enabled: z.boolean().default(false),
  namespace: z.literal('istio-system').optional(),
  label: z.record(z.string(), text).default({}),
  k8s,
});

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

const component = z.strictObject({ enabled: z.boolean().optional(), k8s: k8s.optional() });

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
export type InstallSettings = z.output<typeof spec>;
/** One entry of `components.ingressGateways`. */
export type GatewaySettings = z.output<typeof gateway>;
/** `values.global`. */
export type GlobalSettings = InstallSettings['values']['global'];

/**
 * @throws InstallError naming every field that is unknown or of the wrong type
 */
export function readSettings(tree: Tree): InstallSettings {
  const result = spec.safeParse(tree);
  if (result.success) return result.data;
  const problems = result.error.issues.map(issue => {
    const path = issue.path.map(String).join('.');
    if (issue.code === 'unrecognized_keys')
      return issue.keys
        .map(key => `unknown field "${key}" in ${path === '' ? 'v1alpha1.IstioOperatorSpec' : path}`)
        .join('\n');
    return `${path}: ${issue.message}`;
  });
  throw new InstallError(`validation errors (use --force to override): \n${problems.join('\n')}`);
}
