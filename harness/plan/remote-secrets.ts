/** Remote secrets as steps: what the editions' sections on endpoint discovery have in common. */
import { controlPlaneOf, type Topology } from '../model/topology.ts';
import type { StepDraft } from './edition.ts';
import { isNeeded, type RemoteSecret } from './mesh.ts';
import type { StepId } from './step.ts';

/** Names the step that installs a secret: `remote-secret/cluster2-in-cluster1`. */
export const remoteSecretId = ({ watched, holder }: RemoteSecret): StepId =>
  `remote-secret/${watched.name}-in-${holder.name}`;

/**
 * Lists the steps that come before a secret. The first secret of a cluster creates the account or its token,
 * and two at once would get in each other's way. Which is the first is only known once the run knows what is
 * left out, so those of one cluster follow each other.
 * @param secrets - all of the mesh, in their order
 * @param watchedStep - what must have been done in the cluster that is watched
 */
export function prerequisitesOf(
  secret: RemoteSecret,
  secrets: readonly RemoteSecret[],
  watchedStep: StepId,
): readonly StepId[] {
  const ofWatched = secrets.filter(other => other.watched === secret.watched);
  const previous = ofWatched[ofWatched.indexOf(secret) - 1];
  return [
    `${secret.holder.name}/install-istio`,
    watchedStep,
    ...(previous ? [remoteSecretId(previous)] : []),
  ];
}

/**
 * Tells what a mesh without this secret lacks.
 * @param withoutControl - what the control plane of the watched cluster cannot do: `check the tokens of …`
 */
export function omissionOf(
  topology: Topology,
  secret: RemoteSecret,
  withoutControl: string,
): StepDraft['omission'] {
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
        ? `${holder.name}'s istiod cannot ${withoutControl}`
        : `${holder.name}'s istiod never learns of pods in ${watched.name}`,
  };
}
