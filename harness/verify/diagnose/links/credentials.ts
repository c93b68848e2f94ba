/** What a remote secret proves and trusts: its token at the API server, and the CA that it knows it by. */
import { primariesOf } from '../../../model/topology.ts';
import { itemsOf } from '../cluster-objects.ts';
import { at, text } from '../object-fields.ts';
import { isWatched, type RemoteAccess } from '../remote-secrets.ts';
import { type Chain, tokenKey } from './chain.ts';
import { broken, eachPair, notAsked, ok, type Reached } from './findings.ts';
import { secretsFor, statusOf } from './known-secrets.ts';
import type { Finding, Link } from './link.ts';

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** Returns the certificates of a bundle without their line breaks. */
const certificatesIn = (pem: string): readonly string[] =>
  (pem.match(CERTIFICATE) ?? []).map(each => each.replace(/\s/g, ''));

/** Returns the bundle by which a cluster's own pods know its API server. @throws NotAsked */
const authorityOf = ({ facts }: Reached): string | undefined =>
  text(
    at(
      itemsOf(facts.objects, 'istioConfigMaps').find(({ metadata }) => metadata.name === 'kube-root-ca.crt'),
      'data',
      'ca.crt',
    ),
  );

/** Names the cluster that does accept a token which its own refuses. */
const acceptedBy = (chain: Chain, primary: Reached, secret: string): string | undefined =>
  chain.topology.clusters.find(({ name }) => {
    const asked = chain.probes.tokens.get(tokenKey(primary.name, secret, name));
    return asked && 'answer' in asked && asked.answer < 400;
  })?.name;

function judgeToken(chain: Chain, primary: Reached, other: Reached, secret: string): Finding {
  const asked = chain.probes.tokens.get(tokenKey(primary.name, secret, other.name));
  const steps = [chain.steps.remoteSecret(other.name, primary.name)];
  if (!asked) return broken(`${secret} in ${primary.name} has no token`, steps);
  if ('trouble' in asked) return notAsked(`the token of ${secret} at ${other.name}: ${asked.trouble}`);
  if (asked.answer === 403) {
    return broken(
      `the token of ${secret} in ${primary.name} may not list what istiod needs in ${other.name}`,
      [chain.steps.about('install', other.name), ...steps],
    );
  }
  if (asked.answer === 401) {
    const elsewhere = acceptedBy(chain, primary, secret);
    const why = elsewhere === undefined ? '' : `: it is one of ${elsewhere}`;
    return broken(`${other.name} refuses the token of ${secret} in ${primary.name}${why}`, steps);
  }
  return asked.answer < 400
    ? ok(`${other.name} accepts the token of ${primary.name}`)
    : notAsked(`${other.name} answered ${asked.answer} to the token of ${secret}`);
}

function judgeAuthority(chain: Chain, primary: Reached, other: Reached, access: RemoteAccess): Finding {
  const steps = [chain.steps.remoteSecret(other.name, primary.name)];
  if (access.ca === undefined) {
    return broken(
      `the remote secret for ${other.name} in ${primary.name} has no CA for its API server`,
      steps,
    );
  }
  const own = authorityOf(other);
  if (own === undefined)
    return notAsked(`${other.name} has no ConfigMap kube-root-ca.crt to hold the CA against`);
  const known = certificatesIn(access.ca);
  if (certificatesIn(own).some(each => known.includes(each))) return ok('by the CA of its own pods');
  return broken(
    `the CA in the remote secret for ${other.name} in ${primary.name} is not that of ${other.name}`,
    steps,
  );
}

function judge(chain: Chain, primary: Reached, other: Reached): readonly Finding[] | Finding {
  const secret = secretsFor(primary, other).find(isWatched);
  if (!secret) return notAsked(`istiod in ${primary.name} has no remote secret for ${other.name}`);
  if ('trouble' in secret.access) return notAsked(`${secret.secret}: ${secret.access.trouble}`);
  const status = statusOf(chain, primary, secret);
  // Istiod's own word is worth more than ours: its way to the server may be another than this machine's.
  if (status === 'synced') return ok(`istiod of ${primary.name} is in step with ${other.name}`);
  const findings = [
    judgeAuthority(chain, primary, other, secret.access),
    judgeToken(chain, primary, other, secret.secret),
  ];
  if (status === undefined || findings.some(({ outcome }) => outcome === 'broken')) return findings;
  return broken(
    `istiod of ${primary.name} does not read ${other.name} with ${secret.secret}: it says ${status}`,
    [
      chain.steps.remoteSecret(other.name, primary.name),
      primariesOf(chain.topology).flatMap(({ name }) => chain.steps.about('install', name)),
    ],
  );
}

/** The CA and the token of a remote secret, tried at the API server that it names. */
export const credentials: Link = {
  id: 'credentials',
  asks: 'Does each API server accept the token of the remote secret for it, and is it known by the right CA?',
  look: chain => eachPair(chain, (primary, other) => judge(chain, primary, other)),
};
