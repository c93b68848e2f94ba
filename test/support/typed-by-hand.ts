/**
 * The guide of 2020, tab "Primary-Remote, Multi-Network", typed as it stands into a shell by someone who mends
 * only what stops with an error: the confirmation, the gateway script's flags, one file too many, and the
 * namespace that a secret needs. It ends with v1 and v2 in turns, and not one call crosses.
 */
const meshNetworks = `      meshNetworks:
        NETWORK1:
          endpoints:
          - fromRegistry: CLUSTER1
          gateways:
          - registryServiceName: istio-eastwestgateway.istio-system.svc.cluster.local
            port: 15443
        NETWORK2:
          endpoints:
          - fromRegistry: CLUSTER2
          gateways:
          - registryServiceName: istio-eastwestgateway.istio-system.svc.cluster.local
            port: 15443`;

const operator = (cluster: 1 | 2, more: string): string => `cat <<EOF > ./cluster${cluster}.yaml
apiVersion: install.istio.io/v1alpha1
kind: IstioOperator
spec:
  values:
    global:
      meshID: MESH1
      multiCluster:
        clusterName: CLUSTER${cluster}
      network: NETWORK${cluster}
${more}
EOF`;

const install = (cluster: 1 | 2): string =>
  `echo y | istioctl install --context="$CTX_CLUSTER${cluster}" -f cluster${cluster}.yaml`;

/** A document for kubectl, where the guide of the day meant the gateway itself. */
const gateway = (cluster: 1 | 2): string =>
  `samples/multicluster/gen-eastwest-gateway.sh --mesh MESH1 --cluster CLUSTER${cluster} --network NETWORK${cluster} |
  kubectl apply --context="$CTX_CLUSTER${cluster}" -f -
kubectl --context="$CTX_CLUSTER${cluster}" apply -n istio-system -f samples/multicluster/expose-services.yaml`;

const cacerts = (
  cluster: 1 | 2,
): string => `kubectl --context="$CTX_CLUSTER${cluster}" create namespace istio-system
kubectl --context="$CTX_CLUSTER${cluster}" create secret generic cacerts -n istio-system \\
  --from-file=certs/cluster${cluster}/ca-cert.pem --from-file=certs/cluster${cluster}/ca-key.pem \\
  --from-file=certs/cluster${cluster}/root-cert.pem --from-file=certs/cluster${cluster}/cert-chain.pem`;

const sample = (cluster: 1 | 2): string => `kubectl create --context="$CTX_CLUSTER${cluster}" namespace sample
kubectl label --context="$CTX_CLUSTER${cluster}" namespace sample istio-injection=enabled
kubectl apply --context="$CTX_CLUSTER${cluster}" -f samples/helloworld/helloworld.yaml -l app=helloworld -n sample
kubectl apply --context="$CTX_CLUSTER${cluster}" -f samples/helloworld/helloworld.yaml \\
  -l app=helloworld -l version=v${cluster} -n sample
kubectl apply --context="$CTX_CLUSTER${cluster}" -f samples/sleep/sleep.yaml -n sample`;

/** For bash in the folder of a release. The shell goes on after an error, as people do. */
export const TYPED_BY_HAND = [
  'set +e',
  'mesh-harness certs --out certs cluster1 cluster2',
  cacerts(1),
  cacerts(2),
  operator(1, meshNetworks),
  install(1),
  gateway(1),
  'kubectl apply --context="$CTX_CLUSTER1" -f samples/multicluster/expose-istiod.yaml',
  `export DISCOVERY_ADDRESS=$(kubectl --context="$CTX_CLUSTER1" -n istio-system get svc istio-eastwestgateway \\
  -o jsonpath='{.status.loadBalancer.ingress[0].ip}')`,
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the shell's own variable
  operator(2, '      remotePilotAddress: ${DISCOVERY_ADDRESS}'),
  install(2),
  gateway(2),
  `istioctl x create-remote-secret --context="$CTX_CLUSTER2" --name=CLUSTER2 |
  kubectl apply -f - --context="$CTX_CLUSTER1"`,
  sample(1),
  sample(2),
  ...[1, 2].map(
    cluster =>
      `kubectl --context="$CTX_CLUSTER${cluster}" wait --for=condition=Available deployment --all -n sample --timeout=60s`,
  ),
].join('\n');
