/** The addresses of API servers in remote secrets: pods of the cluster that holds the secret reach them. */
import { list } from '../../../base/untyped.ts';
import type { ClusterName } from '../../../model/names.ts';
import type { ClusterObjects } from '../cluster-objects.ts';
import { itemsOr } from '../cluster-objects.ts';
import { at, text } from '../object-fields.ts';
import { type Chain, reachKey } from './chain.ts';
import { broken, eachPair, notAsked, ok, type Reached } from './findings.ts';
import { secretsFor, statusOf } from './known-secrets.ts';
import type { Finding, Link } from './link.ts';

const LOOPBACK = /^(127\.|0\.0\.0\.0$|localhost$|\[?::1\]?$)/;

/** Returns where an API server says that it is: `172.18.0.2:6443`, from the Endpoints of `kubernetes`. */
function ownAddresses(objects: ClusterObjects): readonly string[] {
  const endpoints = itemsOr(objects.apiServer).find(({ metadata }) => metadata.name === 'kubernetes');
  return list(at(endpoints, 'subsets')).flatMap(subset => {
    const port = at(subset, 'ports', 0, 'port');
    return list(at(subset, 'addresses')).map(address => `${text(at(address, 'ip')) ?? ''}:${String(port)}`);
  });
}

/** Finds the cluster whose API server an address is by that server's own word. */
const ownerOf = ({ clusters }: Chain, { hostname, port }: URL): ClusterName | undefined =>
  [...clusters.values()].find(({ objects }) => ownAddresses(objects).includes(`${hostname}:${port || '443'}`))
    ?.spec.name;

function parse(server: string): URL | undefined {
  try {
    return new URL(server);
  } catch {
    return undefined;
  }
}

function judge(chain: Chain, primary: Reached, other: Reached): Finding {
  const [secret] = secretsFor(primary, other);
  if (!secret) return notAsked(`${primary.name} has no remote secret for ${other.name}`);
  if ('trouble' in secret.access)
    return notAsked(`${secret.secret} of ${primary.name}: ${secret.access.trouble}`);
  const { server } = secret.access;
  const steps = [chain.steps.remoteSecret(other.name, primary.name)];
  const what = `the remote secret for ${other.name} in ${primary.name} names ${server}`;
  const url = parse(server.includes('://') ? server : `https://${server}`);
  if (!url) return broken(`${what}, which is no address`, steps);
  if (LOOPBACK.test(url.hostname)) return broken(`${what}: for a pod that is the pod itself`, steps);
  if (url.protocol === 'http:') return broken(`${what}: API servers speak https`, steps);
  const owner = ownerOf(chain, url);
  if (owner !== undefined && owner !== other.name) {
    return broken(`${what}, the API server of ${owner}`, steps);
  }
  if (statusOf(chain, primary, secret) === 'synced')
    return ok(`${primary.name} reads ${other.name} at ${server}`);
  const asked = chain.probes.reach.get(reachKey(primary.name, server));
  if (!asked) return notAsked(`no client in ${primary.name} could be asked whether it reaches ${server}`);
  if ('trouble' in asked)
    return notAsked(`whether pods of ${primary.name} reach ${server}: ${asked.trouble}`);
  if (asked.answer.exitCode === 0) return ok(`pods of ${primary.name} reach ${other.name} at ${server}`);
  return broken(
    `${what}, and pods of ${primary.name} get no answer from it (curl: ${asked.answer.exitCode})`,
    steps,
  );
}

/** The address in a remote secret, and whether pods of the other cluster reach it. */
export const apiAddress: Link = {
  id: 'api-address',
  asks: 'Do pods of the cluster that holds a remote secret reach the API server that it names?',
  look: chain => eachPair(chain, (primary, other) => judge(chain, primary, other)),
};
