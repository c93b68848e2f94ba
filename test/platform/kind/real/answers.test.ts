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
import { realKindMissing } from '../../../support/real-kind/find-kind.ts';
import { type Answer, askAll } from '../../../support/real-kind/kind-answers.ts';
import { realKind } from '../../../support/real-kind/real-world.ts';

const KEPT = join(packageRoot(), 'fixtures', 'kind', 'answers-0.33.json');
const isRewritten = process.env['UPDATE_GOLDEN'] === '1';

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
  t.same(answers, (JSON.parse(readFileSync(KEPT, 'utf8')) as Kept).answers);
});
