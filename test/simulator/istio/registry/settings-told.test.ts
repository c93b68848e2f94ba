/**
 * Each setting of the mesh, variable of istiod and variable of a proxy that is not simulated, written to the one
 * object that holds all of its kind: each is told in the answer, in istiod's log, in `istioctl analyze` and to
 * the report.
 */
import yaml from 'js-yaml';
import t, { type Test } from 'tap';
import type { KubernetesObject } from '../../../../harness/base/kubernetes-client.ts';
import type { Edition } from '../../../../harness/simulator/istio/registry/names.ts';
import { notSimulatedFindings } from '../../../../harness/tools/embedded/istioctl/not-simulated-findings.ts';
import { type Entry, entriesOf } from '../../../support/registry-entries.ts';
import { RuledMesh } from '../../../support/ruled-mesh.ts';
import { documentOf, laidOver } from './written.ts';

const ISTIOD = { apiVersion: 'apps/v1', plural: 'deployments', namespace: 'istio-system', name: 'istiod' };
const CONFIG_MAP = { apiVersion: 'v1', plural: 'configmaps', namespace: 'istio-system', name: 'istio' };
/** istiod starts anew with other variables, and leads when the lease of the one before has run out. */
const RESTART_MS = 120_000;

const pathOf = ({ path }: Entry): string => path.join('.');

/** Of a field in another that is not simulated only the outer one is told. */
function uppermost(entries: readonly Entry[]): readonly Entry[] {
  const told = new Set(entries.filter(({ value }) => value === undefined).map(pathOf));
  return entries.filter(({ path }) => !path.some((_, length) => told.has(path.slice(0, length).join('.'))));
}

/** An answer has 4,096 characters of warnings (k8s.io/apiserver, endpoints/filters/warning.go @0.34). */
const MOST_AT_ONCE = 25;

/** Sets of entries of which none says another thing of the same field or variable. */
function compatible(entries: readonly Entry[]): readonly (readonly Entry[])[] {
  const sets: Entry[][] = [];
  for (const entry of entries) {
    const free = sets.find(
      set => set.length < MOST_AT_ONCE && set.every(other => pathOf(other) !== pathOf(entry)),
    );
    if (free) free.push(entry);
    else sets.push([entry]);
  }
  return sets;
}

const textOf = ({ root, path, value }: Entry): string => {
  const name = root === 'MeshConfig' ? `meshConfig.${path.join('.')}` : `variable ${path.join('')}`;
  return value === undefined ? name : `${name}: ${value}`;
};

/** As in a sentence, where lists and maps on the way have places and keys. */
const isToldIn =
  (sentences: readonly string[]) =>
  (entry: Entry): boolean => {
    const text = textOf(entry);
    return sentences.some(sentence => {
      const names = sentence.replaceAll(/\[0\]|\.key(?=[. :])/g, '');
      return [`${text} is not simulated by`, `${text}: text is not simulated by`].some(each =>
        names.includes(each),
      );
    });
  };

const notTold = (entries: readonly Entry[], sentences: readonly string[]): readonly string[] =>
  entries.filter(entry => !isToldIn(sentences)(entry)).map(textOf);

interface Told {
  readonly warnings: readonly string[];
  readonly log: readonly string[];
  readonly findings: readonly string[];
  readonly report: readonly string[];
}

/** Writes a patch, and gathers what is said of it. */
async function written(
  mesh: RuledMesh,
  edition: Edition,
  path: typeof ISTIOD,
  body: object,
  waitMs: number,
): Promise<Told> {
  const warnings: string[] = [];
  const telling = mesh.mesh.client('cluster1').telling(text => void warnings.push(text));
  await telling.patch(path, 'strategic', body);
  await mesh.mesh.pass(waitMs);
  const { name: _, ...all } = path;
  const list = async (_apiVersion: string, plural: string): Promise<readonly KubernetesObject[]> =>
    plural === path.plural ? (await telling.list(all)).items : [];
  const version = edition === '1.8' ? '1.8.0' : '1.30.3';
  return {
    warnings,
    log: (await mesh.istiodLog()).split('\n'),
    findings: (await notSimulatedFindings(list, () => true, version)).map(({ text }) => text),
    report: mesh.mesh.world.notSimulated(),
  };
}

function holdTold(t: Test, entries: readonly Entry[], { warnings, log, findings, report }: Told): void {
  t.same(notTold(entries, warnings), [], `${entries.length} at the write`);
  t.same(notTold(entries, log), [], 'in the log');
  t.same(notTold(entries, findings), [], 'in analyze');
  t.same(notTold(entries, report), [], 'to the report');
}

for (const edition of ['1.8', 'current'] as const)
  t.test(`${edition}: no setting is silent`, async t => {
    await using mesh = await RuledMesh.install('multi-primary', edition);
    const missing = entriesOf(edition).filter(({ verdict }) => verdict.kind === 'not simulated');
    const settings = uppermost(missing.filter(({ root }) => root === 'MeshConfig'));
    const ofProxies = missing.filter(({ root }) => root === 'proxy');
    const { data } = (await mesh.mesh.client('cluster1').get(CONFIG_MAP)) as {
      data?: Record<string, string>;
    };
    const before = yaml.load(data?.['mesh'] ?? '');
    for (const set of compatible([...settings, ...ofProxies])) {
      let config: unknown = before;
      for (const entry of set.filter(({ root }) => root === 'MeshConfig'))
        config = laidOver(config, documentOf(edition, entry));
      const variables = set
        .filter(({ root }) => root === 'proxy')
        .map(({ path, value = 'text' }) => [path.join(''), value]);
      config = laidOver(config, { defaultConfig: { proxyMetadata: Object.fromEntries(variables) } });
      const body = { data: { mesh: yaml.dump(config) } };
      holdTold(t, set, await written(mesh, edition, CONFIG_MAP, body, 10_000));
    }
    await mesh.mesh.client('cluster1').patch(CONFIG_MAP, 'merge', { data: { mesh: yaml.dump(before) } });
    let gone: readonly object[] = [];
    for (const set of compatible(missing.filter(({ root }) => root === 'istiod'))) {
      const own = set.map(({ path, value = 'text' }) => ({ name: path.join(''), value }));
      const env = [...gone, ...own];
      gone = own.map(({ name }) => ({ name, $patch: 'delete' }));
      const body = { spec: { template: { spec: { containers: [{ name: 'discovery', env }] } } } };
      holdTold(t, set, await written(mesh, edition, ISTIOD, body, RESTART_MS));
    }
  });

t.test('what Istio has not is told too', async t => {
  await using mesh = await RuledMesh.install('multi-primary');
  const said = 'ConfigMap istio-system/istio: Istio has no meshConfig.noSuchSetting';
  const body = { data: { mesh: 'noSuchSetting: 1\n' } };
  const { warnings, report } = await written(mesh, 'current', CONFIG_MAP, body, 0);
  t.same(warnings, [said]);
  t.same(report, [`cluster1: ${said}`]);
});
