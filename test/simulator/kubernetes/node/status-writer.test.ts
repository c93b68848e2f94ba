/** A pod's status is written by one write at a time, also where the API answers late or refuses. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import t from 'tap';
import type { ClusterClient } from '../../../../harness/simulator/kubernetes/client/cluster-client.ts';
import { endProcess } from '../../../../harness/simulator/kubernetes/client/defect.ts';
import type { Pod } from '../../../../harness/simulator/kubernetes/client/kinds.ts';
import { Supervisor } from '../../../../harness/simulator/kubernetes/client/supervisor.ts';
import { StatusWriter } from '../../../../harness/simulator/kubernetes/node/kubelet/status-writer.ts';
import { ApiError } from '../../../../harness/simulator/kubernetes/registry/status.ts';
import { VirtualClock } from '../../../../harness/simulator/network/virtual-clock.ts';

const POD: Pod = { metadata: { name: 'a', namespace: 'sample', uid: '1' }, spec: { containers: [] } };

/** An API server somewhere else: each write waits until the test answers it. */
class RemoteApi {
  cached: Pod = POD;
  readonly phases: (string | undefined)[] = [];
  #answer: ((error?: ApiError) => void) | undefined;

  readonly client = {
    get: () => this.cached,
    updateStatus: (_kind: string, pod: Pod) => {
      this.phases.push(pod.status?.phase);
      return new Promise((resolve, reject) => {
        this.#answer = error => {
          if (!error) this.cached = pod;
          if (error) reject(error);
          else resolve(pod);
        };
      });
    },
  } as unknown as Pick<ClusterClient, 'get' | 'updateStatus'>; // it knows pods alone

  async answer(error?: ApiError): Promise<void> {
    this.#answer?.(error);
    this.#answer = undefined;
    await nextTurn();
  }
}

function setUp() {
  const api = new RemoteApi();
  const known = { phase: 'Pending' };
  const component = new Supervisor(new VirtualClock(), endProcess).component('kubelet/n');
  const status = () => ({ phase: known.phase });
  return { api, known, writer: new StatusWriter({ client: api.client, component, pod: POD, status }) };
}

t.test('all changes of a moment make one write', async t => {
  const { api, known, writer } = setUp();
  writer.setDue();
  writer.setDue();
  known.phase = 'Running';
  await nextTurn();
  t.same(api.phases, ['Running']);
});

t.test('a change during a write is written after its answer', async t => {
  const { api, known, writer } = setUp();
  let isWritten = false;
  const written = writer.write().then(() => {
    isWritten = true;
  });
  known.phase = 'Running';
  const again = writer.write();
  t.same(api.phases, ['Pending'], 'one write at a time');
  await api.answer();
  t.same(api.phases, ['Pending', 'Running']);
  t.notOk(isWritten, 'the newest status has no answer yet');
  await api.answer();
  await Promise.all([written, again]);
});

t.test('the same status is not written again', async t => {
  const { api, writer } = setUp();
  const written = writer.write();
  await api.answer();
  await written;
  await writer.write();
  t.same(api.phases, ['Pending']);
});

t.test('a write that met a conflict is tried again when the cache has a newer pod', async t => {
  const { api, writer } = setUp();
  const written = writer.write();
  await api.answer(new ApiError(409, 'Conflict', 'the object has been modified'));
  await written;
  t.same(api.phases, ['Pending'], 'not before');
  writer.cacheChanged();
  await nextTurn();
  t.same(api.phases, ['Pending', 'Pending']);
});

t.test('nothing is written of a pod that is gone', async t => {
  const { api, writer } = setUp();
  writer.stop();
  await writer.write();
  t.same(api.phases, []);
});
