/**
 * "Enable Endpoint Discovery", and for remotes "Attach … as a remote cluster": a remote secret for each
 * cluster, in each primary that watches it.
 */
import { controlPlaneOf, type Topology } from '../../../model/topology.ts';
import { createRemoteSecret } from '../../commands.ts';
import type { StepDraft } from '../../edition.ts';
import { isNeeded, type RemoteSecret, remoteSecretsOf } from '../../mesh.ts';
import type { StepId } from '../../step.ts';
import { sectionFor } from './guide.ts';

export const remoteSecretId = ({ watched, holder }: RemoteSecret): StepId =>
  `remote-secret/${watched.name}-in-${holder.name}`;

export function remoteSecretSteps(topology: Topology): readonly StepDraft[] {
  const secrets = remoteSecretsOf(topology);
  return secrets.map((secret): StepDraft => {
    const { watched, holder } = secret;
    const attaches = controlPlaneOf(watched) === holder.name;
    const section = attaches
      ? `Attach ${watched.name} as a remote cluster of ${holder.name}`
      : 'Enable Endpoint Discovery';
    return {
      id: remoteSecretId(secret),
      title: attaches
        ? section
        : `Install a remote secret in ${holder.name} that provides access to ${watched.name}'s API server`,
      cluster: holder.name,
      guide: sectionFor(topology, attaches ? watched : holder, section),
      dependsOn: prerequisitesOf(secret, secrets),
      files: [],
      commands: createRemoteSecret(['create-remote-secret'], watched.name, holder.name),
      omission: omissionOf(topology, secret),
      errata: [],
    };
  });
}

/** Lists the steps that come before a secret, which is one of `secrets`. */
function prerequisitesOf(secret: RemoteSecret, secrets: readonly RemoteSecret[]): readonly StepId[] {
  const { watched, holder } = secret;
  const leader = secrets.find(other => other.watched === watched);
  return [
    `${holder.name}/install-istio`,
    `${watched.name}/install-istio`,
    // The first secret of a cluster creates the token; two at once would get in each other's way.
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
        ? `${holder.name}'s istiod cannot give ${watched.name}'s webhook its CA bundle: no pod can be created (x509)`
        : `${holder.name}'s istiod never learns of pods in ${watched.name}`,
  };
}
