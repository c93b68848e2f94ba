/** An empty value is never a value: generated over all flags and words of all commands. */
import t, { type Test } from 'tap';
import { createProgram } from '../../harness/cli/program.ts';
import { parseCli } from '../support/parsed-cli.ts';

/** Words after `istioctl` are istioctl's own. */
const commands = createProgram(async () => {}).commands.filter(command => command.name() !== 'istioctl');

/** The words that a command can not do without. */
const wordsOf = ({ registeredArguments }: (typeof commands)[number]) =>
  registeredArguments.filter(({ required }) => required).map(() => 'word');

const refusesEmpty = async (t: Test, argv: readonly string[]) =>
  t.match(await parseCli(argv), { code: 2, stderr: /An empty value is no value/ }, JSON.stringify(argv));

t.test('of flags', async t => {
  const given = commands.flatMap(command =>
    command.options
      .filter(option => option.required || option.optional)
      .flatMap(({ long }) => (long ? [{ command, long }] : [])),
  );
  t.ok(given.length > 50, `${given.length} flags have a value`);
  for (const { command, long } of given) {
    const words = [command.name(), ...wordsOf(command)];
    await refusesEmpty(t, [...words, long, '']);
    await refusesEmpty(t, [...words, `${long}=`]);
    await refusesEmpty(t, [...words, long, ' \t']);
  }
});

t.test('of words', async t => {
  const given = commands.filter(({ registeredArguments }) => registeredArguments.length > 0);
  t.ok(given.length >= 6, `${given.length} commands have words`);
  for (const command of given) {
    const more = command.options
      .filter(({ mandatory }) => mandatory)
      .flatMap(({ long }) => [long ?? '', 'x']);
    await refusesEmpty(t, [command.name(), '', ...more]);
    if (command.registeredArguments.at(-1)?.variadic)
      await refusesEmpty(t, [command.name(), 'word', '', ...more]);
  }
});
