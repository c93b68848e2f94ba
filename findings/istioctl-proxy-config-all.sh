#!/bin/sh
# istioctl of istio.io/istio v0.0.0-20260827124520-eed52ebb66ad (about 1.31): for the column NAME,
# `proxy-config all` puts `cluster/` before a cluster's name; where the name has not Istio's four parts, it
# prints that text as SERVICE FQDN as well, which is no name of anything. `proxy-config clusters` shows the
# right one from the same dump. Every sidecar has such clusters (BlackHoleCluster, PassthroughCluster,
# xds-grpc, …).
#
#   $ istioctl proxy-config clusters -f dump.json
#   SERVICE FQDN                   PORT     SUBSET     DIRECTION     TYPE       DESTINATION RULE
#   BlackHoleCluster               -        -          -             STATIC
#   web.shop.svc.cluster.local     80       v1         outbound      EDS
#   $ istioctl proxy-config all -f dump.json
#   NAME                                               SERVICE FQDN                 PORT  …
#   cluster/BlackHoleCluster                           cluster/BlackHoleCluster     -     …
#   cluster/outbound|80|v1|web.shop.svc.cluster.local  web.shop.svc.cluster.local   80    …
#
# Ends with 0 if this is so. Needs Go 1.26 and a module proxy. Takes some three minutes, and almost a
# gigabyte in a temporary folder; a GOMODCACHE that is set is used.
set -eu
folder=$(mktemp -d)
trap 'chmod -R u+w "$folder"; rm -rf "$folder"' EXIT
export GOPATH="$folder"
go install istio.io/istio/istioctl/cmd/istioctl@v0.0.0-20260827124520-eed52ebb66ad
istioctl=$folder/bin/istioctl
cat > "$folder/dump.json" <<'END'
{
  "configs": [
    {
      "@type": "type.googleapis.com/envoy.admin.v3.BootstrapConfigDump",
      "bootstrap": { "node": { "id": "sidecar~192.0.2.1~web.shop~shop.svc.cluster.local" } }
    },
    {
      "@type": "type.googleapis.com/envoy.admin.v3.ClustersConfigDump",
      "dynamic_active_clusters": [
        {
          "cluster": {
            "@type": "type.googleapis.com/envoy.config.cluster.v3.Cluster",
            "name": "BlackHoleCluster",
            "type": "STATIC"
          }
        },
        {
          "cluster": {
            "@type": "type.googleapis.com/envoy.config.cluster.v3.Cluster",
            "name": "outbound|80|v1|web.shop.svc.cluster.local",
            "type": "EDS"
          }
        }
      ]
    },
    {
      "@type": "type.googleapis.com/envoy.admin.v3.ListenersConfigDump",
      "static_listeners": [
        {
          "listener": {
            "@type": "type.googleapis.com/envoy.config.listener.v3.Listener",
            "name": "probe",
            "address": { "socket_address": { "address": "0.0.0.0", "port_value": 15021 } }
          }
        }
      ]
    },
    {
      "@type": "type.googleapis.com/envoy.admin.v3.RoutesConfigDump",
      "static_route_configs": [
        {
          "route_config": {
            "@type": "type.googleapis.com/envoy.config.route.v3.RouteConfiguration",
            "name": "80",
            "virtual_hosts": [{ "name": "any", "domains": ["*"] }]
          }
        }
      ]
    },
    { "@type": "type.googleapis.com/envoy.admin.v3.SecretsConfigDump" },
    { "@type": "type.googleapis.com/envoy.admin.v3.EcdsConfigDump" }
  ]
}
END
"$istioctl" proxy-config clusters -f "$folder/dump.json" | tee "$folder/clusters"
"$istioctl" proxy-config all -f "$folder/dump.json" | tee "$folder/all"
grep -q '^BlackHoleCluster ' "$folder/clusters"
grep -q '^cluster/BlackHoleCluster  *cluster/BlackHoleCluster ' "$folder/all"
grep -q '^cluster/outbound|80|v1|web.shop.svc.cluster.local  *web.shop.svc.cluster.local ' "$folder/all"
