/** Pages in which one mistake is left, all others being mended: each run fails in the way that the rule tells. */
import t from 'tap';
import { follow } from '../../../harness/guide/follow/follow.ts';
import { viewOfTabs } from '../../../harness/guide/follow/views.ts';
import { type GuideFile, mend } from '../../../harness/guide/lint/fix.ts';
import { lint } from '../../../harness/guide/lint/lint.ts';
import { readPage } from '../../../harness/guide/page/read-page.ts';
import { type GuidePlan, planOfGuide } from '../../../harness/guide/plan/plan-of-guide.ts';
import { readGuide } from '../../../harness/guide/read-guide.ts';
import type { RunOutcome } from '../../../harness/run/run.ts';
import { prepareSession } from '../../../harness/session/prepare.ts';
import { FOUR } from '../../plan/scenarios.ts';
import { isNightly } from '../../support/nightly.ts';
import { fileOf, GUIDE_18, OWN_18 } from '../support/pages.ts';

interface Left {
  /** What is not mended. */
  readonly rules: readonly string[];
  readonly tab: string;
  /** The step or check by which it is seen; none: it does no harm. */
  readonly at?: string;
  readonly words?: RegExp;
  /** A check that fails, too. */
  readonly refutes?: string;
  readonly daily?: true;
}

const MULTI = 'primary-remote-multi-network';

const ROWS: readonly Left[] = [
  { rules: ['unanswered-prompt'], tab: MULTI, at: 'cluster1/install-istio', words: /Cancelled/, daily: true },
  {
    // The mend of the names would mend the variable along with them.
    rules: ['unset-variable', 'broken-by-expansion', 'refused-name'],
    tab: 'primary-remote',
    at: 'cluster1/install-istio',
    words: /error converting YAML to JSON/,
  },
  { rules: ['script-lacks-value'], tab: MULTI, at: 'cluster1/install-gateway', words: /exit code/ },
  { rules: ['operator-applied'], tab: MULTI, at: 'cluster1/save-address', words: /in vain|not found/ },
  { rules: ['stdin-beside-file'], tab: MULTI, at: 'cluster2/install-istio', words: /accepts 0 arg/ },
  {
    rules: ['refused-name'],
    tab: 'multi-primary',
    at: 'remote-secret/cluster1-in-cluster2',
    words: /nvalid/,
  },
  {
    // Every call is answered, by both versions: a reader who only looks at answers is content. But the list of
    // pods is longer than the page shows it, and the versions do not run where they belong.
    rules: ['wide-selector'],
    tab: 'multi-primary',
    at: 'cluster1/wait-for-helloworld-v1',
    words: /helloworld-v2-.* which the guide does not show/,
    refutes: 'versions-in-their-own-clusters',
  },
  { rules: ['repeated-flag'], tab: 'multi-primary' },
];

function planWith({ rules, tab }: Left, file: string): GuidePlan {
  const pagesOf = (files: readonly GuideFile[]) => files.map(each => readPage(each.file, each.text));
  const files = [fileOf(file)];
  const mended = mend(files, each =>
    lint(pagesOf(each), '1.8').filter(({ rule }) => !rules.includes(rule)),
  ).files;
  const pages = pagesOf(mended);
  // Findings without a mend are mistakes that the plan follows.
  const findings = lint(pages, '1.8').map(({ fix: _, ...finding }) => finding);
  return planOfGuide(follow(viewOfTabs(pages, [tab])), '1.8', { isAsPrinted: false, findings });
}

async function outcomeOf({ topology, plan }: GuidePlan): Promise<RunOutcome> {
  return await (await prepareSession({ topology, plan, requests: 300 })).start();
}

/** Where a run failed first, and what was said. */
function firstFailure({ events }: RunOutcome): { readonly at: string; readonly said: string } | undefined {
  for (const event of events) {
    if (event.type === 'step-ended' && event.outcome === 'failed')
      return { at: event.step, said: JSON.stringify(event.problem) };
    if (event.type === 'check-ended' && event.result.outcome !== 'passed')
      return { at: event.result.id, said: JSON.stringify(event.result) };
  }
  return undefined;
}

const FILES = [OWN_18, ...(GUIDE_18 !== undefined && isNightly ? [GUIDE_18] : [])];

for (const row of ROWS.filter(({ daily }) => daily || isNightly))
  for (const file of FILES)
    t.test(`${row.rules.join(' and ')}, left in ${file === OWN_18 ? 'our page' : 'the guide'}`, async t => {
      const plan = planWith(row, file);
      const outcome = await outcomeOf(plan);
      const failure = firstFailure(outcome);
      if (row.at === undefined) {
        t.equal(outcome.verdict, 'passed');
        return;
      }
      t.equal(outcome.verdict, 'failed');
      t.equal(failure?.at, row.at);
      t.match(failure?.said, row.words);
      const step = plan.plan.steps.find(({ id }) => id === row.at);
      const rule = step?.errata.find(id => row.rules.includes(id.replace(/\/.*/, '')));
      if (rule !== undefined)
        t.match(failure?.said, new RegExp(`\\.md:\\d+ \\(${rule.replace(/\/.*/, '')}\\)`));
      if (row.refutes !== undefined)
        t.equal(outcome.checks.find(({ id }) => id === row.refutes)?.outcome, 'failed');
    });

for (const tab of isNightly ? FOUR : [])
  for (const file of FILES)
    t.test(
      `${tab} as ${file === OWN_18 ? 'our page' : 'the guide'} is printed fails at its first question`,
      async t => {
        const plan = readGuide({ files: [fileOf(file)], tabs: [tab], edition: '1.8', isAsPrinted: true });
        const outcome = await outcomeOf(plan);
        const failure = firstFailure(outcome);
        t.equal(outcome.verdict, 'failed');
        t.equal(failure?.at, 'cluster1/install-istio');
        t.match(failure?.said, /Cancelled.*\.md:\d+ \(unanswered-prompt\)|\(unanswered-prompt\).*Cancelled/);
        const rules = new Set(plan.plan.errata.map(({ id }) => id.replace(/\/.*/, '')));
        t.ok(
          rules.has('refused-name') && rules.has('wide-selector'),
          'the plan knows of what would come next',
        );
        t.ok(
          plan.plan.errata.every(({ isLeft }) => isLeft),
          'and has mended nothing',
        );
      },
    );
