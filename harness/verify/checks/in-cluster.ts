/** What every check begins with that asks from one cluster. */
import type { ApiClient } from '../../base/api-client.ts';
import type { ClusterName } from '../../model/names.ts';
import { isTrouble, type Trouble } from '../calling.ts';
import type { Check, CheckContext, CheckOutcome } from '../check.ts';
import { unproved } from './unproved.ts';

/**
 * Makes the run of a check that asks from one cluster. Where a run has no such cluster the claim stays open;
 * a client that cannot ask fails it.
 */
export const inCluster =
  (
    name: ClusterName,
    ask: (context: CheckContext, client: ApiClient) => Promise<CheckOutcome | Trouble>,
  ): Check['run'] =>
  async context => {
    const client = context.clusters.get(name)?.client;
    if (!client) return { outcome: 'unknown', found: `There is no cluster ${name}.`, evidence: null };
    const outcome = await ask(context, client);
    return isTrouble(outcome) ? unproved(outcome.trouble) : outcome;
  };
