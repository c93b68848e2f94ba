/** `mesh-harness guide lint`: exit codes, files that are no pages, and what --fix writes. */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  linkSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { runCli, temporaryFolder } from '../support/cli.ts';
import { runHere } from '../support/run-here.ts';

const BAD = '# A\r\n\r\n```bash\r\n$ istioctl install -y -f - c.yaml\r\n$ istioctl install\r\n```\r\n';
const GOOD = '# A\n\n```bash\n$ istioctl install -y\n```\n';
const MENDED = BAD.replace('install\r\n', 'install -y\r\n');

function folderWith(files: Readonly<Record<string, string | Buffer>>) {
  const folder = temporaryFolder();
  for (const [name, content] of Object.entries(files)) writeFileSync(path.join(folder.path, name), content);
  return folder;
}

t.test('errors are an exit code, all else is none', async t => {
  using folder = folderWith({ 'bad.md': BAD, 'good.md': GOOD });
  const [bad, good] = ['bad.md', 'good.md'].map(name => path.join(folder.path, name));
  const refused = await runHere(['guide', 'lint', bad ?? '']);
  t.equal(refused.code, 1);
  t.match(refused.stdout, /bad\.md:4:23: error stdin-beside-file: /);
  t.match(refused.stdout, /1 error, 1 warning and 0 notes; --fix mends 1 of them\.\n$/);
  t.match(await runHere(['guide', 'lint', good ?? '']), { code: 0, stdout: /^0 errors/, stderr: '' });
  const both = JSON.parse(
    (await runHere(['guide', 'lint', good ?? '', bad ?? '', '--format', 'json'])).stdout,
  );
  t.equal(both.findings.length, 2);
});

t.test('what is no page is refused with exit code 2, and nothing hangs', async t => {
  using folder = folderWith({ 'big.md': Buffer.alloc(16 * 1024 * 1024 + 1, 97) });
  execFileSync('mkfifo', [path.join(folder.path, 'pipe')]);
  for (const name of ['nothing.md', '.', 'pipe', 'big.md']) {
    const { code, stdout, stderr } = await runHere(['guide', 'lint', path.join(folder.path, name)]);
    t.match({ code, stdout }, { code: 2, stdout: '' }, name);
    t.match(stderr, /cannot be read/, name);
  }
  t.equal((await runHere(['guide', 'lint'])).code, 2);
  t.equal((await runHere(['guide', 'lint', path.join(folder.path, 'big.md'), '--edition', '9'])).code, 2);
});

t.test('variables that the reader has set count as set, and slips in --var are refused', async t => {
  using folder = folderWith({ 'a.md': '```bash\n$ kubectl --context=$CTX_ONE get pod\n```\n' });
  const file = path.join(folder.path, 'a.md');
  const of = (command: string, ...given: readonly string[]) =>
    runHere(['guide', command, file, ...given.flatMap(each => ['--var', each])]);
  t.match(await of('lint'), { code: 1, stdout: /unset-variable/ });
  t.match(await of('lint', 'CTX_ONE=one'), { code: 0, stdout: /^0 errors, 0 warnings and 0 notes/ });
  for (const command of ['lint', 'plan']) {
    const unused = await of(command, 'CTX_ONE=one', 'CTX_OEN=one');
    t.match(
      unused,
      { code: 2, stdout: '', stderr: /CTX_OEN: no command .*Did you mean CTX_ONE\?/s },
      command,
    );
    t.match(await of(command, 'CTX_ONE=one', 'CTX_ONE=two'), { code: 2, stderr: /CTX_ONE is given twice/ });
  }
});

t.test('a page that is no text ends with a finding', async t => {
  using folder = folderWith({ 'x.md': Buffer.from([0, 0xff, 0xfe, 10, 0x80]) });
  const file = path.join(folder.path, 'x.md');
  const { code, stdout } = await runHere(['guide', 'lint', '--fix', file]);
  t.match({ code, stdout }, { code: 1, stdout: /page-problem/ });
  t.same(readFileSync(file), Buffer.from([0, 0xff, 0xfe, 10, 0x80]), 'and is not written');
});

