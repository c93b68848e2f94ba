/**
 * The schema of `spec.components`: what may be set for a workload, and for a gateway with its Service.
 * operator/pkg/apis/types.go @1.30.3
 */
import * as z from '../../../base/zod.ts';
import { open, optionalText, port, resources, text } from './field-schemas.ts';

const envEntry = z.strictObject({
  name: z.string(),
  value: optionalText.optional(),
  valueFrom: open.optional(),
});

const servicePort = z.strictObject({
  name: z.string(),
  port,
  targetPort: port.optional(),
  nodePort: port.optional(),
  protocol: z.string().optional(),
  appProtocol: z.string().optional(),
});

/** What of a Service is laid over the chart's; what is not named here is the API server's to judge. */
const service = z.looseObject({
  type: z.enum(['LoadBalancer', 'NodePort', 'ClusterIP']).optional(),
  ports: z.array(servicePort).optional(),
});

const patch = z.strictObject({ path: z.string(), value: z.unknown().optional() });
const overlay = z.strictObject({
  apiVersion: z.string().optional(),
  kind: z.string(),
  name: z.string(),
  patches: z.array(patch).default([]),
});

const k8s = z
  .strictObject({
    affinity: open.optional(),
    env: z.array(envEntry).default([]),
    hpaSpec: open.optional(),
    imagePullPolicy: z.string().optional(),
    nodeSelector: z.record(z.string(), text).optional(),
    overlays: z.array(overlay).default([]),
    podAnnotations: z.record(z.string(), text).default({}),
    podDisruptionBudget: open.optional(),
    priorityClassName: z.string().optional(),
    readinessProbe: open.optional(),
    replicaCount: z.number().int().min(0).optional(),
    resources,
    securityContext: open.optional(),
    service: service.default({}),
    serviceAnnotations: z.record(z.string(), text).default({}),
    strategy: open.optional(),
    tolerations: z.array(open).optional(),
  })
  .prefault({});

/** An entry of `ingressGateways` or `egressGateways`; without `enabled` it is installed. */
export const gateway = z.strictObject({
  /** Empty without one: then nothing of it can be applied. */
  name: optionalText,
  enabled: z.boolean().nullish(),
  namespace: z.string().optional(),
  label: z.record(z.string(), text).default({}),
  hub: z.string().optional(),
  tag: text.optional(),
  k8s,
});

/** `base` or `pilot`; undefined leaves the choice to the profile. */
export const component = z.strictObject({
  enabled: z.boolean().nullish(),
  hub: z.string().optional(),
  tag: text.optional(),
  k8s: k8s.optional(),
});
/** What `spec.components.….k8s` asks of a workload and its Service. */
export type WorkloadSettings = z.output<typeof k8s>;
/** A gateway with its defaults filled in. */
export type GatewaySettings = z.output<typeof gateway>;
