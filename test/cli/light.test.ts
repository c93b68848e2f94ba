/** Which command lines are light. */
import t from 'tap';
import { isLight } from '../../harness/cli/light.ts';
import { createProgram } from '../../harness/cli/program.ts';

for (const line of [
  '',
  '--help',
  '-h',
  '-V',
  'help',
  'help run',
  'run --help',
  'run all -h',
  'images save --help',
  'plan multi-primary --format sh',
  'list --format json',
  'nonsense --help',
])
  t.ok(isLight(line.split(' ').filter(Boolean)), line);

for (const line of [
  'run all',
  'run --omit --help', // a value
  'run all --help --quiet',
  'istioctl --help', // its own
  'istioctl analyze --help',
  'list --checks',
  'up --version',
  '--version --help',
  'nonsense',
])
  t.notOk(isLight(line.split(' ')), line);

const commands = createProgram(async () => {}).commands.map(command => command.name());
t.same(
  commands.filter(name => isLight([name])),
  ['list', 'plan', 'version'],
);
