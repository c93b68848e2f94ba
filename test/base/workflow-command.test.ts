/** Workflow commands: what we write a runner reads as it was, and of what others wrote it reads nothing. */
import fc from 'fast-check';
import t from 'tap';
import { printable } from '../../harness/base/printable.ts';
import { withoutCommands, workflowCommand } from '../../harness/base/workflow-command.ts';
import { commandsIn } from '../support/github/commands.ts';
import { rounds } from '../support/nightly.ts';

/** What commands are made of, and what is near to it. */
const PIECES = [
  ...[
    '::',
    ':',
    '##[',
    '#',
    '[',
    ']',
    '%0A',
    '%25',
    '%',
    ',',
    ';',
    '=',
    '\n',
    '\r',
    '\t',
    ' ',
    '\u00a0',
    '\u2003',
  ],
  ...['error', 'set-output', 'name=verdict', 'stop-commands', 'title=', 'x', '\\', '\x1b[31m', '\u2028'],
];
const words = fc.array(fc.constantFrom(...PIECES), { maxLength: 12 }).map(pieces => pieces.join(''));
/** As a runner takes it, or nearly. */
const command = fc
  .tuple(
    words,
    fc.constantFrom('::', ':::', '##[', '#['),
    fc.constantFrom('error', 'set-output name=x'),
    words,
  )
  .map(
    ([before, sign, name, after]) => `${before}${sign}${name}${sign.startsWith(':') ? '::' : ']'}${after}`,
  );
const text = fc.oneof(words, command);
const numRuns = rounds(100_000, { daily: 3000 });

t.test('a runner reads the title and the text that were meant', async t => {
  fc.assert(
    fc.property(text, text, (title, said) => {
      const [read, ...more] = commandsIn(workflowCommand('error', { title }, said));
      const isAsMeant =
        read?.command === 'error' &&
        (read.properties['title'] ?? '').trim() === printable(title).trim() &&
        read.text === printable(said);
      if (!isAsMeant || more.length > 0) throw new Error(JSON.stringify(read));
    }),
    { numRuns },
  );
  t.pass(`${numRuns} pairs`);
});

t.test('nothing is left of the commands of others, and all of their words', async t => {
  let commands = 0;
  fc.assert(
    fc.property(text, said => {
      commands += commandsIn(said).length;
      const shown = withoutCommands(said);
      if (commandsIn(shown).length > 0) throw new Error(JSON.stringify(shown));
      if (shown.replaceAll('\\', '') !== said.replaceAll('\\', '')) throw new Error(`changed: ${shown}`);
    }),
    { numRuns },
  );
  t.ok(commands > numRuns / 10, `${commands} of ${numRuns} were commands`);
});
