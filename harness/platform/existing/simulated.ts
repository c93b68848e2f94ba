/** Which of a user's clusters are our simulator's: by marks in the kubeconfig, and by their own answers. */
import { HarnessError } from '../../base/errors.ts';
import type { ClusterName } from '../../model/names.ts';
import type { ExistingContext } from './contexts.ts';
import type { Inspection } from './preflight.ts';

/** The addresses at which pods of the others reach the simulated clusters among these. */
type SimulatedServers = ReadonlyMap<ClusterName, string>;

/** Reads the marks. It asks nobody. */
export const markedServers = (found: readonly ExistingContext[]): SimulatedServers =>
  new Map(
    found.flatMap(each => (each.simulated ? [[each.cluster, each.simulated.inNetworkServer] as const] : [])),
  );

/**
 * Lists the clusters that say of themselves what their kubeconfig does not: it was written by hand, or by a
 * program that keeps no extensions.
 */
export const unmarkedServers = (inspections: readonly Inspection[]): SimulatedServers =>
  new Map(
    inspections.flatMap(({ context, inNetworkServer }) =>
      inNetworkServer === undefined ? [] : [[context.cluster, inNetworkServer] as const],
    ),
  );

/** Says which these are, for the user. */
export const unmarkedLine = (inspections: readonly Inspection[]): string => {
  const names = inspections
    .filter(({ inNetworkServer }) => inNetworkServer !== undefined)
    .map(({ context, version }) => `${context.cluster} (${context.context}, ${version})`);
  return (
    'Simulated by mesh-harness, as their API servers say and the kubeconfig does not: ' +
    `${names.join(', ')}. The run is no evidence about Istio.`
  );
};

/**
 * @param simulated - how many of all clusters are simulated
 * @throws HarnessError ERR_USAGE if they do not go together, or not with what was asked for
 */
export function assertAlike(simulated: number, all: number, istioVersion: string | undefined): void {
  if (simulated > 0 && istioVersion !== undefined)
    throw new HarnessError('ERR_USAGE', '--istio-version is for real clusters, and these are simulated.', {
      hint: 'Leave it out: what is installed is the release for which they were started (mesh-harness up).',
    });
  if (simulated > 0 && simulated < all) {
    throw new HarnessError(
      'ERR_USAGE',
      'Some of these clusters are simulated and others are not: they cannot reach each other.',
      { hint: 'Name contexts of one kind: mesh-harness up has clusters for the whole scenario.' },
    );
  }
}
