import t from 'tap';
import type { CheckOutcome } from '../../harness/verify/check.ts';
import { withChanges } from '../../harness/verify/put-back.ts';
import { smallMesh } from '../support/small-mesh.ts';

const PASSED: CheckOutcome = { outcome: 'passed', found: 'all is well', evidence: null };

t.test('what was changed is put back once, the last change first', async t => {
  await using mesh = await smallMesh();
  const undone: string[] = [];
  const outcome = await withChanges(mesh.context, async changes => {
    for (const what of ['one', 'two']) changes.undoWith(what, async () => void undone.push(what));
    await changes.putBack();
    t.same(undone, ['two', 'one']);
    changes.undoWith('three', async () => void undone.push('three'));
    return PASSED;
  });
  t.same(outcome, PASSED);
  t.same(undone, ['two', 'one', 'three']);
});

t.test('a check that fails or is aborted puts back all the same, without its signal', async t => {
  await using mesh = await smallMesh();
  const controller = new AbortController();
  let undone = 0;
  const work = withChanges({ ...mesh.context, signal: controller.signal }, async changes => {
    changes.undoWith('scale back', async signal => {
      signal.throwIfAborted();
      undone += 1;
    });
    controller.abort(new Error('interrupted'));
    controller.signal.throwIfAborted();
    return PASSED;
  });
  await t.rejects(work, { message: 'interrupted' });
  t.equal(undone, 1);
});

t.test('what cannot be put back ends a check unknown, with the command that does it', async t => {
  await using mesh = await smallMesh();
  const told: string[] = [];
  const context = { ...mesh.context, onProgress: (message: string) => void told.push(message) };
  const outcome = await withChanges(context, async changes => {
    changes.undoWith('kubectl scale deployment x --replicas=1', async () => {
      throw new Error('connection refused');
    });
    return PASSED;
  });
  const failure =
    'What it changed is not put back: kubectl scale deployment x --replicas=1: connection refused';
  t.same(outcome, { outcome: 'unknown', found: `${failure}. Before that: all is well`, evidence: null });
  t.same(told, [failure]);
});
