import t from 'tap';
import { readSession } from '../../../harness/guide/shell/read-session.ts';
import type { Statement, Word } from '../../../harness/guide/shell/syntax.ts';
import { blockOf } from '../support/blocks.ts';

/** What a block says, in a few words a statement. */
function told(text: string, language?: string): readonly string[] {
  const { page, block } = blockOf(text, language);
  const word = ({ parts }: Word): string =>
    parts
      .map(part => {
        if (part.kind === 'text') return part.text;
        if (part.kind === 'variable') return `{${part.name}}`;
        return part.kind === 'substitution' ? `(${part.statements.map(one).join('; ')})` : `!${part.what}!`;
      })
      .join('');
  const one = (statement: Statement): string => {
    if (statement.kind === 'beyond') return `${statement.isError ? 'error' : 'beyond'}: ${statement.what}`;
    if (statement.kind === 'and') return statement.statements.map(one).join(' && ');
    return statement.commands
      .map(({ assignments, words, redirections, beyond }) =>
        [
          ...assignments.map(({ name, value }) => `${name}=${word(value)}`),
          ...words.map(word),
          ...redirections.map(each =>
            each.kind === 'here-document'
              ? `<<${each.isQuoted ? 'quoted' : ''}[${word(each.body)}]`
              : `${each.kind}:${word(each.path)}`,
          ),
          ...beyond.map(({ what }) => `!${what}!`),
        ].join(' '),
      )
      .join(' | ');
  };
  for (const { output } of readSession(block).entries)
    for (const { text: line, span } of output)
      t.equal(page.source.text.slice(span.start, span.end), line, 'output has its place');
  return readSession(block).entries.flatMap(({ statements, output }) => [
    ...statements.map(one),
    ...output.map(line => `> ${line.text}`),
  ]);
}

/** A block, and what is read out of it. */
const BLOCKS: readonly (readonly [
  name: string,
  text: string,
  expected: readonly string[],
  language?: string,
])[] = [
  ['prompts', '$ one a\n$ two', ['one a', 'two']],
  [
    'output',
    '$ one\nNAME  READY\nx     2/2\n\n$ two\n\ndone\n',
    ['one', '> NAME  READY', '> x     2/2', 'two', '> done'],
  ],
  ['no prompt', '# why\none # how\n\ntwo', ['one', 'two']],
  ['continued', '$ one \\\n    --a=b \\\n    c\n$ two', ['one --a=b c', 'two']],
  ['continued by a pipe', '$ one |\n  two &&\n  three\n$ four', ['one | two && three', 'four']],
  ['prompts of further lines', '$ one \\\n> a \\\n> b\nout', ['one a b', '> out']],
  ['quotes over lines', "$ one 'a\nb' c\nout", ['one a\nb c', '> out']],
  ['substitution over lines', '$ export A=$(one \\\n    b\n  )\nout', ['export A=(one b)', '> out']],
  [
    'here-document',
    '$ cat <<EOF > f\na: ${B}\n$ not a prompt\nEOF\n$ two',
    ['cat <<[a: {B}\n$ not a prompt\n] to-file:f', 'two'],
  ],
  [
    'quoted here-document',
    "$ cat <<'EOF' | two -f -\na: ${B} \\$\nEOF",
    ['cat <<quoted[a: ${B} \\$\n] | two -f -'],
  ],
  ['stripped here-document', 'cat <<-EOF\n\ta $B\n\t\tc\n\tEOF\ntwo', ['cat <<[a {B}\nc\n]', 'two']],
  ['hidden marks', 'cat <<EOF\na \\$B \\\\ \\c\nEOF', ['cat <<[a $B \\ \\c\n]']],
  [
    'open here-document',
    '$ cat <<EOF > f\na\n  EOF\n$ two',
    ['cat <<[a\n  EOF] to-file:f !a here-document without its end (EOF)!', 'two'],
  ],
  ['open quote', '$ one "a\n$ two', ['one a', 'error: an unclosed double quote', 'two']],
  [
    'open continuation',
    '$ one a \\\n$ two',
    ['one a', 'error: a line that goes on (\\), and nothing follows', 'two'],
  ],
  ['comment with a quote', "$ one # don't\n$ two", ['one', 'two']],
  ['assignments', 'A=1 B="$C" one\nD=$E', ['A=1 B={C} one', 'D={E}']],
  ['variables', 'one $A "${B}" ${C:-d} "$(two)"', ['one {A} {B} {C} (two)']],
  [
    'redirections',
    'one > a\ntwo >> b < c\nthree 2>/dev/null',
    ['one to-file:a', 'two to-file:b from-file:c', 'three !a redirection of standard error!'],
  ],
  ['a loop', '$ for a in b c; do\n  one $a\n done\nout\n$ two', ['beyond: a for loop', '> out', 'two']],
  [
    'beyond',
    'one || two\none &\n! one\n( one )\n[[ a ]]\none |& two\ntime one',
    [
      'beyond: a command that runs only if another fails (||)',
      'beyond: a command in the background (&)',
      'beyond: the opposite of an outcome (!)',
      'beyond: a subshell',
      'beyond: a test in double brackets',
      'beyond: a pipe of standard error (|&)',
      'beyond: a measurement (time)',
    ],
  ],
  [
    'words beyond',
    'one ~/a *.pem {a,b} $((1)) ${A%b} $1 <(two)',
    [
      'one !the home folder (~)! !a pattern of file names!.pem !a brace expansion! !arithmetic! ' +
        '!the expansion ${A%b}! !the parameter $1! !a process substitution!',
    ],
  ],
  [
    'no patterns',
    'one -o jsonpath={.items[*].a} -o=custom-columns=A:.b[*] {.c[0]}',
    ['one -o jsonpath={.items[*].a} -o=custom-columns=A:.b[*] {.c[0]}'],
  ],
  [
    'placeholders',
    'export A=<your context>\none "<b>" --c <d>',
    ['export A=!a placeholder, <your context>!', 'one <b> --c !a placeholder, <d>!'],
  ],
  ['bash refuses', 'one )', ['one', "error: a syntax error (unexpected token ')')"]],
  ['plain', 'Hello\n\n', ['> Hello'], 'plain'],
  ['plain with prompts', '$ one\nout', ['one', '> out'], 'text'],
  ['yaml', 'a: b', [], 'yaml'],
  ['empty', '', []],
];

