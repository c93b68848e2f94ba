import t from 'tap';
import { fitsLabels, includesLabels, labelOf } from '../../harness/base/labels.ts';

const LABELS = { app: 'curl', version: 'v1' };

t.test('all parts of a selector must hold', async t => {
  const rows = [
    [{}, true],
    [{ matchLabels: { app: 'curl' } }, true],
    [{ matchLabels: { app: 'sleep' } }, false],
    [{ matchExpressions: [{ key: 'app', operator: 'In', values: ['curl', 'sleep'] }] }, true],
    [{ matchExpressions: [{ key: 'tier', operator: 'In', values: ['web'] }] }, false],
    [{ matchExpressions: [{ key: 'tier', operator: 'NotIn', values: ['web'] }] }, true],
    [{ matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['curl'] }] }, false],
    [{ matchExpressions: [{ key: 'app', operator: 'Exists' }] }, true],
    [{ matchExpressions: [{ key: 'app', operator: 'DoesNotExist' }] }, false],
    [{ matchExpressions: [{ key: 'app', operator: 'Around' }] }, false],
    [
      {
        matchLabels: { app: 'curl' },
        matchExpressions: [{ key: 'version', operator: 'In', values: ['v2'] }],
      },
      false,
    ],
  ] as const;
  for (const [selector, expected] of rows)
    t.equal(fitsLabels(selector, LABELS), expected, JSON.stringify(selector));
});

t.test('keys are the user’s', async t => {
  t.equal(labelOf(LABELS, 'constructor'), undefined);
  t.notOk(fitsLabels({ matchExpressions: [{ key: 'constructor', operator: 'Exists' }] }, LABELS));
  t.notOk(includesLabels(undefined, { app: 'curl' }));
  t.ok(includesLabels(undefined, {}));
});
