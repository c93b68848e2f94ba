#!/bin/sh
# docker-modem 5.0.7 with dockerode 4.0.12 (npm), Node 20: an image that could not be loaded is loaded well.
#
# The engine answers POST /images/load with 200 before it has read the archive, and tells of what goes wrong in a
# line of its own: {"errorDetail":{"message":"…"},"error":"…"} (seen with Docker 20.10.24; so it does for a pull
# whose trouble comes late). The docker command ends with an error then. followProgress, which dockerode's README
# names as the way to wait, calls back with null as its error: the message is only the last entry of the output.
# Whoever looks at the error alone takes what failed for done.
#
# Seen: error null; 1 entry, with the engine's words. The engine here is a server on loopback, which answers what
# the real one answered to an archive that was cut off.
#
# Ends with 0 if this is so. Needs node, npm and the registry of npm. Takes some seconds.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$folder" dockerode@4.0.12 docker-modem@5.0.7
cat > load.mjs <<'END'
import { createServer } from 'node:http';
import { Readable } from 'node:stream';
import Docker from 'dockerode';

const words = 'Error processing tar file(exit status 1): unexpected EOF';
const engine = createServer((request, response) => {
  request.resume().on('end', () => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(`${JSON.stringify({ errorDetail: { message: words }, error: words })}\r\n`);
  });
});
await new Promise(resolve => engine.listen(0, '127.0.0.1', resolve));
const docker = new Docker({ protocol: 'http', host: '127.0.0.1', port: engine.address().port });
const stream = await docker.loadImage(Readable.from([Buffer.alloc(1024)]));
const [error, output] = await new Promise(resolve =>
  docker.modem.followProgress(stream, (...answer) => resolve(answer)),
);
engine.close();
console.log(`error: ${error}; ${output.length} entry: ${JSON.stringify(output.at(-1))}`);
process.exitCode = error === null && output.at(-1).error === words ? 0 : 1;
END
node load.mjs
