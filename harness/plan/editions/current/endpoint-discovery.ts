/**
 * "Enable Endpoint Discovery", and for remotes "Attach … as a remote cluster": a remote secret for each
 * cluster, in each primary that watches it.
 */
import { controlPlaneOf, type Topology } from '../../../model/topology.ts';
import { createRemoteSecret } from '../../commands.ts';
import type { StepDraft } from '../../edition.ts';
import { remoteSecretsOf } from '../../mesh.ts';
import { omissionOf, prerequisitesOf, remoteSecretId } from '../../remote-secrets.ts';
import { sectionFor } from './guide.ts';

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
      dependsOn: prerequisitesOf(secret, secrets, `${watched.name}/install-istio`),
      files: [],
      commands: createRemoteSecret(['create-remote-secret'], watched.name, holder.name),
      omission: omissionOf(
        topology,
        secret,
        `give ${watched.name}'s webhook its CA bundle: no pod can be created (x509)`,
      ),
      errata: [],
    };
  });
}
