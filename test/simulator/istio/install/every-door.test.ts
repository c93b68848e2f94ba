/** What an installation asks for and is not simulated is told at every door: files, `--set`, dry runs. */
import yaml from 'js-yaml';
import t from 'tap';
import { InstallError } from '../../../../harness/simulator/istio/install/install-error.ts';
import { renderInstall } from '../../../../harness/simulator/istio/install/render.ts';
import { isTree } from '../../../../harness/simulator/istio/install/setting-path.ts';
import type { Edition } from '../../../../harness/simulator/istio/registry/names.ts';
import { type Entry, entriesOf } from '../../../support/registry-entries.ts';
import { toolsWorld } from '../../../support/tools-world.ts';
import { documentOf } from '../registry/written.ts';

const VERSIONS: Readonly<Record<Edition, string>> = { '1.8': '1.8.0', current: '1.30.3' };

const operator = (spec: object): string =>
  yaml.dump({ apiVersion: 'install.istio.io/v1alpha1', kind: 'IstioOperator', spec });

/** Writes a tree as `--set` does: `meshConfig.defaultConfig.tracing.sampling=1`. */
function settingsOf(value: unknown, path: string): string[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => settingsOf(item, `${path}[${index}]`));
  if (!isTree(value)) return [`${path}=${String(value)}`];
  return Object.entries(value).flatMap(([key, item]) =>
    settingsOf(item, path === '' ? key : `${path}.${key}`),
  );
}

/** @returns what is said of an installation, in its plan or in place of one */
function saidOf(edition: Edition, documents: readonly string[], settings: readonly string[]): string {
  try {
    return renderInstall(documents, { version: VERSIONS[edition], settings }).told.join('\n');
  } catch (error) {
    if (!(error instanceof InstallError)) throw error;
    return error.message;
  }
}

/** Door → what is said there of a mesh that has a setting. */
const doorsOf = (edition: Edition, meshConfig: unknown): Readonly<Record<string, string>> => ({
  'a file': saidOf(edition, [operator({ meshConfig })], []),
  values: saidOf(edition, [operator({ values: { meshConfig } })], []),
  '--set': saidOf(edition, [], settingsOf({ meshConfig }, '')),
  '--set values': saidOf(edition, [], settingsOf({ values: { meshConfig } }, '')),
});

/** The uppermost of those that are not simulated. */
function* settingsNotSimulated(edition: Edition): Generator<Entry> {
  let above: readonly string[] = ['none'];
  for (const entry of entriesOf(edition, ['MeshConfig']).filter(({ root }) => root === 'MeshConfig')) {
    if (entry.verdict.kind !== 'not simulated' || entry.path.length === 0) continue;
    if (above.every((name, at) => entry.path[at] === name)) continue;
    above = entry.value === undefined ? entry.path : ['none'];
    yield entry;
  }
}

for (const edition of ['1.8', 'current'] as const)
  t.test(`${edition}: settings of the mesh`, async t => {
    const silent: string[] = [];
    let count = 0;
    for (const entry of settingsNotSimulated(edition)) {
      count++;
      const said = doorsOf(edition, documentOf(edition, entry));
      for (const [door, text] of Object.entries(said))
        if (!/not simulated/.test(text) || !text.includes(entry.path[0] ?? ''))
          silent.push(`${entry.path.join('.')} by ${door}: ${text}`);
    }
    t.same(silent, []);
    t.ok(count > 40, `${count} settings`);
  });

t.test('at each command', async t => {
  const rows = [
    ['meshConfig.defaultConfig.holdApplicationUntilProxyStarts=true', /holdApplicationUntilProxyStarts/],
    ['meshConfig.defaultConfig.tracing.sampling=50', /meshConfig\.defaultConfig\.tracing/],
    ['values.pilot.env.PILOT_FILTER_GATEWAY_CLUSTER_CONFIG=true', /PILOT_FILTER_GATEWAY_CLUSTER_CONFIG/],
    ['meshConfig.extensionProviders[0].name=x', /extensionProviders/],
  ] as const;
  const set = rows.map(([setting]) => `--set ${setting}`).join(' ');
  await using world = await toolsWorld({}, { istioVersion: '1.30.3' });
  for (const command of ['install -y --dry-run', 'manifest install -y --dry-run', 'manifest generate']) {
    const { stderr, exitCode } = await world.run(`istioctl ${command} ${set}`);
    t.equal(exitCode, 0, command);
    for (const [, what] of rows) {
      const lines = stderr.split('\n').filter(line => what.test(line));
      t.match(lines, [/^! .* not simulated/], command);
      t.equal(lines.length, 1, `${command}: once`);
    }
  }
  const plain = await world.run('istioctl install -y --dry-run');
  t.match(plain, { exitCode: 0, stderr: '' }, 'nothing is told of what the charts have anyhow');
});

t.test('gateways without a name', async t => {
  const setting = 'components.ingressGateways[0].k8s.replicaCount=2';
  t.throws(() => renderInstall([], { version: '1.8.0', settings: [setting] }), {
    message:
      /json merge error \(map: map\[k8s:map\[replicaCount:2\]\] does not contain declared merge key: name\)/,
  });
  await using world = await toolsWorld({}, { istioVersion: '1.30.3' });
  // As a real istioctl of August 2026 on an API server.
  t.match(await world.run(`istioctl install -y --set ${setting}`), {
    exitCode: 1,
    stdout: /✔ Istiod installed/,
    stderr:
      /✘ Ingress gateways encountered an error: failed to update resource with server-side apply for obj HorizontalPodAutoscaler\/istio-system\/: name is required\nError: failed to install manifests: failed to update/,
  });
  t.match(await world.run(`istioctl manifest generate --set components.egressGateways[0].enabled=true`), {
    exitCode: 0,
    stdout: /app: istio-egressgateway/,
  });
});

t.test('values of --set are no YAML', async t => {
  const said = (setting: string, version = '1.30.3') => {
    try {
      return renderInstall([], { version, settings: [setting] }).components.flatMap(({ objects }) => objects);
    } catch (error) {
      return String(error);
    }
  };
  const rows = [
    [
      'components.ingressGateways=[]',
      /cannot unmarshal string into Go struct field IstioComponentSpec\.spec/,
    ],
    ['components.pilot.enabled=yes', /cannot unmarshal string into .*\.pilot\.enabled of type bool/],
    ['components.pilot.k8s.replicaCount=two', /cannot unmarshal string into .*replicaCount of type uint32/],
    ['components.pilot[0].enabled=true', /cannot unmarshal array into .*components\.pilot of type/],
    ['profile=nonsense', /profile "nonsense" not found: open profiles\/nonsense\.yaml: file does not exist/],
    ['foo', /unknown field "foo"/],
    ['=b', /bad argument =b: expect format key=value/],
  ] as const;
  for (const [setting, message] of rows) t.match(said(setting), message, setting);
  t.match(said('hub', '1.8.0'), /bad argument hub: expect format key=value/);
  t.match(JSON.stringify(said('tag=1.20')), /pilot:1\.20"/, 'a text stays one');
  t.match(JSON.stringify(said('meshConfig.defaultConfig.proxyMetadata.A=true')), /A: \\"true\\"|A: 'true'/);
});
