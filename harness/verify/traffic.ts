/** What calls from one cluster's client showed: who answered, in which shares, and what that looks like. */

/**
 * The symptom that repeated calls from one cluster's client show:
 * - `BOTH`: answers from every cluster that has the workload, in about the expected shares
 * - `R`: only local answers, at once; the client's proxy does not know the remote endpoints, or, of a network
 *   with several clusters, not all
 * - `X`: only local answers; remote endpoints are known, and refuse or fail the handshake
 * - `B`: remote endpoints are known, and packets to them vanish: calls are slow or fail after the connect
 *   timeout
 * - `LOC-plain`: only local answers, the client has no sidecar
 * - `DNS`: the name is not known in this cluster
 * - `CFG`: the client's sidecar has no configuration, its pod is not ready
 * - `NOPOD`: there is no client pod to ask from
 * - `REMOTE-ONLY`: everything comes from other clusters, though the workload should be here too
 * - `SKEWED`: every cluster answers, in shares outside of the band
 * - `MISPLACED`: instances answer that are not where the topology puts their version
 * - `ERRORS`: none of these, but some calls fail
 * - `OTHER`: none of these
 */
export type Symptom =
  | 'BOTH'
  | 'R'
  | 'X'
  | 'B'
  | 'LOC-plain'
  | 'DNS'
  | 'CFG'
  | 'NOPOD'
  | 'REMOTE-ONLY'
  | 'SKEWED'
  | 'MISPLACED'
  | 'ERRORS'
  | 'OTHER';

/**
 * One way in which calls failed: `curl: (6) Could not resolve host: helloworld.sample`, `503 no healthy
 * upstream`.
 */
export interface ErrorCount {
  readonly error: string;
  readonly count: number;
}

/** Answers counted, by who gave them. */
export interface Tally {
  readonly requests: number;
  /** In the order of the topology. `cluster` is null for an instance that is no pod of any cluster. */
  readonly instances: readonly {
    readonly cluster: string | null;
    readonly version: string;
    /** The pod's name, as the answer gave it. */
    readonly instance: string;
    readonly count: number;
  }[];
  /** Most frequent first. */
  readonly errors: readonly ErrorCount[];
  /** How many calls took a second or more, and the longest, in seconds. */
  readonly slow: number;
  readonly longestSeconds: number;
}

/** The part of one cluster in a sample, or of those of another network that are judged together. */
export interface Share {
  /** Its name; `cluster1+cluster3` for clusters that are judged together. */
  readonly cluster: string;
  readonly count: number;
  /** Part of all requests, 0 to 1, and its exact (Clopper-Pearson) 95 % interval. */
  readonly share: number;
  readonly interval: readonly [number, number];
  readonly expected: number;
  /** Fewest and most answers that are accepted. */
  readonly band: readonly [number, number];
  /**
   * In a large mesh: such a share and a lower one, and such a one and a higher one, are accepted at most at
   * the risk that was asked for.
   */
  readonly toldApart?: readonly [number, number];
  /** Set if several clusters are judged together. */
  readonly together?: {
    readonly network: string;
    /** What each of them gave; any split is accepted. */
    readonly counts: readonly { readonly cluster: string; readonly count: number }[];
    readonly because: string;
  };
}

/** A network whose gateways stand for fewer pods, in the proxy of a client, than are behind them. */
export interface PartlyCounted {
  readonly network: string;
  /** Those on the network that have pods. */
  readonly clusters: readonly string[];
  readonly pods: number;
  /** For how many pods the weight of the gateways stands. */
  readonly counted: number;
}

/** What calls from one cluster's client showed. */
export interface Traffic {
  readonly from: string;
  readonly symptom: Symptom;
  readonly convergence: {
    readonly converged: boolean;
    /**
     * Milliseconds of the run's clock until the first of the good batches ended, or until it was given
     * up.
     */
    readonly afterMs: number;
    readonly batches: number;
    readonly batchSize: number;
    /** In a large mesh: how often the client's proxy was asked for its endpoints, before any call. */
    readonly looks?: number;
    /** Of all batches before the sample. */
    readonly total: Tally;
    /** The batch that ended the wait; absent if no client pod could be asked. */
    readonly lastBatch?: Tally;
    /** Why nothing could be asked in the end, or what was not there yet though all calls were answered. */
    readonly trouble?: string;
    /** Absent if every network is counted in full. */
    readonly partlyCounted?: readonly PartlyCounted[];
  };
  /** The one fixed sample; absent if the mesh did not converge. */
  readonly sample?: Tally & {
    readonly shares: readonly Share[];
    /** All answers that came from other clusters than `from`, as a share. */
    readonly remote: {
      readonly count: number;
      readonly share: number;
      readonly interval: readonly [number, number];
    };
    /** How often an answer came from another instance than the one before. */
    readonly switches: number;
    /** One letter for each answer, in order; `!` is an error. */
    readonly sequence: string;
    /** What the letters mean: `a` → `cluster1 → helloworld v1`. */
    readonly legend: Readonly<Record<string, string>>;
    /**
     * In a large mesh: the bands show that everyone answers, and how evenly is judged over the samples of all
     * clients (the check `even-over-all-clients`). Absent where the bands show that, too.
     */
    readonly evenness?: 'over-all-clients';
    readonly risks: {
      readonly asked: number;
      readonly healthyRefused: number;
      readonly faultyAccepted: number;
      readonly errorRateMissed: number;
    };
  };
}

/** Each symptom in words that can follow "calls from cluster1:"; only JSON has the codes. */
export const SYMPTOM_WORDS: Readonly<Record<Symptom, string>> = {
  BOTH: 'every cluster answers',
  R: 'only local answers, no remote endpoint is known',
  X: 'only local answers, remote endpoints refuse',
  B: 'calls to remote endpoints vanish',
  'LOC-plain': 'only local answers, the client has no sidecar',
  DNS: 'the name is not found',
  CFG: 'the sidecar has no configuration',
  NOPOD: 'there is no client pod',
  'REMOTE-ONLY': 'only remote answers',
  MISPLACED: 'instances answer where they do not belong',
  SKEWED: 'every cluster answers, in uneven shares',
  ERRORS: 'every cluster answers, some calls fail',
  OTHER: 'no known pattern',
};
