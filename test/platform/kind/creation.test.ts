/** How creations are paced, what a failed one says, and which is tried again. */
import t from 'tap';
import { Places } from '../../../harness/base/places.ts';
import { clusterName } from '../../../harness/model/names.ts';
import { loadOf, paceOf } from '../../../harness/platform/kind/creation-pace.ts';
import { tellsNothing } from '../../../harness/platform/kind/exported-files.ts';
import {
  creationError,
  type FailedCreation,
  missedDeadline,
} from '../../../harness/platform/kind/failed-creation.ts';
import { kubeletCausesIn } from '../../../harness/platform/kind/kubelet-causes.ts';
import { Portions } from '../../../harness/platform/kind/portions.ts';
import {
  GAVE_UP,
  KUBELET_MUTE,
  KUBELET_REFUSES,
  kubeadmGaveUp,
  NO_CAPABILITY,
  PHASES,
} from '../../support/creation-texts.ts';

const GIB = 2 ** 30;

const failed = (said: string, endedByItself = true): FailedCreation => ({
  cluster: clusterName('cluster1'),
  line: 'kind create cluster --name mh-a1b2-cluster1',
  how: endedByItself ? 'ended with exit code 1' : 'was killed',
  endedByItself,
  said,
});

t.test('clusters are made side by side unless something is short', async t => {
  for (const [name, machine, clusters, atOnce, because] of [
    ['what CI has', { cpus: 2, memoryBytes: 3.8 * GIB }, 2, 2, undefined],
    ['a quiet machine after a minute of tests', { cpus: 2, memoryBytes: 8 * GIB, load: 4 }, 2, 2, undefined],
    ['a busy one', { cpus: 2, memoryBytes: 24 * GIB, load: 15 }, 2, 1, 'a load of 15.0 on 2 processors'],
    ['the same load on a large one', { cpus: 16, memoryBytes: 64 * GIB, load: 15 }, 2, 2, undefined],
    ['one processor', { cpus: 1, memoryBytes: 8 * GIB }, 2, 1, '1 processors'],
    ['little memory', { cpus: 8, memoryBytes: 2 * GIB }, 2, 1, '2.0 GiB of memory'],
    ['hardly any', { cpus: 8, memoryBytes: GIB }, 2, 1, '1.0 GiB of memory'],
    ['many clusters', { cpus: 4, memoryBytes: 16 * GIB }, 10, 4, '4 processors'],
    ['one cluster on a busy machine', { cpus: 2, memoryBytes: 8 * GIB, load: 40 }, 1, 1, undefined],
    ['an engine that says nothing', { cpus: 0, memoryBytes: 0 }, 3, 3, undefined],
  ] as const) {
    t.strictSame(paceOf(machine, clusters), { atOnce, ...(because && { because }) }, name);
  }
  t.equal(
    loadOf(() => '17.25 9.1 4.0 3/412 9\n'),
    17.25,
  );
  t.equal(
    loadOf(() => ''),
    undefined,
  );
  t.equal(
    loadOf(() => {
      throw new Error('ENOENT');
    }),
    undefined,
  );
});

t.test('places are given in turn, once each, and not to those who no longer want one', async t => {
  const places = new Places(1);
  const { signal } = new AbortController();
  const order: string[] = [];
  const leave = await places.take(signal);
  const others = ['a', 'b'].map(async name => {
    const end = await places.take(signal);
    order.push(name);
    return end;
  });
  await new Promise(setImmediate);
  t.same(order, [], 'it is taken');
  leave();
  leave();
  const end = await others[0];
  await new Promise(setImmediate);
  t.same(order, ['a'], 'one place, given back once');
  end?.();
  (await others[1])?.();
  const controller = new AbortController();
  (await places.take(controller.signal))();
  await places.take(signal);
  const waiting = places.take(controller.signal);
  controller.abort(new Error('the run is over'));
  await t.rejects(waiting, { message: 'the run is over' });
});

