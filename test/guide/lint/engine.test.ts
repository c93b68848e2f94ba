/** What rules say becomes findings, and mends of a page become one text. */
import t from 'tap';
import { compatible, edited } from '../../../harness/guide/lint/edits.ts';
import { findingsOf } from '../../../harness/guide/lint/engine.ts';
import type { Edit, Finding } from '../../../harness/guide/lint/finding.ts';
import { type GuideFile, mend } from '../../../harness/guide/lint/fix.ts';
import type { Rule, RuleFinding } from '../../../harness/guide/lint/rule.ts';
import { readPage } from '../../../harness/guide/page/read-page.ts';

const page = readPage('a.md', 'one\ntwo three\n');
const other = readPage('b.md', 'four\n');

const rule = (id: string, found: readonly Omit<RuleFinding, 'wouldHappen'>[]): Rule => ({
  ...{ id, severity: 'error', sentence: '', because: '', example: { bad: '', good: '' } },
  find: () => found.map(each => ({ ...each, wouldHappen: '' })),
});

t.test('findings have their place and severity, stand in order, and are told once', async t => {
  const twice = { page, span: { start: 4, end: 7 }, message: 'two' };
  const found = findingsOf({ pages: [page, other], traces: [], edition: '1.8' }, [
    rule('b', [
      { page: other, span: { start: 0, end: 4 }, message: 'four' },
      { ...twice, severity: 'note' },
      { page, span: { start: 4, end: 7 }, message: 'another' },
    ]),
    rule('a', [twice, twice]),
  ]);
  t.same(
    found.map(({ rule, severity, place: { file, line, column }, message }) =>
      [rule, severity, file, line, column, message].join(' '),
    ),
    ['a error a.md 2 1 two', 'b error a.md 2 1 another', 'b note a.md 2 1 two', 'b error b.md 1 1 four'],
  );
});

const edit = (start: number, end: number, text: string): Edit => ({ start, end, text });

t.test('groups of edits are taken whole, and none that touches another', async t => {
  t.same(
    compatible([
      [edit(0, 2, 'x'), edit(8, 9, 'y')],
      [edit(4, 5, 'no'), edit(8, 9, 'z')],
      [edit(2, 3, 'touches')],
      [edit(0, 2, 'x'), edit(5, 6, 'w')],
    ]),
    [edit(0, 2, 'x'), edit(5, 6, 'w'), edit(8, 9, 'y')],
  );
  t.equal(edited('0123456789', [edit(8, 9, 'y'), edit(0, 2, 'x'), edit(5, 5, '+')]), 'x234+567y9');
});

/** Finds each `from` of a text, with a mend. */
const lintFor =
  (from: string, to: string, isSafe = true) =>
  (files: readonly GuideFile[]): readonly Finding[] =>
    files.flatMap(({ file, text }) =>
      [...text.matchAll(new RegExp(from, 'g'))].map(({ index, 0: { length } }) => ({
        ...{ rule: 'r', severity: 'error' as const, place: { file, line: 1, column: 1 }, message: '' },
        ...{ span: edit(index, index + length, ''), wouldHappen: '' },
        fix: { description: '', edits: [edit(index, index + length, to)], isSafe },
      })),
    );

t.test('mends are made until none is left', async t => {
  const files = [{ file: 'a', text: 'xx x\r\n' }];
  const mended = mend(files, lintFor('x', 'yy'));
  t.same(
    mended.files,
    [{ file: 'a', text: 'yyyy yy\r\n' }],
    'neighbours one after the other; line ends stay',
  );
  t.same(mended.findings, []);
});

t.test('mends that are not safe are not made, and two that undo each other come to an end', async t => {
  const files = [{ file: 'a', text: 'x' }];
  t.same(mend(files, lintFor('x', 'y', false)).files, files);
  const grown = mend(files, lintFor('x', 'x x')).files[0]?.text ?? '';
  t.ok(grown.length > 3 && grown.length < 20_000, `${grown.length}`);
});
