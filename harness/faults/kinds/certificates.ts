/** Certificates that expire, and roots that change. */

import { sleep } from '../../base/clock.ts';
import { rollOut, waitForRollOut } from '../deployments.ts';
import { type FaultDefinition, type FaultHand, STAY_MS } from '../fault.ts';
import { clusterOf, signerOf, theCluster } from '../places.ts';
import { rotateAll, rotateOne } from '../rotation.ts';

const HELLO_WORLD = { namespace: 'sample', labelSelector: 'app=helloworld' };
const PROXY_SETTINGS = 'proxy.istio.io/config';
const LIFE_SECONDS = 40;
const XDS_PORT = 15012;

/** Starts clients anew that do not depend on the cluster: their proxies have no connections yet. */
async function renewClients(hand: FaultHand, cluster: string): Promise<readonly string[]> {
  const clusters = hand.topology.clusters.filter(({ name, client }) => client && name !== cluster);
  const clients = { namespace: 'sample', labelSelector: `app=${hand.client}` };
  for (const { name } of clusters) {
    await rollOut(hand, name, clients, hand.signal);
    await waitForRollOut(hand, name, clients, hand.signal);
  }
  return clusters.map(({ name }) => name);
}

const expireCertificates: FaultDefinition = {
  id: 'expire-certificates',
  sentence: 'The certificates of HelloWorld in a cluster expire, because its proxies cannot renew them.',
  parameters: { cluster: theCluster('whose HelloWorld it is') },
  does:
    `Rolls HelloWorld out with SECRET_TTL=${LIFE_SECONDS}s, drops what its pods send to istiod at ` +
    `${XDS_PORT}, waits until the certificates have expired, and starts the clients of other clusters ` +
    'anew, so that they have no connections from before.',
  real: {
    shows:
      'New connections fail in their handshake (CERTIFICATE_VERIFY_FAILED: certificate has expired): ' +
      'symptom X. Connections that exist go on.',
    source: 'istio/istio pilot/cmd/pilot-agent/main.go @1.8.0 (SECRET_TTL); envoyproxy/envoy (derived)',
  },
  clears: 'HelloWorld reaches istiod again, and is rolled out with certificates of a day.',
  notSimulated:
    'A proxy whose certificate has expired ends the handshake itself; the other end does not judge it.',
  stayMs: STAY_MS,
  begin: async hand => {
    const cluster = clusterOf(hand);
    hand.undoWith(`roll HelloWorld out in ${cluster}`, signal =>
      rollOut(hand, cluster, HELLO_WORLD, signal, { [PROXY_SETTINGS]: null }),
    );
    const short = JSON.stringify({ proxyMetadata: { SECRET_TTL: `${LIFE_SECONDS}s` } });
    await rollOut(hand, cluster, HELLO_WORLD, hand.signal, { [PROXY_SETTINGS]: short });
    await waitForRollOut(hand, cluster, HELLO_WORLD, hand.signal);
    hand.hinder(
      { kind: 'drop' },
      ({ from, port }) => from.cluster === cluster && from.name.startsWith('helloworld') && port === XDS_PORT,
    );
    await sleep(hand.clock, LIFE_SECONDS * 1000, hand.signal);
    const clients = await renewClients(hand, cluster);
    const renewed = clients.join(', ');
    return `the certificates of HelloWorld in ${cluster} have expired; the clients of ${renewed} are new`;
  },
};

const rotateOneRoot: FaultDefinition = {
  id: 'rotate-root-in-one',
  sentence: 'One cluster gets a root of its own, which the others do not trust.',
  parameters: { cluster: theCluster('which gets it') },
  does:
    'Replaces the Secret cacerts where the cluster’s certificates are signed, starts istiod anew, and ' +
    'rolls out what it signs for: gateways, HelloWorld, clients.',
  real: {
    shows:
      'Handshakes across fail (CERTIFICATE_VERIFY_FAILED): symptom X, both ways. In primary-remote the ' +
      'new pods of a remote do not trust the primary’s istiod and stay 1/2, so that the old ones stay ' +
      'too.',
    source: 'istio/istio #32501; security/pkg/pki/ca/ca.go @1.8.0',
  },
  clears: 'Puts cacerts back as they were, and starts istiod and the workloads anew.',
  notSimulated:
    'istiod does not watch the files of cacerts, as the current release does: it is started anew.',
  stayMs: STAY_MS,
  begin: async hand => {
    const signer = signerOf(hand, clusterOf(hand));
    return `${signer} has a root of its own, for ${(await rotateOne(hand, signer)).join(', ')}`;
  },
};

const rotateAllRoots: FaultDefinition = {
  id: 'rotate-root-in-all',
  sentence: 'All clusters get a new root, in the order in which it does no harm.',
  parameters: {},
  does:
    'Three times cacerts of each control plane: the old authority with both roots, a new authority with ' +
    'both, the new one with its root alone; each time istiod and then the workloads are started anew.',
  real: {
    shows: 'No call is lost but those of the moment in which a pod ends.',
    source: 'istio.io, “Plug in CA certificates”; security/pkg/pki/util/keycertbundle.go @1.8.0 (derived)',
  },
  clears: 'Nothing: the mesh goes on with the new root.',
  stayMs: STAY_MS,
  begin: async hand => `${(await rotateAll(hand)).join(', ')} have a new root`,
};

/** Faults of certificates. */
export const CERTIFICATES: readonly FaultDefinition[] = [expireCertificates, rotateOneRoot, rotateAllRoots];
