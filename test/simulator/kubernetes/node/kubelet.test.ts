import t from 'tap';
import { deployment, service, TestWorld } from '../test-world.ts';

t.test('a deployment becomes a running pod that a Service leads to', async t => {
  await using world = new TestWorld();
  world.create('services', service('web'));
  world.create('deployments.apps', deployment('web', { ports: [{ containerPort: 8080 }] }));
  world.create('deployments.apps', deployment('client', { command: ['/bin/sleep'], args: ['1d'] }));
  const web = await world.readyPod('web-');
  const client = await world.readyPod('client-');
  t.equal(web.status?.phase, 'Running');
  t.match(web.status?.podIP, /^10\.10\./);
  t.equal(web.status?.containerStatuses?.[0]?.ready, true);
  for (const name of ['web', 'web.sample', 'web.sample.svc.cluster.local']) {
    const { output, end } = await world.exec(client, 'main', 'get', name, '80');
    t.equal(output, `hello from ${web.metadata.name}\n`, name);
    t.match(end, { kind: 'exited', exitCode: 0 });
  }
  t.equal((await world.exec(client, 'main', 'get', 'nobody', '80')).output, 'ENOTFOUND\n');
  const events = world.events('Pod').map(({ reason }) => reason);
  for (const reason of ['Scheduled', 'Pulling', 'Pulled', 'Created', 'Started'])
    t.ok(events.includes(reason), reason);
});

const waitingReason = (world: TestWorld, prefix: string) =>
  world.until(() => {
    const pod = world.pods().find(({ metadata }) => metadata.name?.startsWith(prefix));
    return pod?.status?.containerStatuses?.[0]?.state.waiting?.reason;
  });

t.test('a pod whose readiness probe fails runs, but is not ready and serves nothing', async t => {
  await using world = new TestWorld();
  world.create('services', service('web'));
  const readinessProbe = {
    httpGet: { path: '/ready', port: 8080 },
    initialDelaySeconds: 1,
    periodSeconds: 2,
  };
  const env = [{ name: 'READY_AFTER_MS', value: '20000' }];
  world.create('deployments.apps', deployment('web', { readinessProbe, env }));
  const pod = await world.until(() => world.pods().find(({ status }) => status?.phase === 'Running'));
  await world.advance(7);
  const status = world.client.get('pods', 'sample', pod.metadata.name ?? '')?.status;
  t.match(status?.containerStatuses, [{ ready: false, started: true, state: { running: {} } }]);
  t.match(
    status?.conditions?.find(({ type }) => type === 'Ready'),
    { status: 'False', reason: 'ContainersNotReady', message: 'containers with unready status: [main]' },
  );
  t.match(world.client.get('endpoints', 'sample', 'web')?.subsets, [
    { notReadyAddresses: [{ ip: status?.podIP }], addresses: undefined },
  ]);
  t.match(
    world.events('Pod').find(({ reason }) => reason === 'Unhealthy'),
    { message: 'Readiness probe failed: HTTP probe failed with statuscode: 503', count: 4 },
  );
  await world.readyPod('web-');
  t.match(world.client.get('endpoints', 'sample', 'web')?.subsets, [{ addresses: [{ ip: status?.podIP }] }]);
  t.match(world.client.get('deployments.apps', 'sample', 'web')?.status, { readyReplicas: 1 });
});

t.test('what keeps a container from starting is its waiting reason', async t => {
  const cases = [
    {
      name: 'unknown',
      container: { image: 'nowhere/to/be/found:1' },
      reason: 'ErrImagePull',
      later: 'ImagePullBackOff',
    },
    { name: 'auto', container: { image: 'auto' }, reason: 'ErrImagePull', later: 'ImagePullBackOff' },
    {
      name: 'key',
      container: { env: [{ name: 'A', valueFrom: { configMapKeyRef: { name: 'nope', key: 'k' } } }] },
      reason: 'CreateContainerConfigError',
      later: 'CreateContainerConfigError',
    },
    {
      name: 'never',
      container: { imagePullPolicy: 'Never' },
      reason: 'ErrImageNeverPull',
      later: 'ErrImageNeverPull',
    },
  ];
  await using world = new TestWorld();
  for (const { name, container } of cases) world.create('deployments.apps', deployment(name, container));
  for (const { name, reason, later } of cases) {
    const first = await world.until(() => {
      const pod = world.pods().find(({ metadata }) => metadata.name?.startsWith(`${name}-`));
      const found = pod?.status?.containerStatuses?.[0]?.state.waiting?.reason;
      return found === 'ContainerCreating' ? undefined : found;
    });
    t.ok([reason, later].includes(first), `${name}: ${first}`);
  }
  await world.advance(5);
  for (const { name, later } of cases) t.equal(await waitingReason(world, `${name}-`), later, name);
  t.ok(world.pods().every(({ status }) => status?.phase === 'Pending'));
});

