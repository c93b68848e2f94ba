/** Flags as pflag reads them. */
import t from 'tap';
import { type FlagTable, parseFlags } from '../../../harness/tools/embedded/flags.ts';

const table: FlagTable = {
  filename: { type: 'list', short: 'f' },
  namespace: { type: 'text', short: 'n' },
  overwrite: { type: 'boolean' },
  stdin: { type: 'boolean', short: 'i' },
  tty: { type: 'boolean', short: 't' },
  replicas: { type: 'integer' },
  timeout: { type: 'duration' },
  validate: { type: 'text', bare: 'strict' },
};

t.test('words and flags may be mixed in any order', async t => {
  const flags = parseFlags(
    ['apply', '-f', 'a.yaml', '--namespace=x', 'b', '-fb.yaml', '-n', 'y', '-it'],
    table,
  );
  t.same(flags.args, ['apply', 'b']);
  t.same(flags.list('filename'), ['a.yaml', 'b.yaml']);
  t.equal(flags.text('namespace'), 'y', 'the last one wins');
  t.ok(flags.boolean('stdin') && flags.boolean('tty'));
});

t.test('what stands behind two dashes is left alone', async t => {
  const flags = parseFlags(['pod', '--', 'curl', '-sS', '--unknown'], table);
  t.same(flags.afterDash, ['curl', '-sS', '--unknown']);
  t.same(flags.args, ['pod', 'curl', '-sS', '--unknown']);
});

t.test('a bare flag stands for its own value, and takes none from the next word', async t => {
  t.equal(parseFlags(['--validate', 'false'], table).text('validate'), 'strict');
  t.equal(parseFlags(['--validate=false'], table).text('validate'), 'false');
  t.equal(parseFlags(['--overwrite=false'], table).boolean('overwrite'), false);
});

t.test('what cannot be read is refused in the words of pflag', async t => {
  const rows: [readonly string[], string][] = [
    [['--foo'], 'unknown flag: --foo'],
    [['--foo=1'], 'unknown flag: --foo'],
    [['-z'], "unknown shorthand flag: 'z' in -z"],
    [['-iz'], "unknown shorthand flag: 'z' in -iz"],
    [['--namespace'], 'flag needs an argument: --namespace'],
    [['-n'], "flag needs an argument: 'n' in -n"],
    [
      ['--overwrite=maybe'],
      'invalid argument "maybe" for "--overwrite" flag: strconv.ParseBool: parsing "maybe": invalid syntax',
    ],
    [
      ['--replicas=x'],
      'invalid argument "x" for "--replicas" flag: strconv.ParseInt: parsing "x": invalid syntax',
    ],
    [['--timeout=5'], 'invalid argument "5" for "--timeout" flag: time: missing unit in duration "5"'],
    [['--timeout=x'], 'invalid argument "x" for "--timeout" flag: time: invalid duration "x"'],
  ];
  for (const [argv, message] of rows)
    t.throws(() => parseFlags(argv, table), { name: 'FlagError', message }, message);
});
