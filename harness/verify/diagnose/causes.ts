/** The causes that a diagnosis can name. Their ids are stable: reports and the misconfigurations cite them. */

/** Cause → what is wrong, in a sentence. */
export const CAUSES = {
  // ---- trust
  'cacerts-missing': 'A cluster has no secret cacerts, so that its istiod signs with a root of its own.',
  'roots-differ': 'The clusters sign with certificates of different roots.',
  'trust-domains-differ': 'The clusters have trust domains of their own.',
  // ---- control planes, and the way to them
  'istio-namespace-missing': 'The namespace istio-system does not exist when a step needs it.',
  'istio-not-installed': 'Nothing of Istio injects sidecars in a cluster.',
  'istiod-not-ready': 'No istiod is ready where there should be one.',
  'remote-runs-istiod': 'A remote has an istiod of its own.',
  'istiod-not-exposed': 'The gateway that remotes reach istiod through does not let them in.',
  'istiod-unreachable': 'A remote does not reach its istiod at the address that it was given.',
  'discovery-address-empty': 'A remote was installed without the address of its control plane.',
  'control-plane-not-set': 'A remote does not name the cluster that may be its control plane.',
  'webhook-untrusted':
    'An istiod gives a remote no CA bundle, though the remote names it and it has the secret.',
  'cluster-name-differs': 'A cluster is installed under another name than others know it by.',
  'proxies-not-served': "A cluster's proxies do not reach their istiod, or are refused by it.",
  // ---- contexts
  'cluster-name-twice': 'Two clusters are installed under one name.',
  'one-cluster-twice': 'Two names lead to one cluster.',
  // ---- endpoint discovery
  'remote-secret-missing': 'An istiod has no remote secret for another cluster.',
  'remote-secret-unusable': 'An istiod has a remote secret, and does not read the cluster that it is for.',
  'value-not-obtained': 'A step needs a value that no step has obtained.',
  // ---- networks and gateways
  'gateway-missing': 'A network has no east-west gateway.',
  'gateway-without-address': 'An east-west gateway has no address.',
  'gateway-not-ready': 'An east-west gateway does not run.',
  'gateway-of-another-network': 'An east-west gateway shows another network than it is on.',
  'gateway-unreachable': 'Packets to an east-west gateway, or behind it, vanish.',
  'gateway-refuses': 'An east-west gateway refuses the connections of another cluster.',
  'gateway-open': 'An east-west gateway does not refuse a client without a mesh certificate.',
  'services-not-exposed': 'Nothing exposes services on an east-west gateway.',
  'network-wrong': 'Proxies take a cluster for one of another network than it is on.',
  'routes-missing': 'There is no route between the pods of one network.',
  // ---- applications
  'sample-namespace-missing': 'The namespace of the sample does not exist.',
  'service-missing': 'The Service of HelloWorld does not exist in a cluster.',
  'service-selects-nothing': 'The Service of HelloWorld selects none of its pods.',
  'port-names-differ': 'The port of HelloWorld is named otherwise in another cluster.',
  'plain-text': 'A rule has clients call HelloWorld in plain text, or HelloWorld take nothing else.',
  'routed-to-a-subset': 'A rule routes calls of HelloWorld to a subset that not all of its clusters have.',
  'name-server-silent': 'The Service of HelloWorld exists, and its name is unknown.',
  'workload-missing': 'A version of HelloWorld was not deployed.',
  'workload-not-ready': 'A pod does not run, or is not called though it runs.',
  'client-missing': 'The workload that calls are sent from was not deployed.',
  'injection-not-asked': 'The namespace does not ask for sidecars.',
  'injection-failed': 'Pods have no sidecar, though their namespace asks for it.',
  'versions-misplaced': 'A version of HelloWorld runs where the scenario does not put it.',
  'placement-proves-nothing': 'The scenario puts the versions so that answers prove nothing.',
  'shares-skewed': 'Every cluster answers, but not as often as its endpoints should.',
  'endpoints-refuse': 'Endpoints of another cluster are known, and refuse.',
  // ---- the guide
  'guide-mistake': 'The guide is followed as it is printed, and it is wrong here.',
  // ---- what is beyond the guide's own calls
  'control-plane-unhealthy': 'Something of Istio does not run as it should, or is not accepted.',
  'endpoints-not-told': 'Proxies were told other endpoints than the scenario has.',
  'path-not-taken': 'Answers came by another way than the networks ask for.',
  'routes-not-as-said': 'The clusters are not on the networks that the scenario says.',
  'strangers-let-in': 'A sidecar lets clients in that it should refuse.',
  'mode-not-kept': 'A sidecar does not do what PeerAuthentication says.',
  'policy-older': 'An older PeerAuthentication goes before that of the check.',
  'endpoints-by-hand': 'Somebody has written endpoints of HelloWorld by hand.',
  'broken-before': 'The mesh is broken before a check changes anything.',
  'joined-otherwise': 'The clusters are not joined by the remote secrets, or in another way too.',
  'failover-fails': 'Clients depend on one version, or do not hear that it went or came.',
  'calls-fail': 'Every cluster answers, but some calls fail.',
} as const satisfies Record<string, string>;

/** A stable id of a cause: `remote-secret-missing`. */
export type Cause = keyof typeof CAUSES;
