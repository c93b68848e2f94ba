/** Names of the domain, branded so that one does not pass for another. */

declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

/** A cluster as the scenario and the guide call it: `cluster1`. */
export type ClusterName = Branded<'ClusterName'>;
/** A network as the scenario and the guide call it: `network1`. */
export type NetworkName = Branded<'NetworkName'>;

// The casts are the brand itself: the scenario's schema has checked the text.
/** Says of a text that it is the name of a cluster. */
export const clusterName = (name: string): ClusterName => name as ClusterName;
/** Says of a text that it is the name of a network. */
export const networkName = (name: string): NetworkName => name as NetworkName;
