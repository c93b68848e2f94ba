/** The remote secrets: one for each other cluster, by name, label and namespace as istiod looks for them. */
import { controlPlaneOf } from '../../../model/topology.ts';
import { ISTIO_NAMESPACE } from '../../workloads.ts';
import { isWatched, remoteSecretsIn } from '../remote-secrets.ts';
import type { Chain } from './chain.ts';
import { broken, contextOf, eachPair, ok, type Reached } from './findings.ts';
import { secretsFor } from './known-secrets.ts';
import type { Finding, Link } from './link.ts';

const LABEL = 'istio/multiCluster=true';
/** A name that Kubernetes takes; of a Secret `istio-remote-secret-NAME`, too. */
const OBJECT_NAME = /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/;

function judge(chain: Chain, primary: Reached, other: Reached): Finding {
  const steps = [chain.steps.remoteSecret(other.name, primary.name)];
  const secrets = secretsFor(primary, other);
  const [secret] = secrets;
  if (!secret) {
    const id = other.installed.clusterId ?? other.name;
    const why = OBJECT_NAME.test(id)
      ? ''
      : `; ${other.name} calls itself ${id}, and no Secret can have upper case in its name`;
    return broken(`there is no remote secret for ${other.name} in ${primary.name}${why}`, steps, {
      // Nobody calls what is there, and nobody there is served from here.
      isHarmless:
        other.facts.spec.helloWorld.length === 0 && controlPlaneOf(other.facts.spec) !== primary.name,
    });
  }
  const called = `the remote secret ${secret.secret} in ${primary.name}`;
  if (secret.namespace !== ISTIO_NAMESPACE) {
    return broken(`${called} is not in ${ISTIO_NAMESPACE}, where istiod looks`, steps);
  }
  if (!isWatched(secret)) {
    const name = secret.secret.slice(secret.secret.indexOf('/') + 1);
    return broken(`${called} has no label ${LABEL}, and istiod does not look at it`, steps, {
      repair: `kubectl ${contextOf(primary.name)} label secret ${name} -n ${ISTIO_NAMESPACE} ${LABEL}`,
    });
  }
  if ('trouble' in secret.access) return broken(`${called} is of no use: ${secret.access.trouble}`, steps);
  const twin = remoteSecretsIn(primary.facts.objects).find(
    each => isWatched(each) && each.id === secret.id && each.secret !== secret.secret,
  );
  if (twin) {
    return broken(
      `${called} and ${twin.secret} are both for ${secret.id}: istiod takes the one it sees first`,
      steps,
    );
  }
  return ok(`${primary.name} has ${secret.secret}`);
}

/** The remote secrets that each primary needs. */
export const remoteSecret: Link = {
  id: 'remote-secret',
  asks: 'Has each primary a remote secret for each other cluster, readable, labelled, where istiod looks?',
  look: chain => eachPair(chain, (primary, other) => judge(chain, primary, other)),
};
