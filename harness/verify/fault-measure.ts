/** What was measured of a fault that came while calls went on: times are milliseconds of the run's clock. */
import type { ClusterName } from '../model/names.ts';
import type { Symptom } from './traffic.ts';

/** What the client of one cluster saw. */
export interface FaultSource {
  readonly cluster: ClusterName;
  /** Calls that ended after the fault was begun, and those of them that failed. */
  readonly calls: number;
  readonly lost: number;
  /** Clusters that did not answer towards the end of the fault. */
  readonly missing: readonly ClusterName[];
  /** In the words of the failure table, towards the end of the fault. */
  readonly symptom: Symptom;
  /** Different errors, the most frequent first. */
  readonly errors: readonly { readonly error: string; readonly count: number }[];
  /** Of the call that took longest. */
  readonly longestSeconds: number;
}

/** A fault, how it was met, and how the mesh recovered. */
export interface FaultMeasure {
  /** Of the catalog: `drop-calls`. */
  readonly fault: string;
  readonly values: Readonly<Record<string, string>>;
  /** What was done, in a sentence with the names of this mesh. */
  readonly what: string;
  /** For how long it took to make, to stay, and to take back. */
  readonly beginMs: number;
  readonly stayMs: number;
  readonly clearMs: number;
  /** How many connections and datagrams it met; absent for one that changes no packets. */
  readonly met?: number;
  readonly calls: number;
  readonly lost: number;
  /** From the beginning; null if no call failed. */
  readonly firstErrorMs: number | null;
  /** From the beginning, while it stayed: the mesh healed itself. Null if it did not, or need not. */
  readonly healedMs: number | null;
  /** From the moment in which it was to be taken back; 0 if nothing was wrong any more. Null if never. */
  readonly recoveredMs: number | null;
  readonly sources: readonly FaultSource[];
  /** Of the scenario's own checks, asked again after it was taken back. */
  readonly passedAfter: number;
  readonly failedAfter: readonly string[];
}