t.test('a block is read as a session', async t => {
  for (const [name, text, expected, language] of BLOCKS) t.same(told(text, language), expected, name);
});

t.test('every word has its place in the file', async t => {
  const { page, block } = blockOf('$ A="x" one \\\n    "two $B" | three <<EOF\ny ${C}\nEOF');
  const places: string[] = [];
  const at = (span: { start: number; end: number }) => page.source.text.slice(span.start, span.end);
  for (const { statements } of readSession(block).entries)
    for (const statement of statements)
      if (statement.kind === 'pipeline')
        for (const { assignments, words, redirections } of statement.commands) {
          places.push(...assignments.map(({ span }) => at(span)));
          places.push(...words.flatMap(({ span, parts }) => [at(span), ...parts.map(part => at(part.span))]));
          for (const each of redirections)
            if (each.kind === 'here-document') places.push(...each.body.parts.map(part => at(part.span)));
        }
  t.same(places, ['A="x"', 'one', 'one', '"two $B"', 'two ', '$B', 'three', 'three', 'y ', '${C}', '\n']);
});

t.test('a hostile block is read fast', async t => {
  const many = (text: string) => text.repeat(3000);
  for (const text of [
    `$ cat <<EOF > f\n${many('a: ${B}\n')}EOF`,
    many('$ cat <<EOF > f\na\n'),
    many('$ one "\n'),
    many('$ for a in b; do\n'),
    `$ one ${'$('.repeat(2000)}`,
    `$ one ${'"'.repeat(50_001)}`,
    `one ${many('\\\n')}`,
  ]) {
    const { block } = blockOf(text);
    const start = process.hrtime.bigint();
    t.ok(readSession(block).entries.length > 0);
    t.ok(Number(process.hrtime.bigint() - start) < 5e9, `${text.slice(0, 20)} …`);
  }
});
