#!/bin/sh
# istioctl of istio.io/istio v0.0.0-20260827124520-eed52ebb66ad (about 1.31), by `go install`: it calls
# itself `unknown`, and what it installs are the images `latest` of a testing registry, without a word of
# warning. Versions, hub and tag are put in by flags of Istio's own build; Go's installer knows none of
# them, and the values that stand in the source are those of development.
#
#   $ istioctl version --remote=false
#   client version: unknown
#   $ istioctl manifest generate | grep 'image: .*/'
#           image: registry.istio.io/testing/proxyv2:latest
#           image: registry.istio.io/testing/pilot:latest
#
# Exit status 0, nothing on standard error. With --set hub=docker.io/istio --set tag=1.30.3 the images are
# docker.io/istio/pilot:1.30.3 and so on.
#
# Ends with 0 if this is so. Needs Go 1.26 and a module proxy. Takes some three minutes, and almost a
# gigabyte in a temporary folder; a GOMODCACHE that is set is used.
set -eu
folder=$(mktemp -d)
trap 'chmod -R u+w "$folder"; rm -rf "$folder"' EXIT
export GOPATH="$folder"
go install istio.io/istio/istioctl/cmd/istioctl@v0.0.0-20260827124520-eed52ebb66ad
istioctl=$folder/bin/istioctl

images() {
  "$istioctl" manifest generate "$@" 2>> "$folder/stderr" > "$folder/manifest"
  sed -n 's/^ *image: \([^"{]*\/[^"{]*\)$/\1/p' "$folder/manifest" | sort -u | tr '\n' ' '
}
version=$("$istioctl" version --remote=false)
plain=$(images)
set_images=$(images --set hub=docker.io/istio --set tag=1.30.3)
echo "$version"
echo "by default: $plain"
echo "with hub and tag: $set_images"
cat "$folder/stderr"
[ "$version" = 'client version: unknown' ]
[ "$plain" = 'registry.istio.io/testing/pilot:latest registry.istio.io/testing/proxyv2:latest ' ]
[ "$set_images" = 'docker.io/istio/pilot:1.30.3 docker.io/istio/proxyv2:1.30.3 ' ]
[ ! -s "$folder/stderr" ]
