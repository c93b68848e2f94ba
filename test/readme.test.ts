/** What README.md says is run: its example, its mesh and its links. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { ROOT, runCli, temporaryFolder } from './support/cli.ts';

const readme = readFileSync(path.join(ROOT, 'README.md'), 'utf8');
const block = (language: string) =>
  new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``).exec(readme)?.[1] ?? '';
const environment = { ...process.env, NODE_OPTIONS: '' };

t.test('the example runs, as a test of its own', async t => {
  // Inside our package, so that it is found by its own name.
  const file = path.join(ROOT, 'dist', `readme-example-${process.pid}.mjs`);
  t.teardown(() => rmSync(file, { force: true }));
  writeFileSync(file, block('js'));
  const output = execFileSync(process.execPath, [file], { encoding: 'utf8', env: environment });
  t.match(output, /^ok 1 - our mesh answers from both clusters/m);
});

t.test('the mesh of your own runs', async t => {
  const folder = temporaryFolder();
  t.teardown(() => folder[Symbol.dispose]());
  writeFileSync(path.join(folder.path, 'my-mesh.yaml'), block('yaml'));
  const { code, stdout, stderr } = await runCli(['run', './my-mesh.yaml', '--quiet'], folder.path);
  t.equal(code, 0, stderr);
  t.match(stdout, /^my-mesh\s+passed/);
});

t.test('links to files of ours lead somewhere', async t => {
  const links = [...readme.matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, link]) => link as string);
  t.ok(links.length > 5);
  t.same(
    links.filter(link => !existsSync(path.join(ROOT, link))),
    [],
  );
});
