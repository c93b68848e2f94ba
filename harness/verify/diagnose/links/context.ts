/** The contexts: each answers, and each is another cluster. */
import { itemsOr } from '../cluster-objects.ts';
import type { Chain } from './chain.ts';
import { broken, contextOf, ok } from './findings.ts';
import type { Link } from './link.ts';

/** A cluster's own mark: the uid of its namespace kube-system. */
const uidOf = (chain: Chain, name: Parameters<Chain['clusters']['get']>[0]) => {
  const objects = chain.clusters.get(name)?.objects;
  return (
    objects && itemsOr(objects.namespaces).find(each => each.metadata.name === 'kube-system')?.metadata.uid
  );
};

/** The way to each API server. */
export const context: Link = {
  id: 'context',
  asks: 'Does each context answer, and is each one another cluster?',
  look: chain =>
    [...chain.contexts.values()].map(({ spec: { name }, context: used, server, trouble }) => {
      if (trouble !== undefined) {
        return broken(`the context ${used} of ${name} (${server}) does not answer: ${trouble}`, [], {
          isEnvironment: true,
          repair: `kubectl ${contextOf(name)} get --raw /version`,
        });
      }
      const uid = uidOf(chain, name);
      const twin = [...chain.contexts.values()].find(
        other => other.spec.name !== name && uid !== undefined && uidOf(chain, other.spec.name) === uid,
      );
      if (!twin) return ok(`${name} is ${server}`);
      return broken(
        `the contexts of ${name} and ${twin.spec.name} are one and the same cluster, ${server}`,
        [],
        {
          isEnvironment: true,
          repair: 'kubectl config get-contexts',
        },
      );
    }),
};