t.test('--dry-run prints the diff alone; --fix makes it, keeps line ends, mode and links', async t => {
  using folder = folderWith({ 'page.md': BAD });
  const file = path.join(folder.path, 'page.md');
  const link = path.join(folder.path, 'link.md');
  symlinkSync('page.md', link);
  chmodSync(file, 0o640);
  const dry = await runHere(['guide', 'lint', '--dry-run', link]);
  t.match(dry.stdout, /^--- .*link\.md\n\+\+\+ .*link\.md\n@@ -2,5 \+2,5 @@\n/);
  t.match(dry.stdout, /\n-\$ istioctl install\r\n\+\$ istioctl install -y\r\n/);
  t.notMatch(dry.stdout, /error/);
  t.equal(readFileSync(file, 'utf8'), BAD);
  const fixed = await runHere(['guide', 'lint', '--fix', link]);
  t.equal(fixed.code, 1, 'what is left counts');
  t.match(fixed.stdout, /^--- [\s\S]*stdin-beside-file/);
  t.equal(readFileSync(file, 'utf8'), MENDED);
  t.equal(statSync(file).mode & 0o777, 0o640);
  t.same(readdirSync(folder.path).sort(), ['link.md', 'page.md'], 'nothing else is left');
  const json = await runHere(['guide', 'lint', '--fix', '--format', 'json', file]);
  t.equal(JSON.parse(json.stdout).findings.length, 1);
});

t.test('a file under two names is one page, and is mended once', async t => {
  using folder = folderWith({ 'page.md': BAD });
  const at = (name: string) => path.join(folder.path, name);
  symlinkSync('page.md', at('link.md'));
  linkSync(at('page.md'), at('hard.md'));
  const { stdout } = await runHere(['guide', 'lint', '--fix', at('page.md'), at('link.md')]);
  t.notMatch(stdout, /in 2 files/);
  t.equal(readFileSync(at('page.md'), 'utf8'), MENDED);
  t.equal(readFileSync(at('hard.md'), 'utf8'), MENDED, 'its other name leads to the same text');
  t.equal(statSync(at('page.md')).nlink, 2);
});

t.test('--fix keeps the owner of a page, and heeds that it is read-only', async t => {
  using folder = folderWith({ 'page.md': BAD });
  const file = path.join(folder.path, 'page.md');
  if (process.getuid?.() === 0) {
    chownSync(file, 65_534, 65_534);
    await runHere(['guide', 'lint', '--fix', file]);
    t.equal(readFileSync(file, 'utf8'), MENDED);
    t.match(statSync(file), { uid: 65_534, gid: 65_534 });
  } else {
    chmodSync(file, 0o444);
    const refused = await runHere(['guide', 'lint', '--fix', file]);
    t.match(refused, { code: 3, stderr: /cannot be written: it is read-only for you/ });
    t.equal(readFileSync(file, 'utf8'), BAD);
  }
});

t.test('guide rules lists the rules', async t => {
  const { stdout } = await runHere(['guide', 'rules']);
  t.match(stdout, /^page-problem +error +The page itself/);
  const { rules } = JSON.parse((await runHere(['guide', 'rules', '--format', 'json'])).stdout);
  t.equal(rules.length, stdout.trim().split('\n').length);
});

t.test('findings that are more than a pipe holds arrive as a whole', async t => {
  const commands = Array.from({ length: 2_000 }, (_, number) => `$ istioctl install -f file${number}.yaml`);
  using folder = folderWith({ 'long.md': ['```bash', ...commands, '```', ''].join('\n') });
  const { code, stdout } = await runCli(['guide', 'lint', 'long.md', '--format', 'json'], folder.path);
  t.equal(code, 0);
  t.ok(stdout.length > 2 ** 20);
  t.equal(JSON.parse(stdout).findings.length, 2_000);
});
