/**
 * The schema of `spec.components`: what may be set for a workload, and for a gateway with its Service.
 * operator/pkg/apis/types.go @1.30.3
 */
import * as z from '../../../base/zod.ts';
import {
  flag,
  maybeOpen,
  maybeString,
  maybeText,
  maybeTexts,
  open,
  optionalText,
  port,
  resources,
  string,
  textsOrNone,
} from './field-schemas.ts';

const envEntry = z.strictObject({
  name: string,
  value: optionalText.optional(),
  valueFrom: maybeOpen,
});

const servicePort = z.strictObject({
  name: string,
  port,
  targetPort: port.optional(),
  nodePort: port.optional(),
  protocol: maybeString,
  appProtocol: maybeString,
});

/** What of a Service is laid over the chart's; what is not named here is the API server's to judge. */
const service = z.looseObject({
  type: z.enum(['LoadBalancer', 'NodePort', 'ClusterIP']).optional(),
  ports: z.array(servicePort).optional(),
});

const patch = z.strictObject({ path: string, value: z.unknown().optional() });
const overlay = z.strictObject({
  apiVersion: maybeString,
  kind: string,
  name: string,
  patches: z.array(patch).default([]),
});

const k8s = z
  .strictObject({
    affinity: maybeOpen,
    env: z.array(envEntry).default([]),
    hpaSpec: maybeOpen,
    imagePullPolicy: maybeString,
    nodeSelector: maybeTexts,
    overlays: z.array(overlay).default([]),
    podAnnotations: textsOrNone,
    podDisruptionBudget: maybeOpen,
    priorityClassName: maybeString,
    readinessProbe: maybeOpen,
    replicaCount: z.number().int().min(0).optional(),
    resources,
    securityContext: maybeOpen,
    service: service.default({}),
    serviceAnnotations: textsOrNone,
    strategy: maybeOpen,
    tolerations: z.array(open).optional(),
  })
  .prefault({});

/** An entry of `ingressGateways` or `egressGateways`; without `enabled` it is installed. */
export const gateway = z.strictObject({
  /** Empty without one: then nothing of it can be applied. */
  name: optionalText,
  enabled: flag.nullish(),
  namespace: maybeString,
  label: textsOrNone,
  hub: maybeString,
  tag: maybeText,
  k8s,
});

/** `base` or `pilot`; undefined leaves the choice to the profile. */
export const component = z.strictObject({
  enabled: flag.nullish(),
  hub: maybeString,
  tag: maybeText,
  k8s: k8s.optional(),
});
/** What `spec.components.….k8s` asks of a workload and its Service. */
export type WorkloadSettings = z.output<typeof k8s>;
/** A gateway with its defaults filled in. */
export type GatewaySettings = z.output<typeof gateway>;
