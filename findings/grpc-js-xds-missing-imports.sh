#!/bin/sh
# @grpc/grpc-js-xds 1.14.1 (npm) ships the .proto files of Envoy's API below deps/, but not all that they
# import: @grpc/proto-loader 0.8.0, given all of its folders, cannot load five files of v3.
#
#   envoy/service/metrics/v3/metrics_service.proto
#     lacks io/prometheus/client/metrics.proto
#   envoy/config/trace/v3/trace.proto, envoy/config/trace/v3/opencensus.proto
#     lack opencensus/proto/trace/v1/trace_config.proto
#   envoy/service/trace/v3/trace_service.proto
#     lacks opencensus/proto/trace/v1/trace.proto
#   envoy/extensions/access_loggers/open_telemetry/v3/logs_service.proto
#     lacks opentelemetry/proto/common/v1/common.proto
#
# Seen, of each: `ENOENT: no such file or directory, open '…'`, where … is the missing name below the folder
# of the file that imports it. The other 345 files of v3 load, those of clusters, listeners and routes among
# them.
#
# Ends with 0 if exactly these files do not load. Needs node, npm and the registry of npm.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --prefix "$folder" \
  @grpc/grpc-js-xds@1.14.1 @grpc/proto-loader@0.8.0
cat > load.mjs <<'END'
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { loadSync } from '@grpc/proto-loader';

const deps = path.resolve('node_modules/@grpc/grpc-js-xds/deps');
const includeDirs = readdirSync(deps).map(name => path.join(deps, name));
const stated = [
  'envoy/config/trace/v3/opencensus.proto',
  'envoy/config/trace/v3/trace.proto',
  'envoy/extensions/access_loggers/open_telemetry/v3/logs_service.proto',
  'envoy/service/metrics/v3/metrics_service.proto',
  'envoy/service/trace/v3/trace_service.proto',
];
const api = path.join(deps, 'envoy-api');
const files = readdirSync(api, { recursive: true }).filter(file => /\/v3\/[^/]+\.proto$/.test(file));
const failed = [];
for (const file of files.sort()) {
  try {
    loadSync(file, { includeDirs });
  } catch (error) {
    failed.push(file);
    console.log(`${file}: ${error.message.split('\n')[0]}`);
  }
}
console.log(`${failed.length} of ${files.length} files of v3 do not load`);
process.exitCode = failed.join() === stated.join() ? 0 : 1;
END
node load.mjs
