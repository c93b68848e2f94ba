/** A link of the chain that a call from one cluster to another hangs on, and what was found of it. */
import type { ClusterName } from '../../../model/names.ts';
import type { Diagnosis } from '../../check.ts';
import type { Chain } from './chain.ts';

/**
 * What was found: `not-asked` where nobody could be asked, `not-applicable` where the topology has no such
 * link.
 */
export type LinkOutcome = 'ok' | 'broken' | 'not-asked' | 'not-applicable';

/** What one cluster, or one pair of clusters, shows of a link. */
export interface Finding {
  readonly outcome: LinkOutcome;
  /** A clause; where nothing was asked, why. */
  readonly seen: string;
  readonly cluster?: ClusterName;
  /** Of a broken one: what it points to. */
  readonly cause?: Omit<Diagnosis, 'cause'>;
  /** A command that mends it, where that is not the step's own; contexts as `${CTX_CLUSTER1}`. */
  readonly repair?: string;
  /** True if it departs from the guide, and calls cross all the same. */
  readonly isHarmless?: boolean;
  /** True if it speaks of the way to the clusters, not of the mesh. */
  readonly isEnvironment?: boolean;
}

/** One link: what it asks, and how its findings follow from the facts. */
export interface Link {
  /** `remote-secret`: stable. */
  readonly id: string;
  /** What is asked, in a question. */
  readonly asks: string;
  /** Looks at the facts; it asks nobody. */
  look(chain: Chain): readonly Finding[];
}
