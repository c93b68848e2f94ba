/**
 * What kind itself answers, what stands in for it, and what is kept of its answers: the three are the same.
 * Without a kind of the release that is pinned, the stand-in is held against what is kept.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import t from 'tap';
import { packageRoot } from '../../../../harness/base/package-root.ts';
import { FETCHED_KIND } from '../../../../harness/platform/version-windows.ts';
import { docker } from '../../../support/docker.ts';
import { nodesMissing } from '../../../support/node-image.ts';
import { realKindMissing } from '../../../support/real-kind/find-kind.ts';
import { type Answer, askAll } from '../../../support/real-kind/kind-answers.ts';
import { realKind } from '../../../support/real-kind/real-world.ts';
import { standInKind } from '../../../support/real-kind/stand-in-world.ts';

const KEPT = join(packageRoot(), 'fixtures', 'kind', 'answers-0.33.json');
const isRewritten = process.env['UPDATE_GOLDEN'] === '1';

/**
 * Where the stand-in does not do as kind does, by the question, with the reason. A difference that is not
 * here fails, and so does one that is here and has gone.
 */
const DIFFERENCES: Readonly<Record<string, string>> = {
  'half a command': 'kind prints its help on standard output; the harness never asks so',
};

interface Kept {
  readonly kind: string;
  readonly docker: string;
  readonly cgroups: string;
  readonly answers: Readonly<Record<string, Answer>>;
}

t.test('what kind itself says is what is kept', { skip: realKindMissing() ?? false }, async t => {
  const kind = realKind(t, `ask${process.pid.toString(36)}`);
  t.comment(
    kind.privilege === 'privileged'
      ? 'nodes are privileged, as kind asks'
      : 'nodes have the capabilities that this machine has: it lacks one of a privileged container',
  );
  const answers = await askAll(kind);
  const [version, cgroups] = docker('info', '--format', '{{.ServerVersion}} {{.CgroupVersion}}').split(' ');
  if (isRewritten) {
    mkdirSync(dirname(KEPT), { recursive: true });
    writeFileSync(
      KEPT,
      `${JSON.stringify({ kind: FETCHED_KIND, docker: version, cgroups, answers }, undefined, 1)}\n`,
    );
  }
  t.ok(existsSync(KEPT));
  const kept = JSON.parse(readFileSync(KEPT, 'utf8')) as Kept;
  t.same(answers, cgroups === kept.cgroups ? kept.answers : withoutCgroups(kept.answers));
});

t.test('what stands in for kind says the same', { skip: nodesMissing() ?? false }, async t => {
  const kept = JSON.parse(readFileSync(KEPT, 'utf8')) as Kept;
  const answers = await askAll(await standInKind(t, `sub${process.pid.toString(36)}`));
  const engine = docker('info', '--format', '{{.CgroupVersion}}');
  const expected = engine === kept.cgroups ? kept.answers : withoutCgroups(kept.answers);
  const differing = Object.keys(expected).filter(
    about => JSON.stringify(answers[about]) !== JSON.stringify(expected[about]),
  );
  for (const about of differing)
    if (!Object.hasOwn(DIFFERENCES, about)) t.same(answers[about], expected[about], about);
  t.same(differing, Object.keys(DIFFERENCES), 'it differs where it is said to');
  t.same(Object.keys(answers), Object.keys(expected));
});

/** On cgroup v2 kind does not warn of v1. */
const withoutCgroups = (answers: Kept['answers']): Kept['answers'] =>
  Object.fromEntries(
    Object.entries(answers).map(([about, answer]) => [
      about,
      { ...answer, stderr: answer.stderr.filter(line => !line.startsWith('cgroup v1 is deprecated')) },
    ]),
  );