t.test("what missed kubeadm's minute is tried again, and nothing else", async t => {
  for (const [name, failure, again] of [
    ['no first answer of the API server', failed(PHASES + kubeadmGaveUp()), true],
    [
      'an API server that answers too slowly',
      failed(
        'error: error execution phase upload-config/kubeadm: error uploading the kubeadm ClusterConfiguration: Post "https://a:6443/api": net/http: TLS handshake timeout\n',
      ),
      true,
    ],
    [
      'kubeadm of 1.30, a line for each cause',
      failed(
        'client rate limiter Wait returned an error: context deadline exceeded\ncould not bootstrap the admin user in file admin.conf\nerror execution phase kubeconfig\n',
      ),
      true,
    ],
    ['a kubelet that never answers', failed(KUBELET_MUTE), false],
    [
      'a part that is not healthy for four minutes',
      failed(
        'error: error execution phase wait-control-plane: failed while waiting for the control plane to start: kube-apiserver check failed: Get "https://a:6443/livez": context deadline exceeded\n',
      ),
      false,
    ],
    ['no capability', failed(NO_CAPABILITY), false],
    ['a killed kind', failed(PHASES + kubeadmGaveUp(), false), false],
    [
      'an image that is not there',
      failed('ERROR: failed to pull image "a": context deadline exceeded\n'),
      false,
    ],
  ] as const) {
    t.equal(missedDeadline(failure), again, name);
  }
});

t.test('a failed creation begins with its cause and says where the rest is', async t => {
  const kubelets = kubeletCausesIn(KUBELET_REFUSES);
  t.equal(kubelets.length, 1, 'a kubelet that ends again and again is told once');
  t.same(kubeletCausesIn('I1130 06:54:08.123456 167 server.go:525] "Kubelet version"\n'), []);

  const [first, second, line] = creationError(failed(PHASES + kubeadmGaveUp()), { kubelets }).message.split(
    '\n',
  );
  t.match(first, /^kind could not create cluster1: failed to validate kubelet configuration/);
  t.equal(second, GAVE_UP);
  t.match(line, /^kind create cluster --name mh-a1b2-cluster1 ended with exit code 1\.$/);

  const late = creationError(failed(PHASES + kubeadmGaveUp()), { kubelets: [] });
  t.match(late.message, `kind could not create cluster1: ${GAVE_UP}\n`);
  t.ok(late.message.split('\n').length <= 18, 'it is short');
  t.notMatch(late.message, /round_trippers|runtime\.goexit/);
  t.match(late.message, /kind\/cluster1\.log of the diagnostics\.$/);
  t.match(late.hint, /kubeadm waits a minute/);

  t.notMatch(
    creationError(failed(PHASES, false), { kubelets: [] }).message,
    /KIND_EXPERIMENTAL_PROVIDER|cgroup v1|dragons/,
    'nothing that every run has',
  );
  const killed = creationError(failed(PHASES, false), { kubelets: [] }).message;
  t.match(killed, /^kind could not create cluster1\nkind create cluster --name \S+ was killed\.\n/);
  const secret = creationError(failed('ERROR: "token":"abcdefghijklmnopqrstuv"\n'), { kubelets: [] });
  t.notMatch(secret.message, /abcdefghij/, 'no credentials');
});

t.test('many like pieces are told of at their beginning and after each quarter', async t => {
  const toldOf = (count: number) => {
    const told: string[] = [];
    const portions = new Portions(
      count,
      words => told.push(words),
      (done, all) => `${done} of ${all}`,
    );
    for (let piece = 0; piece < count; piece++) portions.add();
    return told;
  };
  t.same(toldOf(0), []);
  t.same(toldOf(2), ['0 of 2', '1 of 2', '2 of 2']);
  t.same(toldOf(12), ['0 of 12', '3 of 12', '6 of 12', '9 of 12', '12 of 12']);
});

t.test('binary journals, logins and logs of packages are for nobody', async t => {
  const node = 'mh-a1b2-cluster1-control-plane';
  for (const file of [
    `${node}/journal/1a2b3c/system.journal`,
    `${node}/journal/1a2b3c/user-1000.journal~`,
    `${node}/wtmp`,
    `${node}/btmp.1`,
    `${node}/lastlog`,
    `${node}/apt/history.log`,
    `${node}/dpkg.log.1`,
    `${node}/alternatives.log`,
    `${node}/pods/a/b/0.log.20261130.gz`,
  ])
    t.ok(tellsNothing(file), file);
  for (const file of [
    `${node}/journal.log`,
    `${node}/kubelet.log`,
    `${node}/containerd.log`,
    `${node}/containers/etcd-a.log`,
    `${node}/pods/kube-system_adapter/apt-proxy/0.log`,
    'docker-info.txt',
  ])
    t.notOk(tellsNothing(file), file);
});
