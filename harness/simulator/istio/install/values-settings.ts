/**
 * The schema of `spec.values`: the values of the charts that change an object of the installation, or have no
 * effect here. manifests/charts/…/values.yaml, operator/pkg/apis/values_types.proto @1.30.3
 */
import * as z from '../../../base/zod.ts';
import {
  flag,
  harmless,
  maybeFlag,
  maybeOpen,
  maybeString,
  maybeText,
  maybeTexts,
  open,
  optionalText,
  port,
  resources,
  string,
  stringsOrNone,
  textsOrNone,
  trueByDefault,
} from './field-schemas.ts';
import { meshSettings } from './mesh-settings.ts';

const meshNetwork = z.strictObject({
  endpoints: z
    .array(z.strictObject({ fromRegistry: maybeText, fromCidr: maybeString }))
    .nullish()
    .transform(list => list ?? []),
  gateways: z
    .array(
      z.strictObject({
        registryServiceName: maybeString,
        address: maybeString,
        port,
        locality: maybeString,
      }),
    )
    .nullish()
    .transform(list => list ?? []),
});

const whole = z.number().int().min(0);

/** What the injection template is filled with; what it does not ask for changes nothing. */
const proxy = z.strictObject({
  ...harmless(['enableCoreDump', 'outlierLogPath', 'tracer', 'componentLogLevel', 'seccompProfile']),
  ...harmless(['readinessFailureThreshold', 'readinessInitialDelaySeconds', 'readinessPeriodSeconds']),
  autoInject: z.enum(['enabled', 'disabled']).optional(),
  image: maybeString,
  logLevel: maybeString,
  privileged: maybeFlag,
  resources,
});

const global = z.strictObject({
  // Logs and their form; which certificates a namespace's readers see; who writes bundles into webhooks.
  ...harmless(['arch', 'logAsJson', 'logging', 'sts', 'tracer', 'variant', 'enableReaderRBAC']),
  caAddress: optionalText,
  configValidation: trueByDefault,
  defaultNodeSelector: maybeTexts,
  defaultPodDisruptionBudget: z.strictObject({ enabled: trueByDefault }).prefault({}),
  defaultResources: resources,
  defaultTolerations: z.array(open).optional(),
  externalIstiod: flag.default(false),
  hub: optionalText,
  imagePullPolicy: maybeString,
  imagePullSecrets: stringsOrNone,
  istioNamespace: z.literal('istio-system').optional(),
  jwtPolicy: z.enum(['third-party-jwt', 'first-party-jwt']).default('third-party-jwt'),
  meshID: optionalText,
  meshNetworks: z
    .record(string, meshNetwork)
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
  proxy_init: z.strictObject({ image: maybeString, ...harmless(['resources']) }).optional(),
  remotePilotAddress: optionalText,
  tag: optionalText,
});

const pilot = z.strictObject({
  ...harmless(['autoscaleBehavior', 'cni', 'cpu', 'enabled', 'memory', 'trustedZtunnelNamespace', 'variant']),
  ...harmless(['keepaliveMaxServerConnectionAge', 'seccompProfile', 'topologySpreadConstraints']),
  affinity: maybeOpen,
  autoscaleEnabled: trueByDefault,
  autoscaleMax: z.number().int().min(1).default(5),
  autoscaleMin: z.number().int().min(1).default(1),
  deploymentLabels: maybeTexts,
  env: textsOrNone,
  extraContainerArgs: stringsOrNone,
  hub: optionalText,
  image: maybeString,
  nodeSelector: maybeTexts,
  podAnnotations: maybeTexts,
  podLabels: maybeTexts,
  replicaCount: whole.default(1),
  resources,
  rollingMaxSurge: z.union([string, whole]).default('100%'),
  rollingMaxUnavailable: z.union([string, whole]).default('25%'),
  serviceAccountAnnotations: maybeTexts,
  serviceAnnotations: maybeTexts,
  tag: optionalText,
  tolerations: z.array(open).optional(),
  traceSampling: z.number().default(1),
});

const servicePort = z.looseObject({ name: string, port, targetPort: port.optional() });

/** Values of `istio-ingressgateway` hold for ingress gateways of any name; those for egress likewise. */
const gateway = z.strictObject({
  ...harmless(['cpu', 'memory', 'ipFamilies', 'ipFamilyPolicy']),
  autoscaleEnabled: trueByDefault,
  autoscaleMax: whole.default(5),
  autoscaleMin: whole.default(1),
  customService: flag.default(false),
  enabled: maybeFlag,
  env: textsOrNone,
  externalTrafficPolicy: optionalText,
  ingressPorts: z.array(servicePort).default([]),
  injectionTemplate: maybeString,
  labels: maybeTexts,
  loadBalancerIP: optionalText,
  loadBalancerSourceRanges: stringsOrNone,
  name: maybeString,
  nodeSelector: maybeTexts,
  podAnnotations: textsOrNone,
  ports: z.array(servicePort).optional(),
  replicaCount: whole.optional(),
  resources,
  rollingMaxSurge: z.union([string, whole]).default('100%'),
  rollingMaxUnavailable: z.union([string, whole]).default('25%'),
  serviceAnnotations: textsOrNone,
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
        enabled: maybeFlag,
        injectionPath: optionalText,
      })
      .prefault({}),
    meshConfig: meshSettings.optional(),
    pilot: pilot.prefault({}),
    revision: optionalText,
    revisionTags: stringsOrNone,
    // So that each of its fields is told by its own name.
    sidecarInjectorWebhook: z.strictObject({}).optional(),
  })
  .prefault({});
