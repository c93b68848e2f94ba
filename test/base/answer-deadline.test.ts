/** A server that does not answer is left after a while, and it is told what it answered last. */
import t from 'tap';
import { AnswerDeadline } from '../../harness/base/answer-deadline.ts';
import { KubernetesApiError, KubernetesClient } from '../../harness/base/kubernetes-client.ts';
import { muteServer } from '../support/mute-server.ts';
import { JumpingClock } from '../support/small-plan.ts';

const never = (signal: AbortSignal): Promise<never> =>
  new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('cut off'))));
const answers = async () => 'yes';
const refuses = () => Promise.reject(new KubernetesApiError(403, { message: 'no' }));

t.test('one who is silent has less time until he answers', async t => {
  const limit = { clock: new JumpingClock(), readMs: 15_000 };
  const deadline = new AnswerDeadline('https://a:6443', limit);
  const silent = (what: string, message: RegExp) =>
    t.rejects(deadline.wait(what, undefined, never), { code: 'ERR_KUBERNETES_API', message });
  await silent(
    'GET /a',
    /^https:\/\/a:6443 has not answered GET \/a within 15 s\. It has answered nothing yet\.$/,
  );
  await silent('GET /b', /GET \/b within 2 s\. It has answered nothing yet\.$/);
  t.equal(await deadline.wait('GET /c', undefined, answers), 'yes');
  await silent('POST /d', /POST \/d within 45 s\. Its last answer, to GET \/c, came 45 s ago\.$/);
  await t.rejects(deadline.wait('GET /e', undefined, refuses), { code: 403 }, 'a refusal is an answer');
  await silent('GET /f', /GET \/f within 15 s\. Its last answer, to GET \/e, came 15 s ago\.$/);
});

t.test('the caller’s own reason is told as it is', async t => {
  const deadline = new AnswerDeadline('https://a:6443', { clock: new JumpingClock(), readMs: 15_000 });
  const caller = AbortSignal.abort(new Error('enough'));
  await t.rejects(
    deadline.wait('GET /a', caller, async signal => signal.throwIfAborted()),
    { message: 'enough' },
  );
});

t.test('a client with a limit leaves a server that takes connections and says nothing', async t => {
  const { server, kubeconfig } = await muteServer();
  const client = new KubernetesClient(kubeconfig, { limit: { clock: new JumpingClock(), readMs: 15_000 } });
  t.teardown(() => {
    client.close();
    server.close();
  });
  const pods = { apiVersion: 'v1', plural: 'pods' };
  await t.rejects(client.list(pods), { message: /has not answered GET \/api\/v1\/pods within 15 s/ });
  await t.rejects(client.create(pods, {}), { message: /has not answered POST \/api\/v1\/pods within 2 s/ });
  await t.rejects(client.logs('a', 'b'), {
    message: /GET \/api\/v1\/namespaces\/a\/pods\/b\/log within 2 s/,
  });
});
