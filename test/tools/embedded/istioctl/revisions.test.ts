/** R12: two control planes in one cluster, tags, and which of them a pod gets. */
import t from 'tap';
import { toolsWorld } from '../../../support/tools-world.ts';

const NAMESPACE = (name: string, labels: string) =>
  `apiVersion: v1\nkind: Namespace\nmetadata:\n  name: ${name}\n  labels: {${labels}}\n`;
const POD = (namespace: string, labels = '') => `apiVersion: v1
kind: Pod
metadata: {name: curl, namespace: ${namespace}, labels: {app: curl${labels}}}
spec:
  containers: [{name: curl, image: curlimages/curl, command: [/bin/sleep, infinity]}]
`;

for (const istioVersion of ['1.8.0', '1.30.3'])
  t.test(`${istioVersion}: revisions side by side`, async t => {
    await using world = await toolsWorld(
      {
        'namespaces.yaml': [
          NAMESPACE('a', 'istio-injection: enabled'),
          NAMESPACE('b', 'istio.io/rev: canary'),
          NAMESPACE('c', 'istio.io/rev: prod'),
          NAMESPACE('d', 'istio.io/rev: nobody'),
        ].join('---\n'),
        'pods.yaml': ['a', 'b', 'c', 'd'].map(name => POD(name)).join('---\n'),
      },
      { istioVersion },
    );
    const ok = async (line: string, stdout: string | RegExp = /^/) =>
      t.match(await world.run(line), { exitCode: 0, stdout }, line);
    const discovery = async (namespace: string) => {
      const line = `kubectl get pod curl -n ${namespace} -o jsonpath='{.spec}'`;
      const { stdout } = await world.run(line);
      return /istiod[a-z0-9-]*\.istio-system\.svc:15012/.exec(stdout)?.[0];
    };
    await ok('istioctl install -y');
    await ok('istioctl install -y --set profile=minimal --revision canary');
    await ok('kubectl get deploy istiod istiod-canary -n istio-system');
    await ok('kubectl get cm istio-canary istio-sidecar-injector-canary -n istio-system');
    const hasTags = istioVersion !== '1.8.0';
    if (hasTags) {
      await ok(
        'istioctl tag set prod --revision canary',
        /^Revision tag "prod" created, referencing control/,
      );
      await ok('istioctl tag list', /^TAG +REVISION +NAMESPACES\nprod +canary +\ndefault +default +\n$/);
    }
    await ok('kubectl apply -f namespaces.yaml');
    await ok('kubectl apply -f pods.yaml');
    await ok('kubectl wait --for=condition=Ready pod/curl -n a --timeout=60s');
    await ok('kubectl wait --for=condition=Ready pod/curl -n b --timeout=60s');
    t.equal(await discovery('a'), 'istiod.istio-system.svc:15012');
    t.equal(await discovery('b'), 'istiod-canary.istio-system.svc:15012');
    t.equal(await discovery('c'), hasTags ? 'istiod-canary.istio-system.svc:15012' : undefined);
    t.equal(await discovery('d'), undefined, 'nobody has that name');
    await ok('istioctl proxy-status', /curl\.a +.*istiod-[a-z0-9]+-[a-z0-9]+ .*\ncurl\.b +.*istiod-canary-/s);
    if (!hasTags) return;

    await ok(
      'istioctl tag list -o json',
      /"tag": "prod",\n\t\t"revision": "canary",\n\t\t"namespaces": \[\n\t\t\t"c"/,
    );
    const refusals: readonly [line: string, stderr: string | RegExp][] = [
      [
        'istioctl tag set prod --revision default',
        'Error: revision tag "prod" already exists, and --overwrite is false\n',
      ],
      ['istioctl tag set canary --revision default', /found existing control plane revision with same name/],
      [
        'istioctl tag set x --revision none',
        /cannot find MutatingWebhookConfiguration or Service with revision "none"/,
      ],
      ['istioctl tag set x', 'Error: required flag(s) "revision" not set\n'],
      ['istioctl tag remove none -y', /^Error: cannot remove tag "none"/],
      ['istioctl install -y --revision Canary_1', /invalid revision specified/],
      ['istioctl uninstall -y --revision none', 'Error: could not find target revision\n'],
    ];
    for (const [line, stderr] of refusals) t.match(await world.run(line), { exitCode: 1, stderr }, line);

    await ok('istioctl tag generate x --revision canary', /name: istio-revision-tag-x/);
    await ok('istioctl tag set prod --revision default --overwrite');
    await ok('kubectl delete pod curl -n c');
    await ok('kubectl apply -f pods.yaml');
    t.equal(await discovery('c'), 'istiod.istio-system.svc:15012', 'the tag stands for another revision');
    await ok('istioctl tag set default --revision canary --overwrite');
    await ok('kubectl delete pod curl -n a');
    await ok('kubectl apply -f pods.yaml');
    t.equal(await discovery('a'), 'istiod-canary.istio-system.svc:15012', 'canary is the default now');
    await ok('istioctl tag set default --revision default --overwrite');
    await ok('istioctl tag remove prod -y', 'Revision tag prod removed\n');
    await ok('istioctl uninstall -y --revision canary', /Removed Deployment:istio-system:istiod-canary/);
    await ok('kubectl get deploy istiod -n istio-system');
    t.match(await world.run('kubectl get deploy istiod-canary -n istio-system'), { exitCode: 1 });
    await ok('kubectl get crd gateways.networking.istio.io');
  });

t.test('a revision that comes first is the default one', async t => {
  await using world = await toolsWorld({}, { istioVersion: '1.30.3' });
  t.match(await world.run('istioctl install -y --set profile=minimal --set revision=1-30'), { exitCode: 0 });
  t.match(await world.run('istioctl tag list'), { stdout: /\ndefault +1-30 +\n/ });
  const hook = 'kubectl get mutatingwebhookconfiguration istio-revision-tag-default -o yaml';
  t.match(await world.run(hook), { stdout: /name: istiod-1-30\n/ });
});
