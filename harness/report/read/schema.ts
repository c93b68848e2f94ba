/**
 * The schema of `report.json`: what a program may rely on. Objects take fields that it does not name, as a
 * later release of the same schema version may add some.
 */
import * as z from '../../base/zod.ts';
import { EVIDENCE_LEVELS } from '../report.ts';
import { partlyCounted, seen } from './seen-schema.ts';
import { topology } from './topology-schema.ts';

const verdict = z.enum(['passed', 'failed', 'unknown']);
const milliseconds = z.number().min(0);
const lines = z.tuple([z.int().min(1), z.int().min(1)]);
const guide = z.looseObject({
  page: z.string().optional(),
  section: z.string(),
  lines: lines.optional(),
});

const repair = z.looseObject({
  step: z.string(),
  title: z.string(),
  cluster: z.string().optional(),
  guide,
  files: z.array(z.string()),
  commands: z.array(z.string()),
});

const diagnosis = z.looseObject({
  // Reports of 0.1.0's first weeks have none.
  cause: z.string().optional(),
  sentence: z.string(),
  steps: z.array(z.string()),
  repair: repair.optional(),
});

const problem = z.looseObject({
  kind: z.enum(['mesh', 'environment']),
  diagnosis: diagnosis.optional(),
  message: z.string(),
  hint: z.string().optional(),
});

const command = z.looseObject({
  line: z.string(),
  exitCode: z.int(),
  fault: z.string().optional(),
  stdout: z.string().optional(),
  stderr: z.string().optional(),
});

const step = z.looseObject({
  id: z.string(),
  title: z.string(),
  cluster: z.string().optional(),
  guide,
  outcome: z.enum(['done', 'failed', 'skipped', 'omitted', 'interrupted', 'not-reached']),
  startedAtMs: milliseconds.optional(),
  durationMs: milliseconds,
  commands: z.array(command),
  problem: problem.optional(),
  harmlessToOmit: z.boolean(),
  errata: z.array(z.string()),
});

const tally = z.looseObject({
  requests: z.int().min(0),
  instances: z.array(
    z.looseObject({
      cluster: z.string().nullable(),
      version: z.string(),
      instance: z.string(),
      count: z.int().min(0),
    }),
  ),
  errors: z.array(z.looseObject({ error: z.string(), count: z.int().min(1) })),
  slow: z.int().min(0),
  longestSeconds: z.number().min(0),
});

const probability = z.number().min(0).max(1);
const interval = z.tuple([probability, probability]);

const share = z.looseObject({
  cluster: z.string(),
  count: z.int().min(0),
  share: probability,
  interval,
  expected: probability,
  band: z.tuple([z.int().min(0), z.int().min(0)]),
  toldApart: interval.optional(),
  together: z
    .looseObject({
      network: z.string(),
      counts: z.array(z.looseObject({ cluster: z.string(), count: z.int().min(0) })),
      because: z.string(),
    })
    .optional(),
});

const sample = z.looseObject({
  ...tally.shape,
  shares: z.array(share),
  remote: z.looseObject({ count: z.int().min(0), share: probability, interval }),
  switches: z.int().min(0),
  sequence: z.string(),
  legend: z.record(z.string(), z.string()),
  evenness: z.literal('over-all-clients').optional(),
  risks: z.looseObject({
    asked: probability,
    healthyRefused: probability,
    faultyAccepted: probability,
    errorRateMissed: probability,
  }),
});

const traffic = z.looseObject({
  from: z.string(),
  symptom: z.string(),
  convergence: z.looseObject({
    converged: z.boolean(),
    afterMs: milliseconds,
    batches: z.int().min(0),
    batchSize: z.int().min(1),
    looks: z.int().min(1).optional(),
    total: tally,
    lastBatch: tally.optional(),
    trouble: z.string().optional(),
    partlyCounted: z.array(partlyCounted).optional(),
  }),
  sample: sample.optional(),
});

const count = z.int().min(0);

/** Of a fault that came while calls went on. */
const fault = z.looseObject({
  fault: z.string(),
  values: z.record(z.string(), z.string()),
  what: z.string(),
  beginMs: milliseconds,
  stayMs: milliseconds,
  clearMs: milliseconds,
  met: count.optional(),
  calls: count,
  lost: count,
  firstErrorMs: milliseconds.nullable(),
  healedMs: milliseconds.nullable(),
  recoveredMs: milliseconds.nullable(),
  sources: z.array(
    z.looseObject({
      cluster: z.string(),
      calls: count,
      lost: count,
      missing: z.array(z.string()),
      symptom: z.string(),
      errors: z.array(z.looseObject({ error: z.string(), count })),
      longestSeconds: z.number(),
    }),
  ),
  passedAfter: count,
  failedAfter: z.array(z.string()),
});

