/**
 * The schema of `spec.meshConfig`: what istiod reads out of ConfigMap `istio`, and what has no effect here.
 * istio.io/api mesh/v1alpha1/config.proto @1.30.3
 */
import * as z from '../../../base/zod.ts';
import {
  harmless,
  maybeFlag,
  maybeOpen,
  maybeString,
  maybeText,
  maybeTexts,
  optionalText,
  string,
  text,
} from './field-schemas.ts';

/** Logs, traces, statistics and Ingress are not simulated: none of these changes a call or an identity. */
const WITHOUT_EFFECT = [
  ...['accessLogEncoding', 'accessLogFormat', 'disableEnvoyListenerLog', 'enableEnvoyAccessLogService'],
  ...['enablePrometheusMerge', 'enableTracing', 'extensionProviders', 'defaultProviders'],
  ...['inboundClusterStatName', 'outboundClusterStatName', 'dnsRefreshRate'],
  ...['ingressControllerMode', 'ingressClass', 'ingressSelector', 'ingressService'],
] as const;

/** A selector of labels, of which each namespace must fit one: `metav1.LabelSelector`. */
const labelSelector = z.strictObject({
  matchLabels: maybeTexts,
  matchExpressions: z
    .array(
      z.strictObject({
        key: string,
        operator: z.enum(['In', 'NotIn', 'Exists', 'DoesNotExist']),
        values: z.array(text).optional(),
      }),
    )
    .optional(),
});

/** Hosts, and whether they stay within their clusters. */
const serviceSettings = z.strictObject({
  settings: z.strictObject({ clusterLocal: maybeFlag }).optional(),
  hosts: z.array(string),
});

/** `spec.meshConfig`. */
export const meshSettings = z.strictObject({
  ...harmless(WITHOUT_EFFECT),
  accessLogFile: optionalText.optional(),
  caCertificates: z
    .array(z.strictObject({ pem: string, trustDomains: z.array(string).optional() }))
    .optional(),
  defaultConfig: maybeOpen,
  discoverySelectors: z.array(labelSelector).optional(),
  enableAutoMtls: maybeFlag,
  localityLbSetting: maybeOpen,
  outboundTrafficPolicy: z.strictObject({ mode: z.enum(['ALLOW_ANY', 'REGISTRY_ONLY']) }).optional(),
  rootNamespace: maybeString,
  serviceSettings: z.array(serviceSettings).optional(),
  trustDomain: maybeText,
  trustDomainAliases: z.array(string).optional(),
});
