/** The names of clusters: each its own, and the same wherever it stands. */
import { controlPlaneOf, isRemote } from '../../../model/topology.ts';
import { isWatched } from '../remote-secrets.ts';
import type { Chain } from './chain.ts';
import { broken, eachOf, notAsked, ok, type Reached, reached } from './findings.ts';
import { secretsFor } from './known-secrets.ts';
import type { Finding, Link } from './link.ts';

/** A name that can be part of a Secret's. */
const SECRET_NAME = /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/;

/** Finds a primary whose remote secret has the cluster under another id than it gives itself. */
function misnamed(
  chain: Chain,
  cluster: Reached,
  id: string,
): { readonly in: string; readonly as: string } | undefined {
  for (const spec of chain.topology.clusters) {
    const primary = isRemote(spec) || spec.name === cluster.name ? undefined : reached(chain, spec.name);
    const secret = primary && secretsFor(primary, cluster).find(isWatched);
    if (secret?.id !== undefined && secret.id !== id) return { in: spec.name, as: secret.id };
  }
  return undefined;
}

/** Finds an id that `meshNetworks` has, and no cluster. */
function unknownRegistry(chain: Chain, { installed }: Reached): string | undefined {
  const ids = [...chain.installed.values()].map(({ clusterId }) => clusterId);
  if (ids.some(id => id === undefined) || chain.installed.size < chain.topology.clusters.length)
    return undefined;
  return installed.meshNetworks.flatMap(({ registries }) => registries).find(id => !ids.includes(id));
}

function judge(chain: Chain, cluster: Reached): Finding {
  const { name, facts } = cluster;
  const id = cluster.installed.clusterId;
  const steps = [chain.steps.about('install', name)];
  if (id === undefined) return notAsked(`nothing in ${name} tells its name`);
  const twin = [...chain.installed].find(([other, { clusterId }]) => other !== name && clusterId === id)?.[0];
  if (twin) return broken(`${name} and ${twin} both call themselves ${id}`, steps);
  const secret = misnamed(chain, cluster, id);
  if (secret) {
    const fix = chain.steps.remoteSecret(name, secret.in);
    return broken(`${name} calls itself ${id}, and the remote secret in ${secret.in} calls it ${secret.as}`, [
      ...(id === name ? [fix, ...steps] : [...steps, fix]),
    ]);
  }
  if (!SECRET_NAME.test(id) && chain.topology.clusters.length > 1) {
    return broken(`${name} calls itself ${id}, and no Secret can have upper case in its name`, [
      ...steps,
      chain.steps.remoteSecret(name, controlPlaneOf(facts.spec)),
    ]);
  }
  const unknown = unknownRegistry(chain, cluster);
  if (unknown !== undefined) {
    return broken(`meshNetworks of ${name} speaks of a cluster ${unknown}, and none has that name`, steps);
  }
  return ok(id === name ? `${name}` : `${name} calls itself ${id}`);
}

/** Each cluster's name, in its installation, remote secrets and meshNetworks. */
export const clusterName: Link = {
  id: 'cluster-name',
  asks: 'Has each cluster its own name, the same in its installation, remote secrets and meshNetworks?',
  look: chain => eachOf(chain, chain.topology.clusters, cluster => judge(chain, cluster)),
};
