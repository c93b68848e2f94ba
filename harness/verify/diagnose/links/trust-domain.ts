/** The trust domain: one in all clusters, or each known to the others by its aliases. */
import type { Chain } from './chain.ts';
import { ok } from './findings.ts';
import type { Finding, Link } from './link.ts';
import { sameEverywhere } from './same-value.ts';

/** Tells whether each cluster that tells its trust domain knows all the others' as aliases. */
function areAliases({ installed }: Chain): boolean {
  const all = [...installed.values()].filter(({ trustDomain }) => trustDomain !== undefined);
  const domains = all.map(({ trustDomain }) => trustDomain);
  return all.every(({ trustDomain, trustDomainAliases }) =>
    domains.every(domain => domain === trustDomain || trustDomainAliases.some(alias => alias === domain)),
  );
}

function look(chain: Chain): readonly Finding[] {
  const findings = sameEverywhere(chain, { what: 'trust domain', read: ({ trustDomain }) => trustDomain });
  return findings.some(({ outcome }) => outcome === 'broken') && areAliases(chain)
    ? [ok('several, and each cluster has the others’ as aliases')]
    : findings;
}

/** The trust domain, the same in all clusters or named as an alias. */
export const trustDomain: Link = {
  id: 'trust-domain',
  asks: 'Have all clusters one trust domain, or each the others’ as aliases?',
  look,
};
