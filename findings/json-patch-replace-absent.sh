#!/bin/sh
# gopkg.in/evanphx/json-patch.v4 v4.12.0 (what k8s.io/apiserver 0.34.3 applies JSON patches with): `replace`
# creates a member that is not there.
#
# RFC 6902, section 4.3: "The target location MUST exist for the operation to be successful." Of a list it is
# so here too, and `remove` keeps to the same sentence (4.2). A member of an object, though, is taken for
# there: partialDoc.get returns no error for a key that it has not. So kubectl patch --type=json with a
# misspelt path adds a field where an error is due. github.com/evanphx/json-patch/v5 5.9.11 refuses.
#
# Seen: v4 replace {"a":2,"b":1}; v4 remove: an error; v5 replace: an error.
#
# Ends with 0 if this is so. Needs go and a proxy of Go modules. Takes some seconds.
set -eu
folder=$(mktemp -d)
trap 'chmod -R u+w "$folder"; rm -rf "$folder"' EXIT
cd "$folder"
cat > go.mod <<'END'
module finding

go 1.21

require (
	github.com/evanphx/json-patch/v5 v5.9.11
	gopkg.in/evanphx/json-patch.v4 v4.12.0
)
END
cat > main.go <<'END'
package main

import (
	"fmt"
	"os"

	v5 "github.com/evanphx/json-patch/v5"
	v4 "gopkg.in/evanphx/json-patch.v4"
)

const document = `{"a":2}`

func replace(op string) []byte {
	return []byte(`[{"op":"` + op + `","path":"/b","value":1}]`)
}

func byV4(op string) (string, error) {
	patch, err := v4.DecodePatch(replace(op))
	if err != nil {
		return "", err
	}
	result, err := patch.Apply([]byte(document))
	return string(result), err
}

func byV5(op string) (string, error) {
	patch, err := v5.DecodePatch(replace(op))
	if err != nil {
		return "", err
	}
	result, err := patch.Apply([]byte(document))
	return string(result), err
}

func main() {
	replaced, first := byV4("replace")
	_, removed := byV4("remove")
	_, second := byV5("replace")
	fmt.Printf("v4 v4.12.0 replace: %q, error %v\n", replaced, first)
	fmt.Printf("v4 v4.12.0 remove: error %v\n", removed)
	fmt.Printf("v5 v5.9.11 replace: error %v\n", second)
	if first != nil || replaced != `{"a":2,"b":1}` || removed == nil || second == nil {
		os.Exit(1)
	}
}
END
GOFLAGS=-mod=mod go mod tidy >tidy.log 2>&1 || { cat tidy.log; exit 2; }
go run .
