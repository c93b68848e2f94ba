/** "Enable Endpoint Discovery": a remote secret for each cluster, in each primary that watches it. */
import { isRemote, type Topology } from '../../../model/topology.ts';
import { createRemoteSecret } from '../../commands.ts';
import type { StepDraft } from '../../edition.ts';
import { remoteSecretsOf } from '../../mesh.ts';
import { omissionOf, prerequisitesOf, remoteSecretId } from '../../remote-secrets.ts';
import { passageOnSecret } from './guide.ts';

export function remoteSecretSteps(topology: Topology): readonly StepDraft[] {
  const secrets = remoteSecretsOf(topology);
  return secrets.map((secret): StepDraft => {
    const { watched, holder } = secret;
    return {
      id: remoteSecretId(secret),
      title: `Install a remote secret in ${holder.name} that provides access to ${watched.name}'s API server`,
      cluster: holder.name,
      guide: passageOnSecret(topology, secret),
      dependsOn: prerequisitesOf(
        secret,
        secrets,
        // A remote's install waits for this very secret; its service account is made by create-remote-secret
        // itself.
        isRemote(watched) ? `${watched.name}/create-cacerts` : `${watched.name}/install-istio`,
      ),
      files: [],
      commands: createRemoteSecret(['x', 'create-remote-secret'], watched.name, holder.name),
      omission: omissionOf(
        topology,
        secret,
        `check the tokens of ${watched.name}'s proxies, which stay 1/2 ready`,
      ),
      errata: ['refused-name', ...(isRemote(watched) ? ['secret-after-remote'] : [])],
    };
  });
}