/** What a check found. */
export const checkOutcome = z.looseObject({
  outcome: verdict,
  found: z.string(),
  evidence: z.unknown(),
  unproved: z.literal(true).optional(),
  diagnosis: diagnosis.optional(),
  traffic: traffic.optional(),
  fault: fault.optional(),
});

const check = z.looseObject({
  id: z.string(),
  sentence: z.string(),
  level: z.enum(['core', 'extended']),
  isNamed: z.boolean().optional(),
  cluster: z.string().optional(),
  ...checkOutcome.shape,
  durationMs: milliseconds,
});

const scenario = z.looseObject({
  scenario: z.string(),
  verdict,
  interrupted: z.boolean(),
  conclusion: z.enum(['conformant', 'nonconformant']).optional(),
  reason: problem.optional(),
  evidence: z.enum(EVIDENCE_LEVELS),
  platform: z.looseObject({
    name: z.string(),
    capabilities: z.looseObject({ realProxies: z.boolean(), faults: z.boolean() }),
    controlPlane: z.looseObject({ version: z.string() }).optional(),
  }),
  edition: z.string(),
  istioVersion: z.string(),
  writtenFor: z.string().optional(),
  found: z.record(z.string(), z.array(z.string())).optional(),
  clock: z.enum(['wall', 'virtual']),
  seed: z.string(),
  requests: z.int().min(0),
  keepGoing: z.boolean(),
  omitted: z.array(z.string()),
  topology,
  adjustments: z.array(
    z.looseObject({
      tool: z.enum(['kubectl', 'istioctl']),
      verb: z.array(z.string()),
      cluster: z.string(),
      addArgs: z.array(z.string()),
      because: z.string(),
    }),
  ),
  remarks: z.array(z.string()).optional(),
  notSimulated: z.array(z.string()).optional(),
  toolVersions: z.record(z.string(), z.string()),
  errata: z.array(
    z.looseObject({
      id: z.string(),
      guideLine: z.string(),
      lines: lines.optional(),
      wouldHappen: z.string(),
      weDo: z.string(),
    }),
  ),
  steps: z.array(step),
  checks: z.array(check),
  cleanUpFailures: z.array(z.string()),
  seen: seen.optional(),
  durationMs: milliseconds,
});

/** A folder beside the report, for a link: no scheme, no way up, nothing that begins at the root. */
const FOLDER = /^[A-Za-z0-9_][\w-]*(\/[A-Za-z0-9_][\w-]*)*\/?$/;

/** A report of schema version 1. */
export const reportSchema = z.looseObject({
  $schema: z.string().optional(),
  schemaVersion: z.literal(1),
  harness: z.looseObject({
    name: z.literal('mesh-harness'),
    version: z.string().nullable(),
    commit: z.string().nullable().optional(),
  }),
  reproduce: z.string().nullable().optional(),
  verdict,
  interrupted: z.boolean(),
  evidence: z.enum(EVIDENCE_LEVELS),
  scenarios: z.array(scenario),
  notBegun: z.array(z.string()).min(1).optional(),
  shard: z
    .looseObject({ index: z.int().min(1), of: z.int().min(1), scenarios: z.array(z.string()) })
    .optional(),
  volatile: z.looseObject({
    runId: z.string().nullable(),
    runIds: z.array(z.string()),
    startedAt: z.string().nullable(),
    endedAt: z.string().nullable(),
    wallDurationMs: z.number().nullable(),
    host: z.looseObject({ os: z.string(), architecture: z.string(), cpus: z.int() }).nullable(),
    diagnostics: z.string().regex(FOLDER, 'has to be a folder beside the report').nullable().optional(),
    wallTimes: z
      .array(
        z.looseObject({
          scenario: z.string(),
          startedAt: z.string().nullable(),
          durationMs: milliseconds,
          steps: z.record(z.string(), milliseconds),
          checks: z.record(z.string(), milliseconds),
        }),
      )
      .optional(),
    nodeVersion: z.string().nullable(),
    keyFingerprints: z.record(z.string(), z.string()),
  }),
});
