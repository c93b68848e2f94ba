/** Packages that want to run a script at installation: each is named and refused; see SECURITY.md. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { ROOT } from './support/cli.ts';

const read = (file: string) => JSON.parse(readFileSync(path.join(ROOT, file), 'utf8'));

t.test('no package runs a script at installation, and no new one comes unseen', async t => {
  const packages: Record<string, { hasInstallScript?: true }> = read('package-lock.json').packages;
  const wanting = Object.entries(packages)
    .filter(([place, { hasInstallScript }]) => place !== '' && hasInstallScript)
    .map(([place]) => place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length));
  const allowed: Record<string, boolean> = read('package.json').allowScripts;
  t.same(Object.keys(allowed).sort(), [...new Set(wanting)].sort());
  t.ok(Object.values(allowed).every(each => each === false));
  const said = readFileSync(path.join(ROOT, 'SECURITY.md'), 'utf8');
  for (const name of Object.keys(allowed)) t.match(said, `\`${name}\``);
});
