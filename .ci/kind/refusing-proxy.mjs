/** A proxy that refuses everything and says what it was asked. Usage: node refusing-proxy.mjs ADDRESS PORT */
import { createServer } from 'node:http';

const [address, port] = process.argv.slice(2);
const server = createServer((request, response) => {
  console.log(`${request.method} ${request.url}`);
  response.writeHead(403).end('refused\n');
});
server.on('connect', (request, socket) => {
  console.log(`CONNECT ${request.url}`);
  socket.on('error', () => {});
  socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
});
server.listen(Number(port), address);
