/** Which remote secret of a primary speaks of which cluster, and what istiod says of it. */
import { isWatched, type RemoteSecret, remoteSecretsIn } from '../remote-secrets.ts';
import type { Answered, Chain, IstiodCluster } from './chain.ts';
import type { Reached } from './findings.ts';

/** Finds the remote secrets that mean a cluster, by its id or its name; those that istiod looks at first. */
export function secretsFor(primary: Reached, other: Reached): readonly RemoteSecret[] {
  const names = [other.installed.clusterId, other.name].map(name => name?.toLowerCase());
  return remoteSecretsIn(primary.facts.objects)
    .filter(
      ({ id, secret }) =>
        names.includes(id?.toLowerCase()) ||
        secret.toLowerCase().endsWith(`/istio-remote-secret-${other.name.toLowerCase()}`),
    )
    .sort((a, b) => Number(isWatched(b)) - Number(isWatched(a)));
}

/** Returns what the istiod of a primary says of a secret: `synced`; undefined if it could not be asked. */
export function statusOf(chain: Chain, primary: Reached, secret: RemoteSecret): string | undefined {
  const asked: Answered<readonly IstiodCluster[]> | undefined = chain.probes.istiods.get(primary.name);
  if (!asked || 'trouble' in asked) return undefined;
  return asked.answer.find(each => each.secret === secret.secret)?.status ?? 'not known to it';
}
