/** Names of the domain, branded so that one does not pass for another. */

declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

/** A cluster as the scenario and the guide call it: `cluster1`. */
export type ClusterName = Branded<'ClusterName'>;
/** A network as the scenario and the guide call it: `network1`. */
export type NetworkName = Branded<'NetworkName'>;

// The casts are the brand itself: the scenario's schema has checked the text.
export const clusterName = (name: string) => name as ClusterName;
export const networkName = (name: string) => name as NetworkName;
