/** R18: a remote cluster whose control plane is known by an address first, and by a name later. */
import t from 'tap';
import { toolsWorld } from '../../../support/tools-world.ts';

const REMOTE = (address: string) => `apiVersion: install.istio.io/v1alpha1
kind: IstioOperator
spec:
  profile: remote
  values:
    global: { remotePilotAddress: ${address} }
`;

t.test('the slice with the old address goes, others stay', async t => {
  await using world = await toolsWorld(
    {
      'address.yaml': REMOTE('172.18.9.9'),
      'name.yaml': REMOTE('istiod.example.org'),
      'own.yaml': `apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: { name: own, namespace: istio-system, labels: { kubernetes.io/service-name: istiod } }
addressType: IPv4
endpoints: [{ addresses: [172.18.9.8] }]
ports: [{ name: tcp-istiod, port: 15012, protocol: TCP }]
`,
    },
    { istioVersion: '1.30.3' },
  );
  const slices = async () => {
    const { stdout } = await world.run(
      `kubectl get endpointslices -n istio-system -o jsonpath='{.items[*].endpoints[*].addresses[*]}'`,
    );
    return stdout;
  };
  const type = async () =>
    (await world.run(`kubectl get svc istiod -n istio-system -o jsonpath='{.spec.type}'`)).stdout;
  t.match(await world.run('istioctl install -y -f address.yaml'), { exitCode: 0 });
  t.equal(await type(), 'ClusterIP');
  t.match(await slices(), '172.18.9.9');
  t.match(await world.run('kubectl apply -f own.yaml'), { exitCode: 0 });
  t.match(await world.run('istioctl install -y -f name.yaml'), { exitCode: 0 });
  t.equal(await type(), 'ExternalName');
  t.notMatch(await slices(), '172.18.9.9');
  t.match(await slices(), '172.18.9.8', 'what somebody else wrote');
  t.match(await world.run('istioctl install -y -f address.yaml'), { exitCode: 0 });
  t.equal(await type(), 'ClusterIP');
  t.match(await slices(), '172.18.9.9');
});
