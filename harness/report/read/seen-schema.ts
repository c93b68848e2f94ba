/** The schema of what was seen in the clusters: `seen` of a scenario. */
import * as z from '../../base/zod.ts';

const count = z.int().min(0);
const sight = {
  state: z.enum(['present', 'absent', 'broken', 'not-seen']),
  error: z.string().optional(),
};
const pods = { ...sight, pods: count, ready: count };
const owner = z.looseObject({ kind: z.enum(['gateway', 'istiod', 'pod']), cluster: z.string() }).nullable();
const endpoint = z.looseObject({ address: z.string(), owner });

const cluster = z.looseObject({
  cluster: z.string(),
  apiServer: z.looseObject(sight),
  kubernetes: z.string().optional(),
  istiod: z.looseObject({ ...pods, version: z.string().optional(), says: z.string().optional() }),
  istiodService: z.looseObject({ ...sight, name: z.string().optional(), leadsTo: z.array(endpoint) }),
  gateway: z.looseObject({ ...pods, addresses: z.array(z.string()) }),
  remoteSecrets: z.looseObject({
    ...sight,
    secrets: z.array(
      z.looseObject({
        ...sight,
        secret: z.string(),
        cluster: z.string().nullable(),
        id: z.string().nullable(),
        hasLabel: z.boolean(),
        istiodSays: z.string().nullable(),
      }),
    ),
  }),
  helloWorld: z.array(z.looseObject({ ...pods, version: z.string() })),
  client: z.looseObject({ ...pods, name: z.string() }),
  proxies: z.array(
    z.looseObject({
      ...sight,
      workload: z.string(),
      pods: z.array(z.string()),
      istiods: z.array(z.string()),
    }),
  ),
  proxyVersions: z.array(z.string()).optional(),
  endpoints: z.looseObject({ ...sight, endpoints: z.array(endpoint) }),
});

/** A network of which a client's proxy does not count all pods. */
export const partlyCounted = z.looseObject({
  network: z.string(),
  clusters: z.array(z.string()),
  pods: count,
  counted: z.number().min(0),
});

/** What was seen when steps and checks had ended. */
export const seen = z.looseObject({
  clusters: z.array(cluster),
  calls: z.array(
    z.looseObject({
      ...sight,
      from: z.string(),
      to: z.string(),
      requests: count,
      answered: count,
      via: z.string().nullable().optional(),
    }),
  ),
});
