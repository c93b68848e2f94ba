/** Our own workflow files: what actionlint says of them, and what it does not ask. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { load } from 'js-yaml';
import t from 'tap';
import { ROOT } from '../support/cli.ts';
import { findActionlint, lintWorkflows } from '../support/github/actionlint.ts';

const FOLDER = path.join(ROOT, '.github', 'workflows');
const names = readdirSync(FOLDER);
const texts = [path.join(ROOT, 'action.yml'), ...names.map(name => path.join(FOLDER, name))].map(
  file => [path.relative(ROOT, file), readFileSync(file, 'utf8')] as const,
);

interface Job {
  readonly strategy?: { readonly matrix: Readonly<Record<string, readonly unknown[]>> };
  readonly permissions?: unknown;
  readonly steps: readonly Readonly<Record<string, unknown>>[];
}
interface Workflow {
  readonly permissions: unknown;
  readonly jobs: Readonly<Record<string, Job>>;
}
// A cast: actionlint has read them by their schema.
const workflows = names.map(name => load(readFileSync(path.join(FOLDER, name), 'utf8')) as Workflow);
const jobs = workflows.flatMap(workflow => Object.values(workflow.jobs));

const actionlint = findActionlint();
const why =
  actionlint === undefined &&
  'no actionlint on PATH, nor named by MESH_HARNESS_ACTIONLINT: go install github.com/rhysd/actionlint/cmd/actionlint@latest';

t.test('actionlint finds nothing', { skip: why }, async t => {
  t.equal(lintWorkflows(actionlint ?? ''), '');
});

t.test('actions of others are named by their commit, with the release that it is', async t => {
  const uses = texts.flatMap(([file, text]) =>
    [...text.matchAll(/\buses: *(\S+) *(.*)$/gm)].map(([, name = '', comment = '']) => ({
      file,
      name,
      comment,
    })),
  );
  t.ok(uses.length > 10);
  const loose = uses.filter(
    ({ name, comment }) =>
      name !== './' && !(/@[0-9a-f]{40}$/.test(name) && /^# v\d+\.\d+\.\d+$/.test(comment)),
  );
  t.same(loose, []);
  const releases = new Map(
    uses.filter(({ name }) => name !== './').map(({ name, comment }) => [name, comment]),
  );
  t.equal(
    new Set([...releases.keys()].map(name => name.split('@')[0])).size,
    releases.size,
    'one commit of each',
  );
});

t.test('a workflow may read the repository, and nothing else', async t => {
  for (const { permissions } of workflows) t.same(permissions, { contents: 'read' });
  t.same(
    jobs.filter(({ permissions }) => permissions !== undefined),
    [],
  );
  const checkouts = jobs.flatMap(({ steps }) => steps).filter(({ uses }) => /checkout/.test(String(uses)));
  t.ok(checkouts.length > 3);
  for (const step of checkouts) t.same(step['with'], { 'persist-credentials': false });
});

t.test('no expression stands in the text of a script', async t => {
  const scripts = jobs.flatMap(({ steps }) =>
    steps.flatMap(({ run }) => (run === undefined ? [] : [String(run)])),
  );
  t.ok(scripts.length > 5);
  t.same(
    scripts.filter(script => script.includes('$' + '{{')),
    [],
  );
});

t.test(
  'every Node that is promised is tried on Linux and macOS, every scenario of the guide on kind',
  async t => {
    const { engines } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as {
      readonly engines: { readonly node: string };
    };
    t.equal(engines.node, '20 || >=22', 'else look at the lists below, and at action/build.sh');
    const nodes = jobs.flatMap(({ strategy }) => (strategy?.matrix['node'] ? [strategy.matrix['node']] : []));
    t.same(nodes, [
      [20, 22, 24, 26],
      [20, 22, 24, 26],
    ]);
    const scenarios = readdirSync(path.join(ROOT, 'scenarios')).flatMap(
      name => /^(.*)\.yaml$/.exec(name)?.[1] ?? [],
    );
    const onKind = jobs.flatMap(({ strategy }) => strategy?.matrix['scenario'] ?? []);
    t.same([...onKind].sort(), scenarios.sort());
  },
);
