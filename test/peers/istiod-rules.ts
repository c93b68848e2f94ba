/**
 * A real istiod on real API servers is given the corpus of rules, case by case, and asked for the proxies of
 * the mesh. Its answers are held against those that are kept; `--write` keeps them anew, `--add` those of new
 * cases, and of cases in whose names a further argument stands. Ends with 1 where an answer is another than the kept one of the same version.
 */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CleanupStack } from '../../harness/base/dispose.ts';
import { KubernetesClient, type KubernetesObject } from '../../harness/base/kubernetes-client.ts';
import type { Edition } from '../../harness/simulator/istio/registry/names.ts';
import { TYPE_URLS } from '../../harness/simulator/istio/xds/ads/type-urls.ts';
import { temporaryFolder } from '../support/cli.ts';
import {
  type Answers,
  changesBetween,
  readAnswers,
  TYPES,
  type Views,
  writeAnswers,
} from '../support/istiod-rules/answers.ts';
import { create, remoteSecret, remove, setMesh } from '../support/istiod-rules/apply.ts';
import { type RuleCase, readCorpus } from '../support/istiod-rules/corpus.ts';
import { comparedFields } from '../support/istiod-rules/fields.ts';
import {
  CLUSTERS,
  forEdition,
  MARKER,
  nodeOf,
  objectsOf,
  PROXIES,
  type ProxyName,
} from '../support/istiod-rules/mesh.ts';
import { looseJson } from '../support/loose-json.ts';
import { askDiscovery } from './ask-discovery.ts';
import { givenPrograms } from './control-plane-programs.ts';
import { definitionsOf, meshOf, withAuthority } from './istiod-rules-servers.ts';
import { startRealApiServer } from './real-api-server.ts';
import { runIstiod } from './real-istiod.ts';
import { findReal } from './real-programs.ts';

/** What shows that istiod has read all that was written before it. */
const MARKED = 'outbound|9999||marker.sample.svc.cluster.local';
const DEADLINE_MS = 30_000;
/** After the marker: what came by other watches at the same time. */
const SETTLE_MS = 150;
/** How long an old istiod may take to know a further cluster. */
const REMOTE_MS = 5000;

class RealIstiod {
  readonly #client: KubernetesClient;
  readonly #remote: KubernetesClient;
  readonly #port: number;
  readonly #edition: Edition;
  readonly #mesh: string;
  #marks = 0;

  constructor([client, remote]: readonly KubernetesClient[], port: number, edition: Edition) {
    if (!client || !remote) throw new Error('no cluster');
    this.#client = client;
    this.#remote = remote;
    this.#port = port;
    this.#edition = edition;
    this.#mesh = meshOf(edition);
  }

