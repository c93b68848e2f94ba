/** The schema of a file of misconfigurations: what is done wrong, where that applies, and what must come of it. */
import * as z from '../base/zod.ts';

/** Where something applies: all that is said must hold. */
const whenSchema = z.strictObject({
  /** The edition of the guide: `1.8`, `current`. */
  edition: z.enum(['1.8', 'current']).optional(),
  /** Whether the clusters are on one network or on several. */
  networks: z.enum(['one', 'several']).optional(),
  /** Whether some cluster is a remote. */
  remote: z.boolean().optional(),
});
/** Where something applies, by the mesh and the edition. */
export type When = z.infer<typeof whenSchema>;

const step = z.string().min(1);
/**
 * `cluster1 kubectl delete pod x`, `certs --out certs cluster1`: words are separated by blanks, a word in
 * single quotes may hold some. `> NAME` at the end keeps the output, `< NAME` gives it to a command.
 */
const run = z.array(z.string().min(1));
/** Path → content; written before the step's commands run. */
const files = z.record(z.string(), z.string()).optional();
const when = whenSchema.optional();

/** One thing that is done otherwise than the plan says. */
const editSchema = z.union([
  z.strictObject({ omit: step, when }),
  /** Another text in a step's files, arguments and standard inputs; it must be there. */
  z.strictObject({ rewrite: step, from: z.string().min(1), to: z.string(), when }),
  z.strictObject({ dropArguments: step, arguments: z.array(z.string()).min(1), when }),
  /** To a step's first command. */
  z.strictObject({ addArguments: step, arguments: z.array(z.string()).min(1), when }),
  /** The step's last command, or all of them, on another cluster. */
  z.strictObject({ lastOn: z.string(), of: step, when }),
  z.strictObject({ allOn: z.string(), of: step, when }),
  z.strictObject({ instead: step, run, files, when }),
  z.strictObject({ before: step, run, files, when }),
  z.strictObject({ after: step, run, files, when }),
  /** Between a step's first command, whose output is kept meanwhile, and its last. */
  z.strictObject({ between: step, run, files, when }),
  /** When all is installed and has been tried. */
  z.strictObject({ inTheEnd: run, files, when }),
  /** A step that is done too late, or too early. */
  z.strictObject({ late: step, after: step, when }),
  z.strictObject({ early: step, before: step, when }),
  /** The world is another than the plan was made for. */
  z.strictObject({ world: z.enum(['one-pod-range', 'one-service-range', 'networks-apart']), when }),
  /** Connections from a cluster's pods to others that meet a firewall, by port. */
  z.strictObject({
    firewall: z.enum(['drop', 'refuse']),
    from: z.string(),
    ports: z.array(z.int()).min(1),
    when,
  }),
  /** Cluster → the cluster that its context leads to. */
  z.strictObject({ contexts: z.record(z.string(), z.string()), when }),
]);
/** One thing that is done wrong. */
export type Edit = z.infer<typeof editSchema>;

const patterns = z.record(z.string(), z.string()).optional();

const expectationSchema = z.strictObject({
  when,
  /**
   * What calls from the clients show, in the scenario's order (failure table F0): `R NOPOD`. A pattern:
   * where chance decides, `R (X|B)`.
   */
  calls: z.string(),
  /** The first core check that fails, or `step ID` where checks pass and a step says it. */
  caughtBy: z.string().optional(),
  /** The cause that the diagnosis must name. */
  cause: z.string().optional(),
  /** Where among the causes it must come; first by default. */
  rank: z.int().min(1).max(3).optional(),
  /** The mesh works nevertheless, and why: a run must pass. */
  passes: z.string().optional(),
  /** Its signs come late: it is called for two minutes, as users' meshes are. */
  showsLate: z.boolean().optional(),
  /** The steps that fail, and what they say; those that wait for pods in vain need not be named. */
  steps: patterns,
  /** By cluster: what a warning about its pods says. */
  warnings: patterns,
  /** By cluster: how calls fail. */
  errors: patterns,
  /** By cluster: what its istiod says. */
  istiod: patterns,
  /** By cluster: the status of the clusters that its istiod knows: `cluster1 synced, cluster2 timeout`. */
  status: patterns,
  /** By cluster: what its pods in the sample's namespace look like. */
  pods: patterns,
});
/** What must come of a misconfiguration, in some of the meshes. */
export type Expectation = z.infer<typeof expectationSchema>;

const caseSchema = z.strictObject({
  /** Stable: `remote-secret/bad-token`. */
  id: z.string().regex(/^[a-z0-9-]+(\/[a-z0-9-]+)*$/),
  /** What is done wrong. */
  sentence: z.string(),
  /** Where it is from: rows of docs/reference/failure-table.md, or a report's number. */
  from: z.string(),
  /** In meshes where one of these holds; absent: in every mesh. */
  applies: z.array(whenSchema).min(1).optional(),
  /** True if its author had not read the diagnosis. */
  blind: z.boolean().optional(),
  /** True if it needs a world of its own: what earlier ones have left there would be seen. */
  alone: z.boolean().optional(),
  change: z.array(editSchema).min(1),
  /** What mends it. */
  repair: z.string(),
  /** The first whose `when` holds. */
  expect: z.array(expectationSchema).min(1),
});
/** A named misconfiguration. */
export type Misconfiguration = z.infer<typeof caseSchema>;

/** A file of misconfigurations. */
export const corpusFileSchema = z.strictObject({
  title: z.string(),
  cases: z.array(caseSchema).min(1),
});
