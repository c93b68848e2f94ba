/** R6, R18, R22, R25: operators as teams write them, put into a cluster. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { ROOT } from '../../../support/cli.ts';
import { toolsWorld } from '../../../support/tools-world.ts';

const FOLDER = path.join(ROOT, 'test/simulator/istio/install/operators');
const textOf = (name: string) => readFileSync(path.join(FOLDER, name), 'utf8');
const OPERATOR = (spec: string) =>
  `apiVersion: install.istio.io/v1alpha1\nkind: IstioOperator\nspec:\n${spec.replace(/^/gm, '  ')}\n`;

t.test('R22, R6: a workshop’s operator is installed whole', async t => {
  await using world = await toolsWorld(
    {
      'workshop.yaml': textOf('workshop.yaml'),
      'selectors.yaml': OPERATOR('meshConfig:\n  discoverySelectors: [{matchLabels: {a: b}}]'),
    },
    { istioVersion: '1.30.3' },
  );
  const ok = async (line: string, stdout: string | RegExp = /^/) =>
    t.match(await world.run(line), { exitCode: 0, stdout }, line);
  await ok('kubectl create namespace istio-gateways');
  await ok(
    'istioctl install -y -f workshop.yaml',
    /✔ Ingress gateways installed.*\n(.*\n)*✔ Installation complete/,
  );
  const service = 'kubectl get svc istio-eastwestgateway -n istio-gateways -o jsonpath=';
  await ok(
    `${service}'{.spec.type} {.spec.ports[0].nodePort} {.spec.externalTrafficPolicy}'`,
    'NodePort 31443 Local',
  );
  const ready = 'kubectl get deploy istio-eastwestgateway -n istio-gateways -o jsonpath=';
  await ok(`${ready}'{.status.readyReplicas}'`, '1');
  await ok('kubectl get cm istio-1-30 -n istio-system -o yaml', /rootNamespace: istio-config/);
  await ok('istioctl install -y -f selectors.yaml --set profile=minimal --revision second');
  await ok('kubectl get cm istio-second -n istio-system -o yaml', /discoverySelectors:/);
});

t.test('R25: what is not simulated is left out by force, and told', async t => {
  await using world = await toolsWorld(
    {
      'a.yaml': OPERATOR(
        'profile: ambient\nmeshConfig: {h2UpgradePolicy: UPGRADE}\ncomponents:\n  cni: {enabled: true}',
      ),
    },
    { istioVersion: '1.30.3' },
  );
  t.match(await world.run('istioctl install -y -f a.yaml'), {
    exitCode: 1,
    stderr:
      /not simulated by mesh-harness: profile ambient\nnot simulated .*: meshConfig.h2UpgradePolicy\n\(use --force/,
  });
  t.match(await world.run('istioctl install -y -f a.yaml --force'), {
    exitCode: 0,
    stderr:
      /! not simulated by mesh-harness: profile ambient\n! .*h2UpgradePolicy\n! components.cni is not simulated and has no effect: istio-init/,
  });
  t.match(
    await world.run(
      'istioctl install -y --set components.ingressGateways[0].name=other --set components.ingressGateways[0].k8s.replicaCount=2',
    ),
    {
      exitCode: 0,
    },
  );
  t.match(await world.run('kubectl get deploy -n istio-system -o name'), {
    stdout: 'deployment.apps/istiod\ndeployment.apps/other\n',
  });
});

t.test('R18: a host name in place of an address leaves no slice behind', async t => {
  await using world = await toolsWorld({}, { istioVersion: '1.30.3' });
  const install = (address: string) =>
    world.run(`istioctl install -y --set profile=remote --set values.global.remotePilotAddress=${address}`);
  t.match(await install('172.18.0.9'), { exitCode: 0 });
  t.match(await world.run('kubectl get endpointslices -n istio-system -o name'), { stdout: /\/istiod\n/ });
  t.match(await install('istiod.example.org'), { exitCode: 0 });
  t.match(await world.run('kubectl get svc istiod -n istio-system'), {
    stdout: /ExternalName .*istiod\.example\.org/,
  });
  t.notMatch((await world.run('kubectl get endpointslices -n istio-system -o name')).stdout, /\/istiod\n/);
});
