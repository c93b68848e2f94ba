/** `certs` on the command line: a mesh, a cluster more, and what to do with the files. */
import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { existsSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { runHere } from '../support/run-here.ts';

const modeOf = (file: string) => (statSync(file).mode & 0o777).toString(8);
const certificateIn = (file: string) => new X509Certificate(readFileSync(file));

t.test('a cluster is added later below the root whose key was kept', async t => {
  const out = path.join(t.testdir(), 'certs');
  const made = await runHere(['certs', '--out', out, '--keep-root-key', 'cluster1', 'east-2']);
  t.equal(made.code, 0, made.stderr);
  t.equal(modeOf(path.join(out, 'root-key.pem')), '600');
  t.equal(modeOf(path.join(out, 'root-cert.pem')), '644');
  const before = readFileSync(path.join(out, 'cluster1', 'ca-cert.pem'), 'utf8');

  const added = await runHere(['certs', '--out', out, 'cluster3']);
  t.match(added, { code: 0, stderr: /root-key\.pem can join the mesh/ });
  t.same(
    added.stdout
      .trimEnd()
      .split('\n')
      .map(file => path.relative(out, file))
      .sort(),
    ['ca-cert', 'ca-key', 'cert-chain', 'root-cert'].map(name => `cluster3/${name}.pem`),
  );
  const root = certificateIn(path.join(out, 'root-cert.pem'));
  const third = certificateIn(path.join(out, 'cluster3', 'ca-cert.pem'));
  t.ok(third.checkIssued(root) && third.verify(root.publicKey));
  t.equal(readFileSync(path.join(out, 'cluster3', 'root-cert.pem'), 'utf8'), root.toString());
  t.equal(modeOf(path.join(out, 'cluster3', 'ca-key.pem')), '600');
  t.equal(readFileSync(path.join(out, 'cluster1', 'ca-cert.pem'), 'utf8'), before, 'what is there stays');

  const again = await runHere(['certs', '--out', out, 'cluster4', 'cluster3']);
  t.match(again, { code: 2, stdout: '', stderr: /cluster3\/ca-cert\.pem exists already/ });
  t.notOk(existsSync(path.join(out, 'cluster4')));
});

t.test('each secret is told as the command that makes it, with the files that are there', async t => {
  const out = path.join(t.testdir(), 'my certs');
  const { stderr, stdout } = await runHere(['certs', '--out', out, 'cluster1', 'east-2']);
  for (const [variable, cluster] of [
    ['CTX_CLUSTER1', 'cluster1'],
    ['CTX_EAST_2', 'east-2'],
  ] as const) {
    const start = stderr.indexOf(
      `kubectl --context="\${${variable}}" create secret generic cacerts -n istio-system`,
    );
    t.ok(start > 0, stderr);
    const command = stderr.slice(start).split(/(?<!\\)\n/)[0] ?? '';
    const files = [...command.matchAll(/--from-file='([^']+)'/g)].map(([, file]) => file ?? '');
    t.same(
      files.map(file => path.basename(file)),
      ['ca-cert.pem', 'ca-key.pem', 'root-cert.pem', 'cert-chain.pem'],
    );
    for (const file of files) t.ok(existsSync(file) && file.includes(`/${cluster}/`), file);
    t.ok(stderr.includes(`kubectl --context="\${${variable}}" create namespace istio-system`));
  }
  t.match(stderr, /with --keep-root-key a cluster can be added later/);
  t.notMatch(stdout, /kubectl|root-key/, 'standard output has the paths alone, for programs');
  t.notOk(existsSync(path.join(out, 'root-key.pem')));
});

t.test('where the root cannot sign, it is said why and what to do', async t => {
  const out = path.join(t.testdir(), 'certs');
  await runHere(['certs', '--out', out, '--keep-root-key', 'cluster1', 'cluster2']);
  const [key, certificate] = ['root-key.pem', 'root-cert.pem'].map(name => path.join(out, name));
  if (key === undefined || certificate === undefined) throw new Error('two files');
  const refused = async (says: RegExp) => {
    const ended = await runHere(['certs', '--out', out, 'cluster3']);
    t.match(ended, { code: 2, stdout: '', stderr: says });
    t.notOk(existsSync(path.join(out, 'cluster3')));
  };
  const ofKind = (type: 'rsa' | 'ec') =>
    (type === 'rsa'
      ? generateKeyPairSync('rsa', { modulusLength: 2048 })
      : generateKeyPairSync('ec', { namedCurve: 'P-256' })
    ).privateKey.export({ type: 'pkcs8', format: 'pem' });
  renameSync(key, `${key}.away`);
  await refused(
    /root-key\.pem\.\n.*--keep-root-key keeps it[\s\S]*mesh-harness certs --out \S+-new --keep-root-key cluster1 cluster2 cluster3\n/,
  );
  for (const type of ['ec', 'rsa'] as const) {
    writeFileSync(key, ofKind(type));
    await refused(/No cluster can be added with .*root-key\.pem: The private key does not belong/);
  }
  writeFileSync(key, 'no key');
  await refused(/No cluster can be added with .*root-key\.pem: it is no private key in PEM/);
  writeFileSync(key, ofKind('ec'));
  writeFileSync(certificate, 'no certificate');
  await refused(/root-key\.pem: .*root-cert\.pem is no certificate in PEM\./);
  rmSync(certificate);
  await refused(/is there without its certificate/);
});
