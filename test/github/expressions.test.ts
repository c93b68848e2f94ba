/** The expressions that the runner of the tests evaluates, as GitHub does; what it does not know, it refuses. */
import t from 'tap';
import { evaluate, isToRun, substitute } from '../support/github/expressions.ts';

const CONTEXTS = {
  inputs: { scenarios: 'all', platform: '', hostile: `\${{ inputs.scenarios }}` },
  steps: { run: { outputs: { verdict: 'passed' } } },
};

t.test('values, comparisons, and which of two counts', async t => {
  const rows: readonly (readonly [expression: string, value: string | boolean])[] = [
    ['inputs.scenarios', 'all'],
    [` 'it''s' `, "it's"],
    [`inputs.scenarios == 'ALL'`, true],
    [`inputs.platform != ''`, false],
    [`inputs.platform || 'simulator'`, 'simulator'],
    [`inputs.scenarios && inputs.platform`, ''],
    [`!inputs.platform && (inputs.scenarios == 'x' || inputs.scenarios == 'all')`, true],
    ['steps.run.outputs.verdict', 'passed'],
    ['steps.run.outputs.exit-code', ''],
    ['steps.skipped.outputs.verdict', ''],
  ];
  for (const [expression, value] of rows) t.equal(evaluate(expression, CONTEXTS), value, expression);
});

t.test('in a text once: a value that looks like an expression is none', async t => {
  t.equal(
    substitute(`a \${{ inputs.hostile }} \${{inputs.scenarios}}`, CONTEXTS),
    `a \${{ inputs.scenarios }} all`,
  );
});

t.test('a condition with or without braces', async t => {
  t.equal(isToRun(undefined, CONTEXTS), true);
  t.equal(isToRun(`inputs.platform != ''`, CONTEXTS), false);
  t.equal(isToRun(`\${{ inputs.platform == '' }}`, CONTEXTS), true);
});

t.test('anything else is refused', async t => {
  for (const expression of [
    ...['always()', 'inputs.unknown', 'secrets.token', 'inputs', `inputs['scenarios']`, '1 == 1'],
    ...[
      'inputs.scenarios inputs.platform',
      `('x'`,
      '',
      `'open`,
      'inputs.scenarios ==',
      `inputs.platform == ('' == '')`,
    ],
  ])
    t.throws(() => evaluate(expression, CONTEXTS), expression);
});