  async viewsWith({ objects, remote, mesh }: RuleCase): Promise<Views> {
    const made: [KubernetesClient, KubernetesObject][] = [];
    try {
      // First, since istiod does not read VirtualServices again when `defaultVirtualServiceExportTo` changes
      // (virtualservice_controller.go, MergedVirtualService.Equals).
      if (mesh !== '') await setMesh(this.#client, `${this.#mesh}${mesh}`);
      for (const [client, all] of [[this.#client, objects] as const, [this.#remote, remote] as const])
        for (const object of forEdition(this.#edition, all)) {
          await create(client, object);
          made.push([client, object]);
        }
      return await this.views();
    } finally {
      for (const [client, object] of made) await remove(client, object);
      if (mesh !== '') await setMesh(this.#client, this.#mesh);
    }
  }

  async views(): Promise<Views> {
    await this.#settle();
    const views = new Map();
    for (const proxy of PROXIES) {
      const told = await this.#ask(proxy);
      const all = TYPES.flatMap(type =>
        told[type]
          .filter(({ name }) => !name.includes(MARKER))
          .map(({ name, body }): [string, Uint8Array] => [`${type} ${name}`, body]),
      );
      views.set(proxy, new Map(all));
    }
    return views;
  }

  async #ask(proxy: ProxyName): ReturnType<typeof askDiscovery> {
    const dialect = this.#edition === 'current' ? 'delta' : 'state-of-the-world';
    return await askDiscovery(this.#port, nodeOf(proxy, this.#edition), dialect);
  }

  /** Changes a rule of its own, and waits until proxies are told of it. */
  async #settle(): Promise<void> {
    this.#marks++;
    const place = {
      apiVersion: 'networking.istio.io/v1alpha3',
      plural: 'destinationrules',
      namespace: 'sample',
    };
    const spec = {
      host: 'marker.sample.svc.cluster.local',
      trafficPolicy: { connectionPool: { tcp: { maxConnections: this.#marks } } },
    };
    await sleep(SETTLE_MS);
    if (this.#marks > 1) await this.#client.patch({ ...place, name: 'marker' }, 'merge', { spec });
    else
      await this.#client.create(place, {
        apiVersion: place.apiVersion,
        kind: 'DestinationRule',
        metadata: { name: 'marker' },
        spec,
      });
    const deadline = Date.now() + DEADLINE_MS;
    while ((await this.#mark()) !== this.#marks) {
      if (Date.now() > deadline) throw new Error('istiod does not take up what is written');
      await sleep(50);
    }
    await sleep(SETTLE_MS);
  }

  async #mark(): Promise<number | undefined> {
    const { cds } = await this.#ask('sample/curl');
    const body = cds.find(({ name }) => name === MARKED)?.body;
    const cluster = body && (looseJson(TYPE_URLS.cds, body) as Marked);
    return cluster?.circuit_breakers?.thresholds?.[0]?.max_connections?.value;
  }
}

interface Marked {
  readonly circuit_breakers?: { thresholds?: { max_connections?: { value?: number } }[] };
}

/** Starts the servers and the istiod, and asks about all cases. */
async function ask(
  programs: Parameters<typeof startRealApiServer>[0],
  istiod: string,
  istioctl: string,
  cases: readonly RuleCase[],
  edition: Edition,
): Promise<Pick<Answers, 'base' | 'cases'>> {
  using folder = temporaryFolder();
  await using cleanUp = new CleanupStack();
  const clients: KubernetesClient[] = [];
  const kubeconfigs: string[] = [];
  for (const name of CLUSTERS) {
    const own = path.join(folder.path, name);
    mkdirSync(own);
    const server = await startRealApiServer(programs, own);
    cleanUp.add(`stop ${name}`, async () => await server[Symbol.asyncDispose]());
    const kubeconfig = withAuthority(server.kubeconfig, own);
    kubeconfigs.push(kubeconfig);
    const client = new KubernetesClient(kubeconfig);
    cleanUp.add('close', async () => client.close());
    clients.push(client);
    if (clients.length === 1)
      for (const object of definitionsOf(edition, istioctl)) await create(client, object);
    for (const object of forEdition(edition, objectsOf(name))) await create(client, object);
  }
  const [client] = clients;
  if (!client) throw new Error('no cluster');
  await setMesh(client, meshOf(edition));
  const secret = remoteSecret('cluster2', kubeconfigs[1] ?? '');
  if (edition === 'current') await create(client, secret);
  const running = await runIstiod(istiod, {
    kubeconfig: kubeconfigs[0] ?? '',
    cluster: 'cluster1',
    folder: folder.path,
    env: { PILOT_DEBOUNCE_AFTER: '20ms' },
    ...(edition === '1.8' && { flags: [] }),
  });
  cleanUp.add('stop istiod', running.stop);
  if (edition === '1.8') {
    // It may end itself if the secret is there when it starts: it then adds the cluster twice.
    await create(client, secret);
    await sleep(REMOTE_MS);
  }
  const real = new RealIstiod(clients, running.port, edition);
  const base = await real.views();
  const answers = new Map<string, ReturnType<typeof changesBetween>>();
  const failures: string[] = [];
  for (const each of cases) {
    try {
      answers.set(each.name, changesBetween(base, await real.viewsWith(each)));
    } catch (error) {
      failures.push(`${each.name}: ${String(error)}`);
    }
  }
  if (failures.length > 0) throw new Error(failures.join('\n'));
  const changes = changesBetween(base, await real.views());
  // By fields, as 1.8 lists some things in any order.
  const rest = comparedFields({ base, changes }, { base, changes: new Map() }).filter(
    ({ ours, real }) => ours !== real,
  );
  const named = rest.map(({ proxy, field }) => `${proxy} ${field}`);
  if (rest.length > 0) throw new Error(`the mesh is another in the end: ${named.slice(0, 30).join('\n')}`);
  return { base, cases: answers };
}

const SHOWN = 160;
const programs = givenPrograms();
const istiod = findReal('pilot-discovery');
const istioctl = findReal('istioctl');
const missing = [programs, istiod, istioctl].flatMap(found => ('reason' in found ? [found.reason] : []));
if ('reason' in programs || 'reason' in istiod || 'reason' in istioctl) {
  console.log(`skipped: ${missing.join('; ')}`);
  process.exit(0);
}
/** `--edition 1.8`, with its pilot-discovery. */
const edition: Edition = process.argv.includes('1.8') ? '1.8' : 'current';
const isAdding = process.argv.includes('--add');
const anew = process.argv.slice(2).filter(argument => !/^(--.*|1\.8|current)$/.test(argument));
const before = isAdding ? readAnswers(edition).cases : new Map();
const isAsked = (name: string): boolean => !before.has(name) || anew.some(part => name.includes(part));
const corpus = readCorpus(edition);
const cases = corpus.filter(({ name }) => isAsked(name));
const { base, cases: answers } = await ask(programs, istiod.path, istioctl.path, cases, edition);
const version = edition === 'current' ? istiod.version : '1.8.0';
if (isAdding || process.argv.includes('--write')) {
  const known = [...before].filter(([name]) => corpus.some(each => each.name === name));
  const all = new Map([...known, ...answers]);
  writeAnswers({ version, date: new Date().toISOString().slice(0, 10), base, cases: all }, edition);
  console.log(`${answers.size} cases of istiod ${version} are kept.`);
  process.exit(0);
}
const kept = readAnswers(edition);
let fields = 0;
let others = 0;
for (const { name } of cases) {
  const compared = comparedFields(
    { base, changes: answers.get(name) ?? new Map() },
    { base: kept.base, changes: kept.cases.get(name) ?? new Map() },
  );
  const different = compared.filter(({ ours, real }) => ours !== real);
  fields += compared.length;
  others += different.length;
  for (const { proxy, field, ours = '-', real = '-' } of different)
    console.log(`${name}, ${proxy}: ${field}\n  now ${ours.slice(0, SHOWN)}\n  kept ${real.slice(0, SHOWN)}`);
}
console.log(
  `${cases.length} cases, ${fields} fields, ${others} others than istiod ${kept.version} said on ${kept.date}`,
);
process.exit(others === 0 ? 0 : 1);
