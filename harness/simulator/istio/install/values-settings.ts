/**
 * The schema of `spec.values`: the values of the charts that change an object of the installation, or have no
 * effect here. manifests/charts/…/values.yaml, operator/pkg/apis/values_types.proto @1.30.3
 */
import * as z from '../../../base/zod.ts';
import { harmless, open, optionalText, port, resources, text } from './field-schemas.ts';
import { meshSettings } from './mesh-settings.ts';

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

const texts = z.record(z.string(), text);
const whole = z.number().int().min(0);

/** What the injection template is filled with; what it does not ask for changes nothing. */
const proxy = z.strictObject({
  ...harmless(['enableCoreDump', 'outlierLogPath', 'tracer', 'componentLogLevel', 'seccompProfile']),
  ...harmless(['readinessFailureThreshold', 'readinessInitialDelaySeconds', 'readinessPeriodSeconds']),
  autoInject: z.enum(['enabled', 'disabled']).optional(),
  image: z.string().optional(),
  logLevel: z.string().optional(),
  privileged: z.boolean().optional(),
  resources,
});

const global = z.strictObject({
  // Logs and their form; which certificates a namespace's readers see; who writes bundles into webhooks.
  ...harmless(['arch', 'logAsJson', 'logging', 'sts', 'tracer', 'variant', 'enableReaderRBAC']),
  caAddress: optionalText,
  configValidation: z.boolean().default(true),
  defaultNodeSelector: texts.optional(),
  defaultPodDisruptionBudget: z.strictObject({ enabled: z.boolean().default(true) }).prefault({}),
  defaultResources: resources,
  defaultTolerations: z.array(open).optional(),
  externalIstiod: z.boolean().default(false),
  hub: optionalText,
  imagePullPolicy: z.string().optional(),
  imagePullSecrets: z.array(z.string()).default([]),
  istioNamespace: z.literal('istio-system').optional(),
  jwtPolicy: z.enum(['third-party-jwt', 'first-party-jwt']).default('third-party-jwt'),
  meshID: optionalText,
  meshNetworks: z
    .record(z.string(), meshNetwork)
    .nullish()
    .transform(networks => networks ?? {}),
  multiCluster: z
    .strictObject({
      clusterName: optionalText,
      ...harmless(['enabled', 'globalDomainSuffix', 'includeEnvoyFilter']),
    })
    .default({ clusterName: '' }),
  network: optionalText,
  pilotCertProvider: z.literal('istiod').optional(),
  priorityClassName: optionalText,
  proxy: proxy.optional(),
  proxy_init: z.strictObject({ image: z.string().optional(), ...harmless(['resources']) }).optional(),
  remotePilotAddress: optionalText,
  tag: optionalText,
});

const pilot = z.strictObject({
  ...harmless(['autoscaleBehavior', 'cni', 'cpu', 'enabled', 'memory', 'trustedZtunnelNamespace', 'variant']),
  ...harmless(['keepaliveMaxServerConnectionAge', 'seccompProfile', 'topologySpreadConstraints']),
  affinity: open.optional(),
  autoscaleEnabled: z.boolean().default(true),
  autoscaleMax: z.number().int().min(1).default(5),
  autoscaleMin: z.number().int().min(1).default(1),
  deploymentLabels: texts.optional(),
  env: texts.default({}),
  extraContainerArgs: z.array(z.string()).default([]),
  hub: optionalText,
  image: z.string().optional(),
  nodeSelector: texts.optional(),
  podAnnotations: texts.optional(),
  podLabels: texts.optional(),
  replicaCount: whole.default(1),
  resources,
  rollingMaxSurge: z.union([z.string(), whole]).default('100%'),
  rollingMaxUnavailable: z.union([z.string(), whole]).default('25%'),
  serviceAccountAnnotations: texts.optional(),
  serviceAnnotations: texts.optional(),
  tag: optionalText,
  tolerations: z.array(open).optional(),
  traceSampling: z.number().default(1),
});

const servicePort = z.looseObject({ name: z.string(), port, targetPort: port.optional() });

/** Values of `istio-ingressgateway` hold for ingress gateways of any name; those for egress likewise. */
const gateway = z.strictObject({
  ...harmless(['cpu', 'memory', 'ipFamilies', 'ipFamilyPolicy']),
  autoscaleEnabled: z.boolean().default(true),
  autoscaleMax: whole.default(5),
  autoscaleMin: whole.default(1),
  customService: z.boolean().default(false),
  enabled: z.boolean().optional(),
  env: texts.default({}),
  externalTrafficPolicy: optionalText,
  ingressPorts: z.array(servicePort).default([]),
  injectionTemplate: z.string().optional(),
  labels: texts.optional(),
  loadBalancerIP: optionalText,
  loadBalancerSourceRanges: z.array(z.string()).default([]),
  name: z.string().optional(),
  nodeSelector: texts.optional(),
  podAnnotations: texts.default({}),
  ports: z.array(servicePort).optional(),
  replicaCount: whole.optional(),
  resources,
  rollingMaxSurge: z.union([z.string(), whole]).default('100%'),
  rollingMaxUnavailable: z.union([z.string(), whole]).default('25%'),
  serviceAnnotations: texts.default({}),
  tolerations: z.array(open).optional(),
  type: z.enum(['LoadBalancer', 'NodePort', 'ClusterIP']).optional(),
});
/** `values.gateways.istio-ingressgateway`, with its defaults. */
export type GatewayValues = z.output<typeof gateway>;

/** `spec.values`. */
export const values = z
  .strictObject({
    ...harmless(['gatewayClasses', 'ownerName', 'telemetry', 'ztunnel', 'cni', 'istio_cni']),
    base: z
      .strictObject({
        ...harmless(['enableCRDTemplates', 'enableIstioConfigCRDs', 'excludedCRDs', 'validateGateway']),
      })
      .optional(),
    defaultRevision: optionalText,
    gateways: z
      .strictObject({
        ...harmless(['enabled', 'securityContext', 'seccompProfile']),
        'istio-ingressgateway': gateway.prefault({}),
        'istio-egressgateway': gateway.prefault({}),
      })
      .prefault({}),
    global: global.prefault({}),
    istiodRemote: z
      .strictObject({
        enabled: z.boolean().optional(),
        injectionPath: optionalText,
      })
      .prefault({}),
    meshConfig: meshSettings.optional(),
    pilot: pilot.prefault({}),
    revision: optionalText,
    revisionTags: z.array(z.string()).default([]),
    // So that each of its fields is told by its own name.
    sidecarInjectorWebhook: z.strictObject({}).optional(),
  })
  .prefault({});
