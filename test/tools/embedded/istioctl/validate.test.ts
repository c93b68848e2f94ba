/** R12: `istioctl validate` and `-o json` beside tables. */
import t from 'tap';
import { toolsWorld } from '../../../support/tools-world.ts';

const RESOURCE = (kind: string, spec: string) =>
  `apiVersion: networking.istio.io/v1\nkind: ${kind}\nmetadata: {name: a, namespace: b}\nspec: ${spec}\n`;
const ROUTES = '[{route: [{destination: {host: a}}]}]';

t.test('files are valid or not, without a cluster', async t => {
  await using world = await toolsWorld(
    {
      'ok.yaml': RESOURCE('VirtualService', `{hosts: [a], http: ${ROUTES}}`),
      'bad.yaml': [
        RESOURCE('VirtualService', `{hosts: [a], http: ${ROUTES}, foo: 1}`),
        RESOURCE('Gateway', '{}'),
        'apiVersion: v1\nkind: Service\nmetadata: {name: s}\nspec: {ports: [{name: foo, port: 80}]}\n',
      ].join('---\n'),
      'told.yaml': RESOURCE('EnvoyFilter', '{configPatches: []}'),
    },
    { istioVersion: '1.30.3' },
  );
  t.strictSame((await world.run('istioctl validate -f ok.yaml')).stdout, '"ok.yaml" is valid\n');
  t.match(await world.run('istioctl validate -f bad.yaml'), {
    exitCode: 1,
    stderr: [
      'Error: 3 errors occurred:',
      '\t* VirtualService/b/a: cannot parse proto message: unknown field "foo"',
      '\t* Gateway/b/a: gateway must have at least one server',
      '\t* Service//s: service "s//:" port "foo" does not follow the Istio naming convention. See ' +
        'https://istio.io/latest/docs/ops/deployment/requirements/\n\n\n',
    ].join('\n'),
  });
  t.match(await world.run('istioctl validate -f told.yaml'), {
    exitCode: 0,
    stderr: /^Warning: EnvoyFilter b\/a/,
    stdout: /^"told.yaml" has warnings: \n\t\* EnvoyFilter\/b\/a: EnvoyFilter exposes internal/,
  });
  t.match(await world.run('istioctl validate'), { exitCode: 1, stderr: /you must specify resources/ });
  t.match(await world.run('istioctl validate -f none.yaml'), {
    exitCode: 1,
    stderr: /cannot stat file "none.yaml"/,
  });
  const service =
    'apiVersion: v1\nkind: Service\nmetadata: {name: s}\nspec: {ports: [{name: http, port: 80}]}\n';
  t.match(await world.run('istioctl validate -f -', { stdin: service }), { stdout: '"-" is valid\n' });
});

t.test('-o json and -o yaml', async t => {
  await using world = await toolsWorld({}, { istioVersion: '1.30.3' });
  const json = async (line: string) => JSON.parse((await world.run(line)).stdout) as unknown;
  t.match(await json('istioctl version --remote=false -o json'), {
    clientVersion: { version: '1.30.3', tag: '1.30.3', status: 'Clean' },
  });
  t.match(await world.run('istioctl version -o table'), {
    exitCode: 1,
    stderr: "Error: --output must be 'yaml' or 'json'\n",
  });
  t.match(await world.run('istioctl install -y'), { exitCode: 0 });
  t.match(await json('istioctl version -o json'), {
    meshVersion: [{ Component: 'pilot', Revision: 'default', Info: { version: '1.30.3' } }],
    dataPlaneVersion: [{ ID: /^istio-ingressgateway-.*\.istio-system$/, IstioVersion: '1.30.3' }],
  });
  t.match((await world.run('istioctl version -o yaml')).stdout, /^clientVersion:\n {2}version: 1\.30\.3\n/);
  t.match(await json('istioctl proxy-status -o json'), [{ istiod: /^istiod-/ }]);
  t.match(await json('istioctl proxy-status --revision default -o json'), [{ istiod: /^istiod-/ }]);
  t.match(await world.run('istioctl proxy-status --revision canary'), { exitCode: 1 });
  for (const command of ['bug-report', 'x metrics a', 'dashboard kiali', 'upgrade', 'waypoint list'])
    t.match(
      await world.run(`istioctl ${command}`),
      { exitCode: 1, stderr: /^Error: not simulated by mesh-harness: istioctl / },
      command,
    );
});
