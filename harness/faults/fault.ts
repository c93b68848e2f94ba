/** A fault as the catalog has it: what it does to a mesh that is up, and how it is taken back. */
import type { ApiClient } from '../base/api-client.ts';
import type { Clock } from '../base/clock.ts';
import type { Topology } from '../model/topology.ts';
import type { FaultPoints } from '../platform/fault-points.ts';

/** What a fault can be told. */
export type ParameterName = 'cluster' | 'from' | 'network' | 'node' | 'ms';

/** The values of parameters, as they were given. */
export type FaultValues = Readonly<Partial<Record<ParameterName, string>>>;

/** What a fault takes of a parameter. */
export interface Parameter {
  /** In words: `whose calls vanish`. */
  readonly what: string;
  /** In words, where no value is what is taken: `all others`. */
  readonly otherwise?: string;
  readonly byDefault?: (topology: Topology) => string | undefined;
}

/** The mesh that faults happen to. */
export interface FaultScene {
  readonly topology: Topology;
  /** Of the guide: `1.8` or `current`. */
  readonly edition: string;
  /** The client of the guide, by its label: `sleep`. */
  readonly client: string;
  /** Cluster → a client of its API server, as its administrator. */
  readonly clients: ReadonlyMap<string, ApiClient>;
  readonly clock: Clock;
  readonly points: FaultPoints;
}

/** The scene of one fault, and what it does there: each change comes with how it is taken back. */
export interface FaultHand extends FaultScene {
  readonly values: FaultValues;
  readonly signal: AbortSignal;
  /** Returns the client of a cluster. */
  clientOf(cluster: string): ApiClient;
  /** Hinders packets until the fault is cleared, and counts the flows that it meets. */
  hinder(how: Hindrance, matches: Parameters<FaultPoints['network']['drop']>[0]): void;
  /** Registers how a change is taken back, before it is made. The signal is one of the clearing. */
  undoWith(what: string, undo: (signal: AbortSignal) => unknown): void;
}

/** What happens to packets. */
export type Hindrance =
  | { readonly kind: 'drop' }
  | { readonly kind: 'delay'; readonly ms: number }
  | { readonly kind: 'refuse' };

/** What a real mesh does, and where that stands. */
interface RealEffect {
  readonly shows: string;
  /** Source file and version, or the document that was read. */
  readonly source: string;
}

/** One fault of the catalog. */
export interface FaultDefinition {
  /** `drop-calls` */
  readonly id: string;
  /** In a sentence that says what fails. */
  readonly sentence: string;
  readonly parameters: Readonly<Partial<Record<ParameterName, Parameter>>>;
  /** What it does to objects or packets. */
  readonly does: string;
  readonly real: RealEffect;
  /** How `clear` takes it back. */
  readonly clears: string;
  /** What of it is not simulated. */
  readonly notSimulated?: string;
  /** Milliseconds that a run lets it stay. */
  readonly stayMs: number;
  /** Says why a mesh cannot have it; undefined if it can. */
  readonly outside?: (scene: Pick<FaultScene, 'topology' | 'edition'>) => string | undefined;
  /** Makes it happen. @returns what was done, in a sentence with the names of this mesh */
  readonly begin: (hand: FaultHand) => Promise<string>;
}

/** How long a run lets a fault stay, unless it needs longer to show. */
export const STAY_MS = 30_000;