t.test('a pod waits for its volumes in ContainerCreating, and for optional ones not at all', async t => {
  await using world = new TestWorld();
  const volumes = [
    { name: 'root', configMap: { name: 'root-cert' } },
    { name: 'maybe', secret: { secretName: 'cacerts', optional: true } },
  ];
  const volumeMounts = [
    { name: 'root', mountPath: '/etc/root' },
    { name: 'maybe', mountPath: '/etc/cacerts' },
  ];
  world.create('deployments.apps', deployment('web', { volumeMounts }, { podSpec: { volumes } }));
  await world.advance(20);
  const [pod] = world.pods();
  t.equal(pod?.status?.phase, 'Pending');
  t.match(pod?.status?.containerStatuses, [{ state: { waiting: { reason: 'ContainerCreating' } } }]);
  t.equal(pod?.status?.podIP, undefined);
  t.match(
    world.events('Pod').find(({ reason }) => reason === 'FailedMount'),
    { message: 'MountVolume.SetUp failed for volume "root" : configmap "root-cert" not found' },
  );
  world.create('configmaps', {
    metadata: { name: 'root-cert', namespace: 'sample' },
    data: { 'root.pem': 'one' },
  });
  const ready = await world.readyPod('web-');
  t.equal((await world.exec(ready, 'main', 'cat', '/etc/root/root.pem')).output, 'one');
  t.match((await world.exec(ready, 'main', 'cat', '/etc/cacerts/ca.pem')).end, { exitCode: 1 });

  const map = world.client.get('configmaps', 'sample', 'root-cert');
  if (map) world.client.update('configmaps', { ...map, data: { 'root.pem': 'two' } });
  await world.advance(61);
  t.equal(
    (await world.exec(ready, 'main', 'cat', '/etc/root/root.pem')).output,
    'two',
    'contents are refreshed',
  );
});

