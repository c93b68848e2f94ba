import { spawnSync } from 'node:child_process';
import t from 'tap';
import { follow } from '../../../harness/guide/follow/follow.ts';
import type { Trace } from '../../../harness/guide/follow/trace.ts';
import { viewsOf } from '../../../harness/guide/follow/views.ts';
import { pageOf } from '../support/blocks.ts';

function traceOf(...blocks: readonly { readonly text: string; readonly language?: string }[]): Trace {
  const [view] = viewsOf([pageOf(blocks)]);
  if (!view) throw new Error('There is always a view.');
  return follow(view);
}

/** What happens, in a few words an event. */
const told = ({ events }: Trace): readonly string[] =>
  events.map(event => {
    switch (event.kind) {
      case 'set':
        return `${event.isExported ? 'export' : 'set'} ${event.name}=${event.value.text}`;
      case 'file':
        return `${event.isAppended ? 'append' : 'write'} ${event.path.text}: ${event.content.text}`;
      case 'beyond':
        return `beyond: ${event.beyond.what}`;
      default: {
        const { environment, program, args, stdin, output } = event;
        const to =
          output.to === 'variable'
            ? `${output.name}=`
            : output.to === 'next-call'
              ? '| '
              : output.to === 'file'
                ? '> '
                : '';
        return [
          `${to}call`,
          ...environment.map(({ name, value }) => `${name}=${value.text}`),
          ...[program, ...args].map(({ text }) => `[${text}]`),
          ...(stdin ? [`<${stdin.text.text}`] : []),
        ].join(' ');
      }
    }
  });

const CASES: readonly (readonly [name: string, text: string, expected: readonly string[]])[] = [
  [
    'variables go on',
    'export A=1\nB="$A 2"\none $A "$B" $B',
    ['export A=1', 'set B=1 2', 'call [one] [1] [1 2] [1] [2]'],
  ],
  ['unset ones are nothing', 'one --a=$A $A "$A" ${A:-b}', ['call [one] [--a=] [] [b]']],
  [
    'captured',
    'export A=$(one -o x)\ntwo --a=${A}',
    ['A=call [one] [-o] [x]', 'export A=${A}', 'call [two] [--a=${A}]'],
  ],
  [
    'captured within a word',
    'one "$(two three)" -- four',
    ['COMMAND_1=call [two] [three]', 'call [one] [${COMMAND_1}] [--] [four]'],
  ],
  [
    'made of a captured one',
    'A=$(one)\nB="http://$A/b"\ntwo $B',
    ['A=call [one]', 'set A=${A}', 'set B=http://${A}/b', 'call [two] [http://${A}/b]'],
  ],
  [
    'files',
    "N=1\ncat <<EOF > ./f\na: ${N}\nEOF\ncat >> f <<'EOF'\nb: $N\nEOF\none -f - < f",
    ['set N=1', 'write ./f: a: 1\n', 'append f: b: $N\n', 'call [one] [-f] [-] <a: 1\nb: $N\n'],
  ],
  [
    'pipes',
    'cat <<EOF | one -f -\na\nEOF\ntwo | three\necho a b | four',
    ['call [one] [-f] [-] <a\n', '| call [two]', 'call [three]', 'call [four] <a b\n'],
  ],
  ['echo into a file', 'echo "a b" c > f', ['write f: a b c\n']],
  ['for one call', 'A=1 B="$C" one', ['call A=1 B= [one]']],
  ['and', 'one && two', ['call [one]', 'call [two]']],
  [
    'exported later',
    'A=1\nexport A\nunset A\none $A',
    ['set A=1', 'export A=1', 'call [unset] [A]', 'call [one]'],
  ],
  [
    'a loop sets its variable',
    'for a in b c; do one; done\ntwo "$a"',
    ['beyond: a for loop', 'call [two] []'],
  ],
  ['beyond in a call', 'one 2>/dev/null', ['beyond: a redirection of standard error', 'call [one]']],
  [
    'a mark that is meant',
    "one '${A}'",
    ['beyond: a mark of a variable that is meant as it stands', 'call [one] [${A}]'],
  ],
  ['into a file', 'one > f', ['> call [one]']],
  [
    'several in a substitution',
    'A=$(one; two)\nthree $A',
    ['beyond: several commands in $(…)', 'set A=$(one; two)', 'call [three] [$(one;] [two)]'],
  ],
];

t.test('what a reader types happens', async t => {
  for (const [name, text, expected] of CASES) t.same(told(traceOf({ text })), expected, name);
});

t.test('uses of variables tell whether something has set them', async t => {
  const { events } = traceOf({ text: 'A=1\nif true; then B=1; fi\nsource f\none $A $B $C' });
  const call = events.at(-1);
  if (call?.kind !== 'call') throw new Error('The last event is the call.');
  t.same(
    [...call.args, ...call.vanished].flatMap(({ uses, isExact }) =>
      uses.map(({ name, isSet }) => [name, isSet, isExact]),
    ),
    [
      ['A', true, true],
      ['B', true, false],
      ['C', true, false],
    ],
    'after a file of commands anything may be set',
  );
  const [only] = traceOf({ text: 'one $A' }).events;
  t.same(only?.kind === 'call' && only.vanished.map(({ uses }) => uses[0]?.isSet), [false]);
});

t.test('output is that of the call above it', async t => {
  const { events } = traceOf(
    { text: '$ one\nNAME\nx\n$ two' },
    { text: 'y\n...', language: 'plain' },
    { text: 'z', language: 'plain' },
    { text: 'a: b', language: 'yaml' },
  );
  t.same(
    events.map(event => event.kind === 'call' && event.shown.map(({ text }) => text)),
    [
      ['NAME', 'x'],
      ['y', '...'],
    ],
  );
});

/** Scripts whose words bash itself tells; `one` prints them. */
const WORDS: readonly string[] = [
  'A="x y"; one $A "$A" a$A"b c"',
  'A=; one $A "" "$A" b$A',
  "one a\\ b 'c d' \"e\\\"f\\$g\" $'h\\ti'",
  'one ${U:-a b} "${U:-a b}" ${U:-"a b"}',
  'A=" x  y "; one $A"z" "$A"z',
  'A=1 B=2; A=3; one $A$B "${A}b"',
  'one -o jsonpath={.items[0].metadata.name} --x="{.a}"',
  'A=$(echo "x y"); one $A "$A"',
  'one "$(echo a; )" b',
  'A=b; one "a${A:-c}d" a#b \\# # comment',
];

t.test('words are those of bash', async t => {
  const one = 'one() { for w in "$@"; do printf "[%s]" "$w"; done; echo; }';
  const script = WORDS.map(words => `(${one}\n${words}\n)`).join('\n');
  const { stdout, error } = spawnSync('bash', ['-c', script], { encoding: 'utf8' });
  if (error) {
    t.comment(`bash does not start: ${error.message}`);
    return;
  }
  const ours = WORDS.map(text => {
    const { events } = traceOf({ text: text.replaceAll('; ', '\n') });
    const call = events.findLast(event => event.kind === 'call');
    return call?.kind === 'call' ? call.args.map(arg => `[${arg.text}]`).join('') : '';
  });
  t.same(ours, stdout.trimEnd().split('\n'));
});
