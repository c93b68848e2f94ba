/** Pages that are made to take forever, or to break the linter: it ends, and says what is wrong with the page. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { lint } from '../../../harness/guide/lint/lint.ts';
import { readPage } from '../../../harness/guide/page/read-page.ts';
import { temporaryFolder } from '../../support/cli.ts';
import { isNightly } from '../../support/nightly.ts';
import { runHere } from '../../support/run-here.ts';
import { HOSTILE_COMMANDS, HOSTILE_PAGES, MOST_SECONDS } from '../support/hostile-pages.ts';

for (const [name, text] of HOSTILE_COMMANDS) {
  t.test(name, async t => {
    const startedAt = performance.now();
    const page = readPage('page.md', text);
    for (const edition of ['1.8', 'current'] as const) lint([page], edition);
    const seconds = (performance.now() - startedAt) / 1000;
    t.ok(seconds < MOST_SECONDS, `${seconds} s`);
  });
}

/** Of the pages that the reader is tried with, `npm test` takes a few through the command. */
const DAILY = ['beginnings of shortcodes', 'nested tabs', 'a huge here-document', 'binary'];
const PAGES = HOSTILE_PAGES.filter(([name]) => isNightly || DAILY.includes(name));

for (const [name, text, problem] of PAGES) {
  t.test(`guide lint: ${name}`, async t => {
    using folder = temporaryFolder();
    const file = path.join(folder.path, 'page.md');
    writeFileSync(file, text);
    const startedAt = performance.now();
    const { code, stdout, stderr } = await runHere(['guide', 'lint', file, '--format', 'json']);
    const seconds = (performance.now() - startedAt) / 1000;
    t.ok(seconds < MOST_SECONDS, `${seconds} s`);
    t.equal(stderr, '');
    const { findings } = JSON.parse(stdout) as { findings: readonly { rule: string; message: string }[] };
    const told = findings.find(({ rule }) => rule === 'page-problem');
    // A guide of very many commands is told, too; that is no problem of the page.
    const [, kind] = /\(([\w-]+)\)$/.exec(told?.message ?? '') ?? [];
    t.equal(kind, problem, told?.message ?? '');
    if (problem !== undefined) t.equal(code, 1);
  });
}
