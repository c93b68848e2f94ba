/**
 * Each connection of a command to an API server is refused, cut or never answered: the mesh, which is sound, is
 * never called broken, and what went wrong is said. A few by day; by `npm run tables` each connection once, with
 * one of the three in turn, and all three with MESH_HARNESS_FAULTS=every (half an hour).
 */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { allHarms, harmedWays, tellHarm } from '../support/harmed-way.ts';
import { isNightly } from '../support/nightly.ts';
import { runHere } from '../support/run-here.ts';
import { upWorld } from '../support/up.ts';

/** What asks API servers on clusters that are there, with as few calls as it takes. */
const COMMANDS: Readonly<Record<string, readonly string[]>> = {
  verify: ['verify', 'multi-primary', '--check', 'versions-in-their-own-clusters', '--quiet'],
  'verify without a scenario': ['verify', '--check', 'versions-in-their-own-clusters', '--quiet'],
  diagnose: ['diagnose', 'multi-primary'],
};
const isEvery = process.env['MESH_HARNESS_FAULTS'] === 'every';
/** By day only the first, and of that a few. */
const TRIED = isNightly ? Object.entries(COMMANDS) : Object.entries(COMMANDS).slice(0, 1);

t.test(
  'no connection that comes to harm makes a sound mesh a broken one',
  { timeout: 3_600_000 },
  async t => {
    await using world = await upWorld('multi-primary');
    t.equal(world.up.code, 0, world.up.stderr);
    const { stdout: kubeconfig } = await world.bash('cat "$KUBECONFIG"');
    await using ways = await harmedWays(kubeconfig);
    const own = path.join(world.folder, 'kubeconfig');
    writeFileSync(own, ways.kubeconfig, { mode: 0o600 });
    for (const [command, [verb = '', ...words]] of TRIED) {
      const run = (report: string) =>
        runHere([
          ...[verb, ...words, '--kubeconfig', own],
          ...['--context', 'cluster1=cluster1', '--context', 'cluster2=cluster2'],
          ...(verb === 'verify' ? ['--report-dir', path.join(world.folder, report)] : []),
        ]);
      ways.begin();
      const sound = await run(`${command}-sound`);
      t.equal(sound.code, 0, `${command}: ${sound.stdout}${sound.stderr}`);
      const counts = ways.begin();
      t.ok(
        counts.every(count => count > 0),
        `${command}: connections: ${counts.join(' and ')}`,
      );
      const all = allHarms(counts);
      const chosen = isNightly
        ? all.filter((_, at) => isEvery || at % 3 === Math.floor(at / 3) % 3)
        : all.filter(({ fault }, at) => fault !== 'silent' && at % 5 === 0).slice(0, 3);
      for (const [at, harm] of chosen.entries()) {
        ways.begin(harm);
        const name = `${command}, ${tellHarm(harm)}`;
        const { code, stdout, stderr } = await run(`${command}-${at}`);
        t.ok([0, 3].includes(code), `${name}: exit code ${code}: ${stdout}${stderr}`);
        t.notMatch(stderr, /a defect of ours|^ +at /m, name);
        if (code === 3)
          t.match(`${stdout}${stderr}`, /cluster\d|127\.0\.0\.1/, `${name}: where it was is said`);
      }
      if (isNightly) t.comment(`${command}: ${chosen.length} harms`);
    }
  },
);