t.test('a program sees its environment, its token and its user', async t => {
  await using world = new TestWorld();
  world.create('configmaps', {
    metadata: { name: 'settings', namespace: 'sample' },
    data: { color: 'blue' },
  });
  world.create('secrets', {
    metadata: { name: 'keys', namespace: 'sample' },
    data: { key: Buffer.from('hush').toString('base64') },
  });
  const container = {
    env: [
      { name: 'POD_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
      { name: 'POD_IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
      { name: 'APP', valueFrom: { fieldRef: { fieldPath: "metadata.labels['app']" } } },
      { name: 'COLOR', valueFrom: { configMapKeyRef: { name: 'settings', key: 'color' } } },
      { name: 'KEY', valueFrom: { secretKeyRef: { name: 'keys', key: 'key' } } },
      { name: 'GREETING', value: 'I am $(POD_NAME), not $(NOBODY), $$(POD_NAME)' },
      { name: 'CPUS', valueFrom: { resourceFieldRef: { resource: 'limits.cpu' } } },
    ],
    envFrom: [{ prefix: 'S_', configMapRef: { name: 'settings' } }],
    securityContext: { runAsUser: 1337 },
    volumeMounts: [{ name: 'tokens', mountPath: '/var/run/secrets/tokens' }],
  };
  const volumes = [
    {
      name: 'tokens',
      projected: {
        sources: [
          { serviceAccountToken: { audience: 'istio-ca', expirationSeconds: 43200, path: 'istio-token' } },
        ],
      },
    },
  ];
  world.create('deployments.apps', deployment('web', container, { podSpec: { volumes } }));
  const pod = await world.readyPod('web-');
  const { output } = await world.exec(pod, 'main', 'env');
  const env = Object.fromEntries(
    output.split('\n').map(line => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
  const name = pod.metadata.name ?? '';
  t.match(env, {
    POD_NAME: name,
    POD_IP: pod.status?.podIP,
    APP: 'web',
    COLOR: 'blue',
    S_color: 'blue',
    KEY: 'hush',
    GREETING: `I am ${name}, not $(NOBODY), $(POD_NAME)`,
    CPUS: '8',
    HOSTNAME: name,
    FROM_IMAGE: 'yes',
    KUBERNETES_SERVICE_HOST: '10.255.0.1',
    KUBERNETES_SERVICE_PORT: '443',
  });
  const token = (await world.exec(pod, 'main', 'cat', '/var/run/secrets/tokens/istio-token')).output;
  const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Record<
    string,
    unknown
  >;
  t.match(claims, { aud: ['istio-ca'], sub: 'system:serviceaccount:sample:default' });
  const folder = '/var/run/secrets/kubernetes.io/serviceaccount';
  t.equal((await world.exec(pod, 'main', 'cat', `${folder}/ca.crt`)).output, 'the root');
  t.equal((await world.exec(pod, 'main', 'cat', `${folder}/namespace`)).output, 'sample');
  t.match(
    (await world.exec(pod, 'main', 'cat', '/etc/resolv.conf')).output,
    /^search sample.svc.cluster.local/,
  );
  const written: string[] = [];
  const signal = new AbortController().signal;
  const options = { follow: false, previous: false, timestamps: false };
  await world.sessions.logs({ ...pod }, 'main', options, text => written.push(text), signal);
  t.equal(written.join(''), 'listening as 1337\n');
});

t.test('a program that ends is started again, later each time', async t => {
  await using world = new TestWorld();
  world.create('deployments.apps', deployment('bad', { command: ['/bin/fail', '3', '500'] }));
  await world.advance(25);
  const [pod] = world.pods();
  const [status] = pod?.status?.containerStatuses ?? [];
  t.match(status, {
    restartCount: 2,
    state: { waiting: { reason: 'CrashLoopBackOff' } },
    lastState: { terminated: { exitCode: 3, reason: 'Error' } },
  });
  t.match(status?.state.waiting?.message, /^back-off 20s restarting failed container=main pod=bad-/);
  t.equal(pod?.status?.phase, 'Running');
  await world.advance(300);
  t.equal(world.pods()[0]?.status?.containerStatuses?.[0]?.restartCount, 6);
});

t.test('init containers run in order, and sidecars among them stay', async t => {
  await using world = new TestWorld();
  const initContainers = [
    { name: 'setup', image: 'tiny:1', command: ['/bin/fail', '0', '3000'] },
    {
      name: 'proxy',
      image: 'tiny:1',
      restartPolicy: 'Always',
      env: [
        { name: 'PORT', value: '9000' },
        { name: 'READY_AFTER_MS', value: '5000' },
      ],
      startupProbe: { httpGet: { path: '/ready', port: 9000 }, periodSeconds: 1, failureThreshold: 600 },
    },
  ];
  world.create('deployments.apps', deployment('app', {}, { podSpec: { initContainers } }));
  await world.advance(3);
  t.match(world.pods()[0]?.status, {
    phase: 'Pending',
    initContainerStatuses: [
      { state: { running: {} } },
      { state: { waiting: { reason: 'PodInitializing' } } },
    ],
    containerStatuses: [{ state: { waiting: { reason: 'PodInitializing' } } }],
  });
  await world.advance(4);
  t.match(world.pods()[0]?.status, {
    phase: 'Pending',
    initContainerStatuses: [
      { state: { terminated: { exitCode: 0 } } },
      { started: false, state: { running: {} } },
    ],
    containerStatuses: [{ state: { waiting: { reason: 'PodInitializing' } } }],
  });
  const pod = await world.readyPod('app-');
  t.match(pod.status?.initContainerStatuses, [{}, { started: true, ready: true, state: { running: {} } }]);
});

t.test('a deleted pod gets a signal, and a stubborn one is killed after its grace', async t => {
  await using world = new TestWorld();
  world.create('pods', {
    metadata: { name: 'polite', namespace: 'sample' },
    spec: { containers: [{ name: 'main', image: 'tiny' }], terminationGracePeriodSeconds: 30 },
  });
  world.create('pods', {
    metadata: { name: 'stubborn', namespace: 'sample' },
    spec: {
      containers: [{ name: 'main', image: 'tiny', command: ['stubborn'] }],
      terminationGracePeriodSeconds: 7,
    },
  });
  await world.readyPod('polite');
  await world.readyPod('stubborn');
  const startedAt = world.clock.now();
  for (const name of ['polite', 'stubborn']) world.client.local.delete('pods', 'sample', name);
  t.equal(world.pods().length, 2, 'they are Terminating first');
  await world.until(() => world.pods().length === 1 || undefined);
  t.ok(world.clock.now() - startedAt < 2_000);
  await world.until(() => world.pods().length === 0 || undefined);
  const seconds = (world.clock.now() - startedAt) / 1000;
  t.ok(seconds >= 7 && seconds < 8, `${seconds} s`);
});

t.test('what cannot be executed says so', async t => {
  await using world = new TestWorld();
  world.create('deployments.apps', deployment('web'));
  const pod = await world.readyPod('web-');
  t.match((await world.exec(pod, 'main', 'bash', '-c', 'x')).end, {
    kind: 'failed',
    message: /exec: "bash": executable file not found in \$PATH: unknown$/,
  });
  t.match((await world.exec(pod, 'other', 'env')).end, {
    kind: 'failed',
    message: 'container not found ("other")',
  });
  t.match((await world.exec(pod, 'main', 'fail', '42')).end, { kind: 'exited', exitCode: 42 });
});

t.test('a liveness probe that fails restarts the container', async t => {
  await using world = new TestWorld();
  const livenessProbe = { tcpSocket: { port: 1 }, periodSeconds: 1, failureThreshold: 2 };
  world.create('deployments.apps', deployment('web', { livenessProbe }));
  await world.until(() =>
    (world.pods()[0]?.status?.containerStatuses?.[0]?.restartCount ?? 0) > 0 ? true : undefined,
  );
  t.match(
    world.events('Pod').find(({ reason }) => reason === 'Killing'),
    { message: 'Container main failed liveness probe, will be restarted' },
  );
});

t.test('a port is forwarded to the loopback of the pod', async t => {
  await using world = new TestWorld();
  world.create('deployments.apps', deployment('web'));
  const pod = await world.readyPod('web-');
  const good = world.sessions.portForward({ ...pod }, 8080);
  good.write('GET / HTTP/1.0\r\n\r\n');
  let reply = '';
  for await (const chunk of good) reply += String(chunk);
  t.match(reply, `hello from ${pod.metadata.name}`);
  const bad = world.sessions.portForward({ ...pod }, 81);
  const error = await new Promise<Error>(resolve => bad.once('error', resolve));
  t.equal(error.message, 'dial tcp4 127.0.0.1:81: connect: connection refused');
});

t.test('a postStart hook that fails restarts the container', async t => {
  await using world = new TestWorld();
  world.create(
    'deployments.apps',
    deployment('web', { lifecycle: { postStart: { exec: { command: ['fail', '1'] } } } }),
  );
  await world.until(() =>
    (world.pods()[0]?.status?.containerStatuses?.[0]?.restartCount ?? 0) > 0 ? true : undefined,
  );
  t.ok(world.events('Pod').some(({ reason }) => reason === 'FailedPostStartHook'));
});

t.test('a pod that runs to its end has succeeded or failed', async t => {
  await using world = new TestWorld();
  for (const [name, code] of [
    ['good', '0'],
    ['bad', '2'],
  ] as const) {
    world.create('pods', {
      metadata: { name, namespace: 'sample' },
      spec: {
        restartPolicy: 'Never',
        containers: [{ name: 'main', image: 'tiny', command: ['fail', code] }],
      },
    });
  }
  await world.advance(5);
  t.equal(world.client.get('pods', 'sample', 'good')?.status?.phase, 'Succeeded');
  t.equal(world.client.get('pods', 'sample', 'bad')?.status?.phase, 'Failed');
});

t.test('a pod with gates gets a node when the last one is gone', async t => {
  await using world = new TestWorld();
  const gates = ['example.com/a', 'example.com/b'].map(name => ({ name }));
  const spec = { containers: [{ name: 'main', image: 'tiny:1' }], schedulingGates: gates };
  world.create('pods', { metadata: { name: 'p', namespace: 'sample' }, spec });
  const nodeOf = () => world.client.get('pods', 'sample', 'p')?.spec.nodeName;
  const leave = (count: number) =>
    world.client.local.modify('pods', 'sample', 'p', draft => {
      (draft['spec'] as Record<string, unknown>)['schedulingGates'] = gates.slice(0, count);
    });
  await world.advance(5);
  t.equal(nodeOf(), undefined);
  leave(1);
  await world.advance(5);
  t.equal(nodeOf(), undefined);
  leave(0);
  await world.readyPod('p');
});
