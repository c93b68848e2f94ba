/** Rules by which HelloWorld is called in plain text, or takes nothing else. */
import { controlPlaneOf } from '../../model/topology.ts';
import { type MtlsMode, mtlsModeOf, oldestFirst } from '../peer-authentication.ts';
import { APPLICATION_PORT, SERVICE } from '../workloads.ts';
import { itemsOr } from './cluster-objects.ts';
import type { CallFacts, ClusterFacts } from './facts.ts';

/** Finds what has all pods of HelloWorld in a cluster take plain text only, as an istiod reads it. */
function offBy(remote: ClusterFacts, { objects }: ClusterFacts): MtlsMode | undefined {
  const policies = oldestFirst(itemsOr(objects.peerAuthentications));
  const modes = remote.pods
    .filter(({ app }) => app === SERVICE)
    .map(({ app, version }) => mtlsModeOf(policies, { app, version }, APPLICATION_PORT));
  return modes.every(({ mode }) => mode === 'DISABLE') ? modes[0] : undefined;
}

/** Returns the facts of the cluster that configures another: where its istiod reads rules. */
const planeOf = ({ spec }: ClusterFacts, { clusters }: Pick<CallFacts, 'clusters'>) =>
  clusters.get(controlPlaneOf(spec));

/**
 * Finds the rule that has clients call HelloWorld of another cluster in plain text; says so in a clause.
 * @returns undefined if they call by mTLS
 */
export function callsInPlainText(remote: ClusterFacts, facts: CallFacts): string | undefined {
  const plane = planeOf(facts.from, facts);
  if (!plane) return undefined;
  const client = facts.from.spec.name;
  if (plane.asksForPlainText)
    return `a DestinationRule has clients of ${client} call HelloWorld in plain text`;
  const off = offBy(remote, plane);
  return off && `the ${off.saidBy} in ${plane.spec.name} has HelloWorld called in plain text`;
}

/**
 * Finds the rule that has HelloWorld of another cluster take plain text only, of which the client's istiod
 * may not know; says so in a clause.
 * @returns undefined if it takes mTLS
 */
export function takesPlainTextOnly(remote: ClusterFacts, facts: CallFacts): string | undefined {
  const plane = planeOf(remote, facts);
  const off = plane && offBy(remote, plane);
  return (
    off &&
    `the ${off.saidBy} in ${plane.spec.name} has HelloWorld of ${remote.spec.name} take plain text only, ` +
      `and clients of ${facts.from.spec.name} call by mTLS`
  );
}
