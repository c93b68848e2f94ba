import { execFileSync, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import yaml from 'js-yaml';
import t from 'tap';
import {
  type EditionName,
  gatewayOperator,
  runGatewayScript,
} from '../../harness/model/east-west-gateway.ts';

const scriptOf = (edition: EditionName) =>
  fileURLToPath(
    new URL(`../../fixtures/samples/${edition}/multicluster/gen-eastwest-gateway.sh`, import.meta.url),
  );

const BOTH: readonly EditionName[] = ['1.8', 'current'];
const CASES: readonly {
  readonly name: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}[] = [
  { name: 'all three flags', args: ['--mesh', 'mesh1', '--cluster', 'cluster1', '--network', 'network1'] },
  { name: 'the network alone', args: ['--network', 'network1'] },
  { name: 'nothing', args: [] },
  { name: 'a single cluster', args: ['--single-cluster'] },
  { name: 'a revision', args: ['--network', 'network1', '--revision', '1-30'] },
  { name: 'an unknown flag', args: ['--netwrok', 'network1'] },
  { name: 'a word that is no flag', args: ['network1'] },
  { name: 'a flag without its value', args: ['--network'] },
  { name: 'the environment of the guide', args: [], env: { CLUSTER: 'CLUSTER1', NETWORK: 'NETWORK1' } },
  { name: 'a full environment', args: [], env: { CLUSTER: 'cluster1', NETWORK: 'network1', MESH: 'mesh1' } },
];

t.test('the shell script and the function are one', async t => {
  for (const edition of BOTH) {
    for (const { name, args, env = {} } of CASES) {
      const process = spawnSync('bash', [scriptOf(edition), ...args], {
        encoding: 'utf8',
        env: { PATH: globalThis.process.env['PATH'], ...env },
      });
      t.same(
        { exitCode: process.status, stdout: process.stdout, stderr: process.stderr },
        runGatewayScript(edition, args, env),
        `${edition}: ${name}`,
      );
    }
  }
});

t.test('1.8 asks for mesh, cluster and network, on standard output', async t => {
  t.match(runGatewayScript('1.8', ['--network', 'network1']), {
    exitCode: 1,
    stdout: /--mesh, --cluster/,
    stderr: '',
  });
});

t.test('the documents differ as the releases do', async t => {
  const old = yaml.load(
    gatewayOperator({ edition: '1.8', mesh: 'mesh1', cluster: 'cluster1', network: 'network1' }),
  );
  t.match(old, {
    metadata: { name: 'eastwest' },
    spec: {
      profile: 'empty',
      components: {
        ingressGateways: [
          {
            name: 'istio-eastwestgateway',
            label: { 'topology.istio.io/network': 'network1' },
            k8s: { env: [{ name: 'ISTIO_META_ROUTER_MODE', value: 'sni-dnat' }, { value: 'network1' }] },
          },
        ],
      },
      values: { global: { meshID: 'mesh1', network: 'network1', multiCluster: { clusterName: 'cluster1' } } },
    },
  });
  const current = yaml.load(gatewayOperator({ edition: 'current', network: 'network1' }));
  t.match(current, {
    spec: { values: { gateways: { 'istio-ingressgateway': { injectionTemplate: 'gateway' } } } },
  });
  t.notMatch(JSON.stringify(current), 'ROUTER_MODE');
});

t.test('the scripts are executable', async t => {
  for (const edition of BOTH) {
    t.match(
      execFileSync(scriptOf(edition), ['--single-cluster'], { encoding: 'utf8' }),
      /^apiVersion: install/,
    );
  }
});
