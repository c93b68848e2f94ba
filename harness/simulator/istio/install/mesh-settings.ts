/**
 * The schema of `spec.meshConfig`: what istiod reads out of ConfigMap `istio`, and what has no effect here.
 * istio.io/api mesh/v1alpha1/config.proto @1.30.3
 */
import * as z from '../../../base/zod.ts';
import { harmless, open, optionalText, text } from './field-schemas.ts';

/** Logs, traces, statistics and Ingress are not simulated: none of these changes a call or an identity. */
const WITHOUT_EFFECT = [
  ...['accessLogEncoding', 'accessLogFormat', 'disableEnvoyListenerLog', 'enableEnvoyAccessLogService'],
  ...['enablePrometheusMerge', 'enableTracing', 'extensionProviders', 'defaultProviders'],
  ...['inboundClusterStatName', 'outboundClusterStatName', 'dnsRefreshRate'],
  ...['ingressControllerMode', 'ingressClass', 'ingressSelector', 'ingressService'],
] as const;

/** A selector of labels, of which each namespace must fit one: `metav1.LabelSelector`. */
const labelSelector = z.strictObject({
  matchLabels: z.record(z.string(), text).optional(),
  matchExpressions: z
    .array(
      z.strictObject({
        key: z.string(),
        operator: z.enum(['In', 'NotIn', 'Exists', 'DoesNotExist']),
        values: z.array(text).optional(),
      }),
    )
    .optional(),
});

/** Hosts, and whether they stay within their clusters. */
const serviceSettings = z.strictObject({
  settings: z.strictObject({ clusterLocal: z.boolean().optional() }).optional(),
  hosts: z.array(z.string()),
});

/** `spec.meshConfig`. */
export const meshSettings = z.strictObject({
  ...harmless(WITHOUT_EFFECT),
  accessLogFile: optionalText.optional(),
  caCertificates: z
    .array(z.strictObject({ pem: z.string(), trustDomains: z.array(z.string()).optional() }))
    .optional(),
  defaultConfig: open.optional(),
  discoverySelectors: z.array(labelSelector).optional(),
  enableAutoMtls: z.boolean().optional(),
  localityLbSetting: open.optional(),
  outboundTrafficPolicy: z.strictObject({ mode: z.enum(['ALLOW_ANY', 'REGISTRY_ONLY']) }).optional(),
  rootNamespace: z.string().optional(),
  serviceSettings: z.array(serviceSettings).optional(),
  trustDomain: text.optional(),
  trustDomainAliases: z.array(z.string()).optional(),
});
