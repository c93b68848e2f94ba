/** The topology of a scenario as reports have it. */
import * as z from '../../base/zod.ts';

const cluster = z.looseObject({
  name: z.string(),
  network: z.string(),
  role: z.union([
    z.looseObject({ kind: z.literal('primary') }),
    z.looseObject({ kind: z.literal('remote'), controlPlane: z.string() }),
  ]),
  podRange: z.string(),
  serviceRange: z.string(),
  nodes: z.int().min(1),
  region: z.string().optional(),
  zones: z.array(z.string()).optional(),
  helloWorld: z.array(z.string()),
  client: z.boolean(),
});

/** Reads it; fields that are not known pass. */
export const topology = z.looseObject({
  name: z.string(),
  description: z.string(),
  meshId: z.string(),
  networks: z.array(z.looseObject({ name: z.string(), range: z.string() })),
  clusters: z.array(cluster).min(1),
  allowNotSimulated: z.boolean().optional(),
});
