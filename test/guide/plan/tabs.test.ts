/** The plan of each tab of the guide of 1.8, mended, is our plan of the scenario of that name. */
import t, { type Test } from 'tap';
import { readGuide } from '../../../harness/guide/read-guide.ts';
import type { Command } from '../../../harness/model/command.ts';
import type { Plan, Step } from '../../../harness/plan/step.ts';
import { FOUR, planOf, topologyOf } from '../../plan/scenarios.ts';
import { fileOf, GUIDE_18, OWN_18 } from '../support/pages.ts';

interface Difference {
  readonly step: RegExp;
  /** Words that only our command has, and words that only the page's has. */
  readonly ours: readonly string[];
  readonly page: readonly string[];
  readonly because: string;
}

/** All that is different; words in another order are not. */
const DIFFERENCES: readonly Difference[] = [
  {
    step: /\/wait-for-helloworld-v[12]$/,
    ours: ['-l', 'app=helloworld'],
    page: [],
    because: 'The page lists every pod of the namespace; nothing else runs there at that time.',
  },
  {
    step: /\/call-helloworld$/,
    ours: ['SLEEP_POD_CLUSTER'],
    page: ['COMMAND_'],
    because: 'The page gives the name of the pod no name of its own.',
  },
  {
    step: /\/call-helloworld$/,
    ours: ['${SLEEP_POD_CLUSTER}', '-m', '15', 'helloworld.sample:5000/hello?[1-10]'],
    page: ['${COMMAND_}', 'helloworld.sample:5000/hello'],
    because: 'The page sends one request, and has its reader repeat it; we send ten, each with a limit.',
  },
];

const wordsOf = ({ tool, cluster, args, output, stdin = '' }: Command): readonly string[] =>
  [tool, cluster ?? '', ...args, output?.to === 'variable' ? output.name : (output?.to ?? ''), stdin].map(
    word => word.replace(/(SLEEP_POD_CLUSTER|COMMAND_)\d/, '$1'),
  );

const without = (words: readonly string[], others: readonly string[]): readonly string[] => {
  const left = [...others];
  return words.filter(word => {
    const index = left.indexOf(word);
    if (index >= 0) left.splice(index, 1);
    return index < 0;
  });
};

/** What each command of a step has that the other's has not. */
function differencesOf(ours: Step, page: Step | undefined): readonly Omit<Difference, 'because' | 'step'>[] {
  const longest = Math.max(ours.commands.length, page?.commands.length ?? 0);
  return Array.from({ length: longest }, (_, index) => {
    const [one, other] = [ours, page].map(step => {
      const command = step?.commands[index];
      return command ? wordsOf(command) : [];
    });
    return { ours: without(one ?? [], other ?? []), page: without(other ?? [], one ?? []) };
  }).filter(({ ours: one, page: other }) => one.length + other.length > 0);
}

/** A step without what a page cannot have: its words, its order, its place and its mistakes. */
const rest = ({ id, title, cluster, files, omission, deadlineMs, commands }: Step) => ({
  ...{ id, title, cluster, files, omission, deadlineMs },
  waits: commands.map(({ awaits, timeoutMs }) => [awaits, timeoutMs]),
});

function compare(t: Test, ours: Plan, page: Plan): number {
  t.same(
    page.steps.map(({ id }) => id),
    ours.steps.map(({ id }) => id),
    'the same steps in the same order',
  );
  t.same(page.steps.map(rest), ours.steps.map(rest));
  let told = 0;
  for (const step of ours.steps) {
    const found = differencesOf(
      step,
      page.steps.find(({ id }) => id === step.id),
    );
    const known = DIFFERENCES.filter(each => each.step.test(step.id));
    t.same(
      found,
      known.map(({ ours: own, page: other }) => ({ ours: own, page: other })),
      step.id,
    );
    told += found.length;
  }
  return told;
}

for (const [name, file] of [
  ['our own page', OWN_18],
  ["the guide's page", GUIDE_18],
] as const)
  t.test(
    `the four tabs of ${name} are our four plans`,
    { skip: file === undefined && 'MESH_HARNESS_GUIDE_PAGE names no page' },
    async t => {
      for (const tab of FOUR) {
        const request = { files: [fileOf(file ?? '')], tabs: [tab], edition: '1.8' as const };
        const { plan, topology, notes } = readGuide({ ...request, isAsPrinted: false });
        const { description: _, ...wanted } = await topologyOf(tab);
        t.has(topology, wanted, `${tab}: the mesh of the scenario`);
        t.same(notes, []);
        t.equal(
          compare(t, await planOf(tab, '1.8'), plan),
          6,
          `${tab}: six commands differ, for three reasons`,
        );
        t.same(
          plan.errata.filter(({ isLeft }) => isLeft),
          [],
          'no error and no warning is left',
        );
        for (const [index, { dependsOn }] of plan.steps.entries())
          t.same(
            dependsOn,
            index === 0 ? [] : [plan.steps[index - 1]?.id],
            'a reader does one thing at a time',
          );
      }
    },
  );
