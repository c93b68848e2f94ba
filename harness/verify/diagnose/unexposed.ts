/** What to say of gateways that nothing opens for services. */
import { type ClusterSpec, controlPlaneOf, isRemote } from '../../model/topology.ts';

/**
 * Says in a clause that nothing exposes services on the east-west gateways of these clusters. istiod reads
 * Gateway resources from its own cluster alone: what opens a remote's gateway belongs into its primary.
 * @param what - the end of the clause, after "exposes": `services there`
 */
export function nothingExposes(gateways: readonly ClusterSpec[], what: string): string {
  const planes = [...new Set(gateways.map(controlPlaneOf))];
  const configures = `, whose istiod configures the gateway${gateways.length === 1 ? '' : 's'},`;
  const where = `${planes.join(' or ')}${gateways.some(isRemote) ? configures : ''}`;
  return `no Gateway resource in ${where} exposes ${what}`;
}
