/** A diff says what became of a text: held against the program `patch` in its own words, by playing it. */
import fc from 'fast-check';
import t from 'tap';
import { unifiedDiff } from '../../../harness/guide/lint/print/unified-diff.ts';

t.test('a change is shown with three lines around it', async t => {
  const before = 'a\nb\nc\nd\ne\nf\ng\nh\n';
  t.equal(
    unifiedDiff('x.md', before, before.replace('e\n', 'E\n')),
    '--- x.md\n+++ x.md\n@@ -2,7 +2,7 @@\n b\n c\n d\n-e\n+E\n f\n g\n h\n',
  );
  t.equal(unifiedDiff('x.md', before, before), '');
});

t.test('a last line without an end is told', async t => {
  t.equal(unifiedDiff('x', 'a', 'a\n'), '--- x\n+++ x\n@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+a\n');
});

/** Carries out a diff on the old text. */
function played(before: string, diff: string): string {
  const old = before.match(/[^\n]*\n|[^\n]+$/g) ?? [];
  const result: string[] = [];
  let at = 0;
  const lines = (diff.match(/[^\n]*\n/g) ?? []).slice(2);
  for (const [index, line] of lines.entries()) {
    const head = /^@@ -(\d+)(?:,(\d+))? /.exec(line);
    if (head) {
      const start = Number(head[1]) - (head[2] === '0' ? 0 : 1);
      result.push(...old.slice(at, start));
      at = start;
      continue;
    }
    if (line.startsWith('\\')) continue;
    const text = lines[index + 1]?.startsWith('\\') ? line.slice(1, -1) : line.slice(1);
    if (line.startsWith('+')) result.push(text);
    else {
      if (old[at] !== text) throw new Error(`line ${at + 1} is ${old[at]}, not ${text}`);
      if (line.startsWith(' ')) result.push(text);
      at += 1;
    }
  }
  return [...result, ...old.slice(at)].join('');
}

t.test('whoever carries out the diff has the new text', async () => {
  const text = fc
    .tuple(fc.array(fc.constantFrom('a', 'b', 'c', '', 'd\r'), { maxLength: 30 }), fc.boolean())
    .map(([lines, isEnded]) => lines.map(line => `${line}\n`).join('') + (isEnded ? '' : 'z'));
  fc.assert(
    fc.property(
      text,
      text,
      (before, after) => played(before, unifiedDiff('f', before, after) || '') === after,
    ),
    { numRuns: 300 },
  );
});
