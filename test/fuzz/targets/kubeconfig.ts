/** Kubeconfigs: a context is found and has a client, or what is wrong is told. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc, { type Arbitrary } from 'fast-check';
import { KubernetesClient } from '../../../harness/base/kubernetes-client.ts';
import { withBearer } from '../../../harness/model/kubeconfig.ts';
import { clusterName } from '../../../harness/model/names.ts';
import { readContexts } from '../../../harness/platform/existing/contexts.ts';
import { readKubeconfig } from '../../../harness/tools/user-kubeconfig.ts';
import { changedDocument, rawText } from '../inputs/mutate.ts';
import { refusalOf, target } from '../target.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'mesh-harness-fuzz-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));

const validFile: Arbitrary<unknown> = fc
  .record({ users: fc.constantFrom('token', 'certificate', 'exec'), mark: fc.boolean() })
  .map(({ users, mark }) => ({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      {
        name: 'c',
        cluster: {
          server: 'https://192.0.2.1:6443',
          'certificate-authority-data': 'QQ==',
          ...(mark && {
            extensions: [
              {
                name: 'mesh-harness/simulated-cluster',
                extension: { inNetworkServer: 'https://172.18.0.2:6443', istioVersion: '1.8.0' },
              },
            ],
          }),
        },
      },
    ],
    users: [
      {
        name: 'u',
        user: {
          token: { token: 'abc' },
          certificate: { 'client-certificate': 'a.pem', 'client-key': 'b.pem' },
          exec: { exec: { apiVersion: 'client.authentication.k8s.io/v1', command: 'nobody', args: ['x'] } },
        }[users],
      },
    ],
    contexts: [{ name: 'x', context: { cluster: 'c', user: 'u', namespace: 'n' } }],
    'current-context': 'x',
  }));

/** Kubeconfigs. */
export const kubeconfig = target<string>({
  name: 'kubeconfig',
  what: 'the text of a kubeconfig, to what finds contexts in it and makes clients of them',
  inputs: fc.oneof({ weight: 4, arbitrary: changedDocument(validFile) }, { weight: 1, arbitrary: rawText }),
  judge: text => {
    const file = path.join(folder, 'kubeconfig');
    writeFileSync(file, text);
    try {
      readKubeconfig([file]).context(undefined);
      const [found] = readContexts([file], new Map([[clusterName('cluster1'), 'x']]));
      if (!found) throw new Error('neither found nor refused');
      for (const each of [found.kubeconfig, withBearer(found.kubeconfig, 'token')])
        new KubernetesClient(each).close();
      return found.simulated ? 'found, simulated' : 'found';
    } catch (error) {
      return refusalOf(error);
    }
  },
});
