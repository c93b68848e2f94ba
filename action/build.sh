#!/usr/bin/env bash
# Makes the program in the action's own folder, a clone, unless it is there; and puts it on the PATH of later steps.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# refuse TEXT: an annotation, and the end.
refuse() {
  echo "::error title=mesh-harness::$1"
  exit 2
}

if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
  refuse 'There is no Node with npm on PATH. The input node-version installs one.'
fi
node -e 'const major = Number(process.versions.node.split(".")[0]); process.exit(major === 20 || major >= 22 ? 0 : 1)' ||
  refuse "Node $(node --version) is on PATH; mesh-harness needs 20, or 22 and later. The input node-version installs one."

# npm writes this when all is there. A clone has neither; a release may have the program alone.
installed=node_modules/.package-lock.json
if [ ! -f $installed ] && [ ! -f dist/mesh-harness.js ]; then
  # Whatever the workflow says of production, and without scripts of packages: none is needed (SECURITY.md).
  npm ci --include=dev --ignore-scripts --no-audit --no-fund
fi
if [ -f $installed ]; then
  node build.mjs --unless-up-to-date
fi

echo "$PWD/action/bin" >>"$GITHUB_PATH"
