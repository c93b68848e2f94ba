/** Trust between workloads: one root, and intermediates in `cacerts` that lead to it. */
import { X509Certificate } from 'node:crypto';
import { messageOf } from '../../../base/errors.ts';
import type { KubernetesObject } from '../../../base/kubernetes-client.ts';
import { NAMESPACE } from '../../workloads.ts';
import { objectIn } from '../cluster-objects.ts';
import { explainNotReady } from '../control-plane.ts';
import { at, text } from '../object-fields.ts';
import { explainRoots } from '../trust.ts';
import type { Chain } from './chain.ts';
import { broken, eachOf, notAsked, ok, type Reached } from './findings.ts';
import type { Finding, Link } from './link.ts';

const FILES = ['ca-cert.pem', 'ca-key.pem', 'root-cert.pem'];

/** Reads a file of `cacerts`; never its key. */
const fileOf = (cacerts: KubernetesObject, name: string): string | undefined => {
  const base64 = text(at(cacerts, 'data', name));
  return base64 === undefined ? undefined : Buffer.from(base64, 'base64').toString();
};

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** Finds the fault of a cluster's own certificates. @returns undefined if they lead to their root */
function faultOf(cacerts: KubernetesObject): string | undefined {
  const lacking = FILES.filter(name => fileOf(cacerts, name) === undefined);
  if (lacking.length > 0) return `lacks ${lacking.join(' and ')}`;
  try {
    const own = new X509Certificate(fileOf(cacerts, 'ca-cert.pem') ?? '');
    const root = new X509Certificate(fileOf(cacerts, 'root-cert.pem') ?? '');
    const others = (fileOf(cacerts, 'cert-chain.pem')?.match(CERTIFICATE) ?? []).map(
      pem => new X509Certificate(pem),
    );
    if (!own.ca) return 'has a ca-cert.pem that may not sign';
    let at = own;
    for (let steps = 0; !at.verify(root.publicKey); steps += 1) {
      const issuer = others.find(each => each.raw.compare(at.raw) !== 0 && at.verify(each.publicKey));
      if (!issuer || steps > others.length) return 'has a ca-cert.pem that its root-cert.pem did not sign';
      at = issuer;
    }
    return undefined;
  } catch (error) {
    return `can't be read: ${messageOf(error)}`;
  }
}

function judge(chain: Chain, { name, facts }: Reached): Finding {
  const cacerts = objectIn(facts.objects, 'istioSecrets', 'cacerts');
  const steps = [chain.steps.about('certificates', name)];
  const fault = cacerts && faultOf(cacerts);
  if (fault !== undefined) return broken(`the secret cacerts of ${name} ${fault}`, steps);
  if (!facts.namespaceExists)
    return notAsked(`${name} has no namespace ${NAMESPACE}, where its root is published`);
  if (facts.root === undefined) {
    const why = explainNotReady(facts, chain, chain.steps);
    return broken(`no istiod has published a root in ${name}`, [why.steps, ...steps], {
      sentence: `No istiod has published a root in ${name}: ${why.sentence}.`,
    });
  }
  const published = text(
    at(objectIn(facts.objects, 'sampleConfigMaps', 'istio-ca-root-cert'), 'data', 'root-cert.pem'),
  );
  const given = cacerts && fileOf(cacerts, 'root-cert.pem');
  if (given !== undefined && given.trim() !== published?.trim()) {
    return broken(
      `the root that ${name} trusts is not that of its cacerts, which came after istiod had started`,
      [...steps, chain.steps.about('install', name)],
    );
  }
  return ok(`${name} trusts root ${facts.root}, ${cacerts ? 'of its cacerts' : 'of its istiod'}`);
}

/** Each cluster's intermediate leads to one root. */
export const caChain: Link = {
  id: 'ca-chain',
  asks: 'Do all clusters trust one root, and do their certificates lead to it?',
  look: chain => {
    const findings = eachOf(chain, chain.topology.clusters, cluster => judge(chain, cluster));
    if (chain.roots < 2) return findings;
    const why = explainRoots(chain, chain.steps);
    // Two roots explain what each cluster shows; a fault of one cluster's own explains the two roots.
    return [
      ...findings.filter(({ outcome }) => outcome === 'broken'),
      broken(`the clusters trust ${chain.roots} different roots: ${why.sentence}`, [why.steps]),
    ];
  },
};
