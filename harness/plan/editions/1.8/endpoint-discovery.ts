/** "Enable Endpoint Discovery": a remote secret for each cluster, in each primary that watches it. */
import { controlPlaneOf, isRemote, type Topology } from '../../../model/topology.ts';
import { createRemoteSecret } from '../../commands.ts';
import type { StepDraft } from '../../edition.ts';
import { isNeeded, type RemoteSecret, remoteSecretsOf } from '../../mesh.ts';
import type { StepId } from '../../step.ts';
import { passageOnSecret } from './guide.ts';

export const remoteSecretId = ({ watched, holder }: RemoteSecret): StepId =>
  `remote-secret/${watched.name}-in-${holder.name}`;

export function remoteSecretSteps(topology: Topology): readonly StepDraft[] {
  const secrets = remoteSecretsOf(topology);
  return secrets.map((secret): StepDraft => {
    const { watched, holder } = secret;
    return {
      id: remoteSecretId(secret),
      title: `Install a remote secret in ${holder.name} that provides access to ${watched.name}'s API server`,
      cluster: holder.name,
      guide: passageOnSecret(topology, secret),
      dependsOn: prerequisitesOf(secret, secrets),
      files: [],
      commands: createRemoteSecret(['x', 'create-remote-secret'], watched.name, holder.name),
      omission: omissionOf(topology, secret),
      errata: ['upper-case-names', ...(isRemote(watched) ? ['remote-secret-order'] : [])],
    };
  });
}

/** Lists the steps that come before a secret, which is one of `secrets`. */
function prerequisitesOf(secret: RemoteSecret, secrets: readonly RemoteSecret[]): readonly StepId[] {
  const { watched, holder } = secret;
  const leader = secrets.find(other => other.watched === watched);
  return [
    `${holder.name}/install-istio`,
    // A remote's install waits for this very secret; its service account is made by create-remote-secret
    // itself.
    isRemote(watched) ? `${watched.name}/create-cacerts` : `${watched.name}/install-istio`,
    // The first secret of a cluster creates the account or its token; two at once would get in each
    // other's way.
    ...(leader && leader !== secret ? [remoteSecretId(leader)] : []),
  ];
}

/** Tells what a mesh without this secret lacks. */
function omissionOf(topology: Topology, secret: RemoteSecret): StepDraft['omission'] {
  const { watched, holder } = secret;
  if (!isNeeded(topology, secret))
    return {
      harmless: true,
      because: `no one who asks ${holder.name}'s istiod calls a service in ${watched.name}`,
    };
  return {
    harmless: false,
    because:
      controlPlaneOf(watched) === holder.name
        ? `${holder.name}'s istiod cannot check the tokens of ${watched.name}'s proxies, which stay 1/2 ready`
        : `${holder.name}'s istiod never learns of pods in ${watched.name}`,
  };
}
