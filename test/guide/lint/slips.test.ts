/** Small pages with a slip each, and all that the linter says of them: place, severity and rule. */
import t from 'tap';
import { lint } from '../../../harness/guide/lint/lint.ts';
import { readPage } from '../../../harness/guide/page/read-page.ts';
import type { EditionName } from '../../../harness/model/east-west-gateway.ts';

interface Slip {
  readonly name: string;
  readonly edition?: EditionName;
  /** Lines of pages that are one guide. */
  readonly pages: readonly (readonly string[])[];
  /** `page:line severity rule`, pages counted from 1. */
  readonly found: readonly string[];
  /** What the first message has in it. */
  readonly says?: string;
}

const commands = (...lines: readonly string[]): readonly string[] => ['```bash', ...lines, '```'];

const SLIPS: readonly Slip[] = [
  {
    name: 'a file is written under one name and read under another that is not like it',
    pages: [
      commands('$ cat <<EOF > gw.yaml', 'kind: Gateway', 'EOF', '$ kubectl --context=one apply -f edge.yaml'),
    ],
    found: ['1:5 error unwritten-file'],
    says: 'Nothing reads gw.yaml',
  },
];

for (const { name, edition = 'current', pages, found, says = '' } of SLIPS) {
  t.test(name, t => {
    const read = pages.map((lines, index) => readPage(`${index + 1}`, `${lines.join('\n')}\n`));
    const findings = lint(read, edition);
    t.same(
      findings.map(({ place, severity, rule }) => `${place.file}:${place.line} ${severity} ${rule}`),
      found,
    );
    t.ok(findings[0]?.message.includes(says) ?? found.length === 0, findings[0]?.message);
    t.end();
  });
}
