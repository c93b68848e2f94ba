/** The schema of a scenario file, one value at a time. */
import * as z from '../base/zod.ts';
import { MAX_CLUSTERS, MAX_NETWORKS } from './ranges.ts';

/** The versions of HelloWorld. */
export const VERSIONS = ['v1', 'v2'] as const;
const MAX_NODES = 10;

const networkSchema = z.strictObject({ name: z.string(), range: z.string().optional() });
const workloadsSchema = z.strictObject({
  helloWorld: z.array(z.enum(VERSIONS)).optional(),
  client: z.boolean().optional(),
});
const clusterSchema = z.strictObject({
  name: z.string(),
  network: z.string(),
  role: z.enum(['primary', 'remote']),
  controlPlane: z.string().optional(),
  podRange: z.string().optional(),
  serviceRange: z.string().optional(),
  nodes: z.int().min(1).max(MAX_NODES).optional(),
  workloads: workloadsSchema.optional(),
});
const verifySchema = z.strictObject({
  requests: z.int().min(1).optional(),
  risk: z.number().gt(0).lt(0.5).optional(),
});
/** A file whose values are each as they should be; whether they go together is not said yet. */
export const scenarioSchema = z.strictObject({
  description: z.string().optional(),
  meshID: z.string().optional(),
  networks: z.array(networkSchema).min(1).max(MAX_NETWORKS),
  clusters: z.array(clusterSchema).min(1).max(MAX_CLUSTERS),
  verify: verifySchema.optional(),
});
/** A scenario file that has passed the schema. */
export type ScenarioFile = z.infer<typeof scenarioSchema>;

/** Path of an object in the file → its keys, for the answer to an unknown one. */
export const KNOWN_KEYS: readonly (readonly [where: RegExp, keys: readonly string[]])[] = [
  [/^$/, Object.keys(scenarioSchema.shape)],
  [/^networks\[\d+\]$/, Object.keys(networkSchema.shape)],
  [/^clusters\[\d+\]$/, Object.keys(clusterSchema.shape)],
  [/^clusters\[\d+\]\.workloads$/, Object.keys(workloadsSchema.shape)],
  [/^verify$/, Object.keys(verifySchema.shape)],
];
