/** Simulated clusters whose kubeconfig no longer says so: edited, merged, or written by hand. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dump, load } from 'js-yaml';
import t from 'tap';
import { loadScenario } from '../../../harness/scenario/load.ts';
import { run } from '../../../harness/session/run.ts';
import { ROOT } from '../../support/cli.ts';
import { contents, existingWorld } from '../../support/existing-world.ts';
import { twoClusters } from '../../support/topologies.ts';

/** Takes the extensions out of the entries of these clusters, as a program that does not know them does. */
function forget(kubeconfig: string, names: readonly string[]): void {
  const document = load(readFileSync(kubeconfig, 'utf8')) as {
    clusters: { name: string; cluster: Record<string, unknown> }[];
  };
  for (const { name, cluster } of document.clusters) if (names.includes(name)) delete cluster['extensions'];
  writeFileSync(kubeconfig, dump(document));
}

for (const [which, lost] of [
  ['all marks are lost', ['ctx-cluster1', 'ctx-cluster2']],
  ['one mark is lost', ['ctx-cluster2']],
] as const) {
  t.test(`${which}: the run is simulated all the same, and says so`, { timeout: 120_000 }, async t => {
    const { topology } = await loadScenario('multi-primary-multi-network', {
      folder: join(ROOT, 'scenarios'),
    });
    await using world = await existingWorld(topology, { folder: t.testdir(), edition: 'current' });
    forget(world.kubeconfig, lost);
    const before = await contents(world.clients);
    const told: string[] = [];
    const report = await run({
      topology,
      edition: 'current',
      platform: world.platform({ onProgress: text => void told.push(text) }),
    });
    const [scenario] = report.scenarios;
    t.equal(report.verdict, 'passed', JSON.stringify(scenario?.reason));
    t.equal(report.evidence, 'simulated');
    t.equal(scenario?.conclusion, undefined, 'no claim about Istio');
    t.equal(scenario?.found, undefined);
    t.match(
      told.join('\n'),
      /^Simulated by mesh-harness, as their API servers say .*cluster2 \(ctx-cluster2, v1\.34\.3\+mesh-harness\)\. The run is no evidence/m,
    );
    t.strictSame(await contents(world.clients), before, 'and leaves nothing');
  });
}

t.test('clusters of both kinds are refused before anything is written', async t => {
  const topology = twoClusters(['network1', 'network1']);
  const folder = t.testdir();
  await using ours = await existingWorld(topology, {
    folder: join(folder, 'ours'),
    isMarked: false,
    sayTheyAre: true,
  });
  await using real = await existingWorld(topology, { folder: join(folder, 'real'), isMarked: false });
  const kubeconfig = join(folder, 'merged');
  const [own, other] = [ours, real].map(({ kubeconfig: file }) => load(readFileSync(file, 'utf8')) as never);
  const pick = (document: Record<string, { name: string }[]>, name: string) =>
    ['clusters', 'contexts', 'users'].map(part => document[part]?.find(each => each.name === name));
  const [clusters, contexts, users] = [0, 1, 2].map(index => [
    pick(own as never, 'ctx-cluster1')[index],
    pick(other as never, 'ctx-cluster2')[index],
  ]);
  writeFileSync(kubeconfig, dump({ apiVersion: 'v1', kind: 'Config', clusters, contexts, users }));
  const before = [await contents(ours.clients), await contents(real.clients)];
  const platform = ours.platform({
    edition: 'current',
    kubeconfigs: [kubeconfig],
    apiServers: ['cluster1=https://192.0.2.1:6443', 'cluster2=https://192.0.2.2:6443'],
  });
  await t.rejects(platform.start(topology, new AbortController().signal), {
    message: /simulated|certificate/,
  });
  t.strictSame([await contents(ours.clients), await contents(real.clients)], before);
});
