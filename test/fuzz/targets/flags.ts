/** Words of the command line, for every command: read or refused, never run. */
import { Command } from 'commander';
import fc, { type Arbitrary } from 'fast-check';
import { argvOfRun, declareRun } from '../../../harness/cli/commands/run.flags.ts';
import { argvOfUp, declareUp } from '../../../harness/cli/commands/up.flags.ts';
import { argvOfVerify, declareVerify } from '../../../harness/cli/commands/verify.flags.ts';
import { createProgram } from '../../../harness/cli/program.ts';
import { parseCli } from '../../support/parsed-cli.ts';
import { oddText } from '../inputs/values.ts';
import { assertTold, target } from '../target.ts';

/** What flags take that are given by whom knows them. */
const GOOD_VALUES = [
  ...['1', '300', '65535', '0.001', '1e-6', 'current', '1.8', 'kind', 'simulator', 'text', 'json', 'tap'],
  ...[
    'process',
    'list',
    'sh',
    'cluster1=ctx',
    'cluster1=https://192.0.2.1:6443',
    'https://example.org',
    'x',
    './a.yaml',
  ],
];

const value = fc.oneof(fc.constantFrom(...GOOD_VALUES), oddText);

/** One flag of a command with or without a value, a word, or what is neither. */
const wordsFor = (command: Command): Arbitrary<readonly string[]> => {
  const flags = command.options.map(({ long, short }) => long ?? short ?? '--help');
  const flag = fc.constantFrom('--help', ...flags);
  return fc.oneof(
    { weight: 4, arbitrary: fc.tuple(flag, value).map(([name, given]) => [name, given]) },
    { weight: 2, arbitrary: fc.tuple(flag, value).map(([name, given]) => [`${name}=${given}`]) },
    { weight: 2, arbitrary: flag.map(name => [name]) },
    { weight: 3, arbitrary: value.map(word => [word]) },
    { weight: 1, arbitrary: fc.constantFrom(['--'], ['-q'], ['-qo'], ['-'], ['--no-such'], ['help']) },
  );
};

const commands = createProgram(async () => {}).commands.filter(command => command.name() !== 'istioctl');

const argv: Arbitrary<readonly string[]> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc
      .constantFrom(...commands)
      .chain(command =>
        fc.array(wordsFor(command), { maxLength: 5 }).map(words => [command.name(), ...words.flat()]),
      ),
  },
  { weight: 1, arbitrary: fc.array(value, { maxLength: 4 }) },
);

/** Command → what writes its words and flags once more, as the closing lines of a run do. */
const AGAIN: Readonly<Record<string, (program: Command, keep: (words: readonly string[]) => void) => void>> =
  {
    run: (program, keep) => declareRun(program, async (...read) => keep(argvOfRun(...read))),
    up: (program, keep) => declareUp(program, async (...read) => keep(argvOfUp(...read))),
    verify: (program, keep) => declareVerify(program, async (...read) => keep(argvOfVerify(...read))),
  };

/** Reads words that are fine, and writes them once more. */
async function again(words: readonly string[]): Promise<readonly string[] | undefined> {
  const declare = AGAIN[words[0] ?? ''];
  if (!declare) return undefined;
  let written: readonly string[] | undefined;
  const program = new Command().exitOverride();
  declare(program, all => {
    written = all;
  });
  await program.parseAsync(words, { from: 'user' });
  return written;
}

/** Command lines. */
export const flags = target<readonly string[]>({
  name: 'flags',
  what: 'the words of a command line, to what reads them',
  inputs: argv,
  judge: async words => {
    const parsed = await parseCli(words);
    if (!('work' in parsed)) {
      assertTold(parsed.stderr);
      if (parsed.code !== 0 && parsed.code !== 2) throw new Error(`exit code ${parsed.code}`);
      return parsed.code === 0 ? 'help' : 'refused';
    }
    const once = await again(words);
    if (!once) return 'taken';
    if (!('work' in (await parseCli(once)))) throw new Error(`is not read again: ${JSON.stringify(once)}`);
    const twice = await again(once);
    if (JSON.stringify(twice) !== JSON.stringify(once))
      throw new Error(`${JSON.stringify(once)} becomes ${JSON.stringify(twice)}`);
    return 'taken, and again';
  },
});
