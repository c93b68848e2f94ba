/** The schema of a scenario file, one value at a time. */
import * as z from '../base/zod.ts';
import { isGroup, isMapping, type List, NUMBER } from './entries.ts';
import { MAX_CLUSTERS, MAX_NETWORKS } from './ranges.ts';

/** The versions of HelloWorld. */
export const VERSIONS = ['v1', 'v2'] as const;
const MAX_NODES = 10;

const networkSchema = z.strictObject({ name: z.string(), range: z.string().optional() });
const workloadsSchema = z.strictObject({
  helloWorld: z.array(z.enum(VERSIONS)).optional(),
  client: z.boolean().optional(),
});
const roleSchema = z.enum(['primary', 'remote']);
const nodesSchema = z.int().min(1).max(MAX_NODES);
/** The value of a label (k8s.io/apimachinery, IsValidLabelValue), without `/`, which parts localities. */
const placeSchema = z.string().regex(/^[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$/, {
  error: 'should be the value of a label: letters, digits, and inside of it "-", "_" and "."',
});
const zonesSchema = z.union([placeSchema, z.array(placeSchema).min(1)], {
  error: 'should be a name, or a list of names, which the nodes have by turns',
});
/** A cluster that stands by itself, or one of a group. */
export const clusterSchema = z.strictObject({
  name: z.string(),
  network: z.string(),
  role: roleSchema,
  controlPlane: z.string().optional(),
  podRange: z.string().optional(),
  serviceRange: z.string().optional(),
  nodes: nodesSchema.optional(),
  region: placeSchema.optional(),
  zone: zonesSchema.optional(),
  workloads: workloadsSchema.optional(),
});
/** A name for each of a group. */
const patternSchema = z.string().refine(name => name.includes(NUMBER), {
  error: ({ input }) => {
    const name = String(input);
    return `"${name}" is a name for one; write ${NUMBER} where the number is to be: ${name}${NUMBER}`;
  },
});
const oneOrByTurns = z.union([z.string(), z.array(z.string()).min(1)], {
  error: 'should be a name, or a list of names, which are taken by turns',
});
const networkGroupSchema = z.strictObject({
  count: z.int().min(1).max(MAX_NETWORKS),
  name: patternSchema.optional(),
});
const clusterGroupSchema = z.strictObject({
  count: z.int().min(1).max(MAX_CLUSTERS),
  name: patternSchema.optional(),
  network: oneOrByTurns,
  role: roleSchema,
  controlPlane: oneOrByTurns.optional(),
  nodes: nodesSchema.optional(),
  region: z
    .union([placeSchema, z.array(placeSchema).min(1)], {
      error: 'should be a name, or a list of names, which the clusters have by turns',
    })
    .optional(),
  zone: zonesSchema.optional(),
  workloads: workloadsSchema.optional(),
});
const verifySchema = z.strictObject({
  requests: z.int().min(1).optional(),
  risk: z.number().gt(0).lt(0.5).optional(),
});

const LISTS = {
  networks: { one: networkSchema, group: networkGroupSchema, most: MAX_NETWORKS },
  clusters: { one: clusterSchema, group: clusterGroupSchema, most: MAX_CLUSTERS },
} as const;

/**
 * The schema of what stands below a key: a list of single ones and groups, or one group in place of a list.
 * Chosen by what is there, so that a problem is told in the words of the form that was meant.
 */
function listSchema(content: unknown, key: List): z.ZodType {
  const { one, group, most } = LISTS[key];
  const value = isMapping(content) ? content[key] : undefined;
  if (isMapping(value)) return group;
  if (!Array.isArray(value) || value.length === 0 || value.length > most)
    return z.array(one).min(1).max(most);
  const [first = one, ...rest] = value.map(each => (isGroup(each) ? group : one));
  return z.tuple([first, ...rest]);
}

const topSchema = z.strictObject({
  description: z.string().optional(),
  meshID: z.string().optional(),
  networks: z.unknown(),
  clusters: z.unknown(),
  verify: verifySchema.optional(),
  allowNotSimulated: z.boolean().optional(),
});
/** A scenario file that has passed the schema, but for its networks and clusters, which `entriesOf` lists. */
export type ScenarioFile = Omit<z.infer<typeof topSchema>, List>;

/**
 * Reads a file whose values are each as they should be; whether they go together is not said yet.
 * @returns the file, or what is wrong with its values
 */
export function parseFile(
  content: unknown,
): { readonly file: ScenarioFile } | { readonly issues: readonly z.core.$ZodIssue[] } {
  const parsed = topSchema
    .extend({ networks: listSchema(content, 'networks'), clusters: listSchema(content, 'clusters') })
    .safeParse(content);
  return parsed.success ? { file: parsed.data } : { issues: parsed.error.issues };
}

/** Path of an object in the file → its keys, for the answer to an unknown one. */
const KNOWN_KEYS: readonly (readonly [where: RegExp, keys: readonly string[]])[] = [
  [/^$/, Object.keys(topSchema.shape)],
  [/^verify$/, Object.keys(verifySchema.shape)],
  [/^clusters(\[\d+\])?\.workloads$/, Object.keys(workloadsSchema.shape)],
];

/** Lists the keys that an object of the file may have. @param where - its path */
export function knownKeys(where: string, object: unknown): readonly string[] {
  const known = KNOWN_KEYS.find(([pattern]) => pattern.test(where))?.[1];
  if (known) return known;
  const list = where.startsWith('networks') ? LISTS.networks : LISTS.clusters;
  return Object.keys((isGroup(object) || !where.includes('[') ? list.group : list.one).shape);
}
