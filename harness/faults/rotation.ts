/** Roots of the mesh that change: `cacerts` of control planes, and what is started anew for them. */
import type { KubernetesObject } from '../base/kubernetes-object.ts';
import { createMeshCertificates } from '../model/mesh-certificates.ts';
import { rollOut, waitForRollOut } from './deployments.ts';
import type { FaultHand } from './fault.ts';
import { signerOf } from './places.ts';
import { podsOf, restartPods } from './pods.ts';

const SYSTEM = 'istio-system';
const SECRETS = { apiVersion: 'v1', plural: 'secrets', namespace: SYSTEM };
const CACERTS = { ...SECRETS, name: 'cacerts' };
const ISTIOD = { namespace: SYSTEM, labelSelector: 'app=istiod' };
const FILES = ['ca-cert.pem', 'ca-key.pem', 'cert-chain.pem', 'root-cert.pem'] as const;

/** The files of a Secret `cacerts`, PEM. */
type Bundle = Readonly<Record<(typeof FILES)[number], string>>;

/** Clusters with an authority of their own. */
const signersOf = (hand: FaultHand): readonly string[] => [
  ...new Set(hand.topology.clusters.map(({ name }) => signerOf(hand, name))),
];

/** The clusters whose certificates one signs. */
const signedBy = (hand: FaultHand, signer: string): readonly string[] =>
  hand.topology.clusters.map(({ name }) => name as string).filter(name => signerOf(hand, name) === signer);

/** Makes a new root, and an authority of each cluster below it. */
async function newBundles(clusters: readonly string[], nowMs: number): Promise<ReadonlyMap<string, Bundle>> {
  const files = await createMeshCertificates(clusters, nowMs);
  return new Map(
    clusters.map(cluster => {
      const of = (file: (typeof FILES)[number]) => files.get(`${cluster}/${file}`) ?? '';
      const [certificate, key, chain, root] = FILES.map(of) as [string, string, string, string];
      const bundle = {
        'ca-cert.pem': certificate,
        'ca-key.pem': key,
        'cert-chain.pem': chain,
        'root-cert.pem': root,
      };
      return [cluster, bundle] as const;
    }),
  );
}

const encoded = (bundle: Bundle): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(bundle).map(([name, pem]) => [name, Buffer.from(pem).toString('base64')]),
  );

/** Writes `cacerts` of a cluster. */
async function putBundle(
  hand: FaultHand,
  cluster: string,
  bundle: Bundle,
  signal: AbortSignal,
): Promise<void> {
  const client = hand.clientOf(cluster);
  const data = encoded(bundle);
  if (await client.find(CACERTS, signal)) await client.patch(CACERTS, 'merge', { data }, {}, signal);
  else await client.create(SECRETS, { metadata: { name: 'cacerts', namespace: SYSTEM }, data }, {}, signal);
}

/**
 * Starts an istiod anew, and then everything that it signs for.
 * @param waits - for the pods to be ready; those of a mesh that is torn apart may never be
 */
async function startAnew(
  hand: FaultHand,
  signer: string,
  signal: AbortSignal,
  { waits }: { readonly waits: boolean },
): Promise<void> {
  const { clock } = hand;
  await restartPods(hand.clientOf(signer), signer, ISTIOD, { clock, signal });
  for (const cluster of signedBy(hand, signer)) {
    const selectors = [
      { namespace: SYSTEM, labelSelector: 'istio=eastwestgateway' },
      { namespace: 'sample', labelSelector: 'app=helloworld' },
      { namespace: 'sample', labelSelector: `app=${hand.client}` },
    ];
    for (const selector of selectors) {
      if ((await podsOf(hand.clientOf(cluster), selector, signal)).items.length === 0) continue;
      await rollOut(hand, cluster, selector, signal);
      if (waits) await waitForRollOut(hand, cluster, selector, signal);
    }
  }
}

/** Puts `cacerts` back as they were, or takes them away again. */
async function restore(
  hand: FaultHand,
  signer: string,
  before: KubernetesObject | undefined,
  signal: AbortSignal,
) {
  const client = hand.clientOf(signer);
  if (before) await client.patch(CACERTS, 'merge', { data: before['data'] }, {}, signal);
  else if (await client.find(CACERTS, signal)) await client.delete(CACERTS, {}, signal);
  await startAnew(hand, signer, signal, { waits: false });
}

/** Gives one control plane a root of its own, until the fault is cleared. @returns whom it signs for */
export async function rotateOne(hand: FaultHand, signer: string): Promise<readonly string[]> {
  const before = await hand.clientOf(signer).find(CACERTS, hand.signal);
  const bundle = (await newBundles([signer], hand.clock.now())).get(signer);
  hand.undoWith(`put cacerts of ${signer} back`, signal => restore(hand, signer, before, signal));
  if (bundle) await putBundle(hand, signer, bundle, hand.signal);
  await startAnew(hand, signer, hand.signal, { waits: false });
  return signedBy(hand, signer);
}

/** Gives all control planes a new root, so that whoever meets whom trusts the other. @returns the clusters */
export async function rotateAll(hand: FaultHand): Promise<readonly string[]> {
  const { signal } = hand;
  const signers = signersOf(hand);
  const next = await newBundles(signers, hand.clock.now());
  const before = new Map<string, Bundle>();
  for (const signer of signers) before.set(signer, await bundleOf(hand, signer));
  let isDone = false;
  for (const signer of signers) {
    const secret = await hand.clientOf(signer).find(CACERTS, signal);
    hand.undoWith(`put cacerts of ${signer} back`, async undoSignal => {
      if (!isDone) await restore(hand, signer, secret, undoSignal);
    });
  }
  const bundleFor: readonly ((old: Bundle, fresh: Bundle) => Bundle)[] = [
    (old, fresh) => ({ ...old, 'root-cert.pem': old['root-cert.pem'] + fresh['root-cert.pem'] }),
    (old, fresh) => ({ ...fresh, 'root-cert.pem': fresh['root-cert.pem'] + old['root-cert.pem'] }),
    (_old, fresh) => fresh,
  ];
  for (const make of bundleFor)
    for (const signer of signers) {
      const [old, fresh] = [before.get(signer), next.get(signer)];
      if (!old || !fresh) continue;
      await putBundle(hand, signer, make(old, fresh), signal);
      await startAnew(hand, signer, signal, { waits: true });
    }
  isDone = true;
  return hand.topology.clusters.map(({ name }) => name);
}

/** Reads the authority of a cluster: `cacerts`, or the root that istiod has made itself. */
async function bundleOf(hand: FaultHand, cluster: string): Promise<Bundle> {
  const client = hand.clientOf(cluster);
  const plugged = await client.find(CACERTS, hand.signal);
  const secret = plugged ?? (await client.get({ ...SECRETS, name: 'istio-ca-secret' }, hand.signal));
  const data = (secret['data'] ?? {}) as Readonly<Record<string, string>>; // of a Secret
  const read = (file: string) => Buffer.from(data[file] ?? '', 'base64').toString();
  const certificate = read('ca-cert.pem');
  return {
    'ca-cert.pem': certificate,
    'ca-key.pem': read('ca-key.pem'),
    // A root that istiod has made itself is its own chain.
    'cert-chain.pem': read('cert-chain.pem') || certificate,
    'root-cert.pem': read('root-cert.pem') || certificate,
  };
}
