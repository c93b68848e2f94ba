/** Terminals of 40, 80 and 160 columns: no word is broken there, and nothing that is to be pasted by us. */
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import stringWidth from 'string-width';
import t from 'tap';
import { keepCommands } from '../../harness/cli/terminal/unbroken.ts';
import { isNightly } from '../support/nightly.ts';
import { runHere } from '../support/run-here.ts';

const GUIDES = path.join(path.dirname(fileURLToPath(import.meta.url)), '../../fixtures/guides');
const FOLDER = t.testdir();
const HELP = ['run', 'verify', 'diagnose', 'matrix', 'doctor', 'clean', 'list', 'plan', 'certs', 'up', 'env'];
/** Live views are drawn and cleared again; plain lines stay. */
const PLAIN = { NO_COLOR: '1', CI: '1', MESH_HARNESS_STATE: path.join(FOLDER, 'state') };

const ROWS: readonly (readonly string[])[] = [
  ['--help'],
  ...[...HELP, 'status', 'down'].map(name => [name, '--help']),
  ['guide', 'lint', '--help'],
  ['list'],
  ['list', '--checks'],
  ['plan', 'primary-remote-multi-network'],
  ['guide', 'rules'],
  ['guide', 'plan', path.join(GUIDES, 'multicluster-1.8-mended.md'), '--tab', 'primary-remote'],
  ['guide', 'lint', path.join(GUIDES, 'multicluster-1.8.md')],
  ['doctor', '--platform', 'existing'],
  ['doctor', '--platform', 'simulator'],
  ['status'],
  ['env'],
  ['matrix', '--list'],
  ['run', 'no-such-mesh'],
  ['run', 'multi-primary', '--omit', 'nothing'],
  ['run', 'multi-primary', '--context', 'cluster1=a'],
  ['run', 'multi-primary', '--first-port', '70000'],
  ['up', 'multi-primary', '--first-port', '70000'],
  ...(isNightly
    ? [
        [
          'run',
          'multi-primary',
          '--omit',
          'cluster2/deploy-helloworld-v2',
          '--report-dir',
          path.join(FOLDER, 'r'),
        ],
        ['run', 'primary-remote', '--verbose', '--report-dir', path.join(FOLDER, 'r')],
        [
          'matrix',
          'multi-primary',
          '--case',
          'trust/different-roots',
          '--report-dir',
          path.join(FOLDER, 'm'),
        ],
      ]
    : []),
];

/** What a line may have beyond the edge: one word, or a command. What is quoted of a page is cut to fit. */
const isOnePiece = (line: string): boolean => !/\S \S/.test(keepCommands(line.trim()).replace(/^│ +/, ''));
/** Of a step's repair, as it is typed. */
const isTyped = (line: string): boolean => /^ {4,}(\S+ \|$|kubectl|istioctl|samples|cat <<|\$ )/.test(line);

for (const argv of ROWS) {
  t.test(argv.slice(0, 4).join(' ').replaceAll(GUIDES, ''), async t => {
    for (const columns of isNightly ? [40, 80, 160] : [40, 80]) {
      const { stdout, stderr } = await runHere(argv, { columns, env: PLAIN });
      const lines = `${stdout}${stderr}`.split('\n');
      const broken = lines.filter(line => stringWidth(line) > columns && !isOnePiece(line) && !isTyped(line));
      t.same(broken, [], `${columns} columns`);
      t.ok(lines.length > 1, 'something is said');
    }
  });
}

t.test('what is piped has one line for each item', async t => {
  const { stdout } = await runHere(['list'], { env: PLAIN });
  t.equal(stdout.split('\n').filter(line => /^[a-z-]+ {2,}/.test(line)).length, 4);
});
