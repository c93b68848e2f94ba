/** The schema of `spec.components`: what may be set for a workload, and for a gateway with its Service. */
import * as z from '../../../base/zod.ts';
import { open, optionalText, port, resources, text } from './field-schemas.ts';

const envEntry = z.strictObject({
  name: z.string(),
  value: optionalText.optional(),
  valueFrom: open.optional(),
});

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

/** An entry of `ingressGateways` or `egressGateways`. */
export const gateway = z.strictObject({
  name: z.string(),
  enabled: z.boolean().default(false),
  namespace: z.literal('istio-system').optional(),
  label: z.record(z.string(), text).default({}),
  k8s,
});

/** `base` or `pilot`; undefined leaves the choice to the profile. */
export const component = z.strictObject({ enabled: z.boolean().optional(), k8s: k8s.optional() });
/** A gateway with its defaults filled in. */
export type GatewaySettings = z.output<typeof gateway>;
