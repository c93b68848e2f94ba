/** Remote secrets as they were seen: the objects, and what istiod makes of them. Pure. */
import type { Topology } from '../../model/topology.ts';
import { type RemoteSecret, remoteSecretsIn } from '../diagnose/remote-secrets.ts';
import type { Inside } from './ask.ts';
import type { SeenSecret, SeenSecrets } from './seen.ts';
import { type Lists, refusalOf, unseen } from './sights.ts';

const LABEL = 'istio/multiCluster=true';

/** Finds the remote secrets of a cluster; none if the list was refused. */
export const secretsIn = ({ istioSecrets }: Lists): readonly RemoteSecret[] =>
  'items' in istioSecrets ? remoteSecretsIn({ istioSecrets, remoteSecrets: { items: [] } }) : [];

/** Finds the cluster of the topology that a secret means, by its id or by its own name. */
function clusterOf({ id, secret }: RemoteSecret, { clusters }: Topology): string | null {
  const names = [id ?? '', secret.replace(/^.*\/istio-remote-secret-/, '')].map(name => name.toLowerCase());
  const found = names.map(name => clusters.find(cluster => cluster.name.toLowerCase() === name));
  return found.find(cluster => cluster !== undefined)?.name ?? null;
}

/** Looks at the remote secrets of a cluster. @param told - what its istiod says of them */
export function secretsSeen(lists: Lists, told: Inside['clusters'], topology: Topology): SeenSecrets {
  const refused = refusalOf(lists.istioSecrets);
  if (refused !== undefined) return { ...unseen(refused), secrets: [] };
  const secrets = secretsIn(lists).map(secret => secretSeen(secret, told, topology));
  return { state: secrets.length === 0 ? 'absent' : 'present', secrets };
}

function secretSeen(found: RemoteSecret, told: Inside['clusters'], topology: Topology): SeenSecret {
  const { secret, id, isLabelled, access } = found;
  const status = 'answer' in told ? told.answer.find(each => each.secret === secret)?.status : undefined;
  const seen = {
    secret,
    cluster: clusterOf(found, topology),
    id: id ?? null,
    hasLabel: isLabelled,
    istiodSays: status ?? null,
  };
  const broken = (error: string): SeenSecret => ({ ...seen, state: 'broken', error });
  if (!isLabelled) return broken(`it has no label ${LABEL}, and istiod does not look at it`);
  if ('trouble' in access) return broken(access.trouble);
  // Who does not tell says nothing against it.
  if ('reason' in told || status === 'synced') return { ...seen, state: 'present' };
  return broken(
    status === undefined ? 'istiod does not know it' : `istiod does not read the cluster: it says ${status}`,
  );
}
