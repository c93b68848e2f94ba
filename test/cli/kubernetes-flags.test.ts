import { Command } from 'commander';
import t from 'tap';
import { addKubernetesFlag, argvOfKubernetes } from '../../harness/cli/commands/kubernetes.flags.ts';

const read = (...argv: string[]): unknown =>
  addKubernetesFlag(new Command().exitOverride().configureOutput({ writeErr: () => {} }))
    .parse(argv, { from: 'user' })
    .opts()['kubernetesVersion'];

t.test('a version of Kubernetes may be written as Kubernetes writes it', async t => {
  t.equal(read('--kubernetes-version', '1.35'), '1.35');
  t.equal(read('--kubernetes-version', 'v1.35'), '1.35');
  t.equal(read(), undefined);
  t.same(argvOfKubernetes('1.35'), ['--kubernetes-version', '1.35']);
  for (const wrong of ['v1.33', '1.35.4', 'vv1.35', '1'])
    t.throws(() => read('--kubernetes-version', wrong), /1\.34, 1\.35, 1\.36/, wrong);
});
