/** The folder for reports on the command line: what is refused, what is kept, what `clean` says of it. */
import { existsSync, mkdirSync, readdirSync, readlinkSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { runCli, temporaryFolder } from '../support/cli.ts';
import { runHere } from '../support/run-here.ts';

const RUN = ['run', 'multi-primary', '--check', 'versions-in-their-own-clusters'];

t.test('what is no folder for reports, or no number of them, is wrong usage', async t => {
  const foreign = t.testdir({ src: {} });
  const rows: readonly (readonly [flags: readonly string[], says: RegExp])[] = [
    [['--report-dir', ''], /--report-dir.*empty value/],
    [['--report-dir', foreign], /holds what is no report of ours: src\.\n {2}Name a folder/],
    [['--keep-reports', '0'], /above 0, or all/],
    [['--keep-reports', 'some'], /above 0, or all/],
    [['--report-dir', 'x', '--keep-reports', '3'], /--keep-reports has no effect beside --report-dir/],
  ];
  for (const [flags, says] of rows) {
    for (const words of [RUN, ['matrix', 'multi-primary', '--case', 'trust']]) {
      const { code, stdout, stderr } = await runHere([...words, ...flags]);
      t.match(
        { code, stdout, stderr },
        { code: 2, stdout: '', stderr: says },
        [...words, ...flags].join(' '),
      );
    }
  }
  t.same(readdirSync(foreign), ['src']);
});

t.test('what is behind a link that leads nowhere, or the folder of the trace, is wrong usage', async t => {
  const home = t.testdir({ dangling: t.fixture('symlink', './nowhere'), there: {} });
  const at = (name: string) => path.join(home, name);
  const rows: readonly (readonly [flags: readonly string[], says: RegExp])[] = [
    [['--report-dir', at('dangling')], /dangling is a link to something that is not there\n/],
    [['--report-dir', at('dangling/below')], /dangling is a link to something that is not there\n/],
    [['--trace', at('dangling')], /dangling is a link to something that is not there\n/],
    [
      ['--trace', at('there'), '--report-dir', at('there')],
      /name the same folder, .*there\.\n.*there-trace\n/,
    ],
    [['--trace', at('new'), '--report-dir', `${at('new')}/`], /name the same folder/],
    [['--trace', home, '--report-dir', at('multi-primary')], /name the same folder/],
  ];
  for (const [flags, says] of rows)
    t.match(await runHere([...RUN, ...flags]), { code: 2, stdout: '', stderr: says }, flags.join(' '));
  t.same(readdirSync(home).sort(), ['dangling', 'there']);
});

t.test('old reports go after a run, and `clean` counts and removes the others', async t => {
  using own = temporaryFolder();
  const env = { HOME: own.path, MESH_HARNESS_STATE: path.join(own.path, 'state') };
  const all = path.join(own.path, 'mesh-harness-report');
  const idOf = (day: number) => `2020010${day}-000000-0123ab`;
  for (const day of [1, 2, 3]) {
    const file = path.join(all, idOf(day), 'report.json');
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, '{\n  "harness": {\n    "name": "mesh-harness"');
    utimesSync(file, new Date(2020, 0, day), new Date(2020, 0, day));
  }
  const { code, stderr } = await runCli([...RUN, '--keep-reports', '2'], own.path, env);
  t.equal(code, 0);
  t.match(stderr, /^Removed: 2 old reports, 1 kB; --keep-reports 2 says how many stay\.$/m);
  const latest = readlinkSync(path.join(all, 'latest'));
  t.same(readdirSync(all), [idOf(3), latest, 'latest']);

  const counted = await runCli(['clean'], own.path, env);
  t.match(counted.stdout, /mesh-harness-report\/ has 2 reports, \d+ kB; clean --reports removes them\.\n/);
  t.ok(existsSync(path.join(all, 'latest', 'report.json')));
  const cleaned = await runCli(['clean', '--reports'], own.path, env);
  t.match(cleaned, { code: 0, stdout: /^removed 2 reports, \d+ kB in mesh-harness-report\/$/m });
  t.notOk(existsSync(all));
});
