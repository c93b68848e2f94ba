/**
 * A Java program with fabric8's client (`clients/java`), on simulated clusters and beside a real API server.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { CACHE } from './cache.ts';
import { compareClients } from './clients/client-program.ts';

const SOURCES = path.join(import.meta.dirname, 'clients', 'java');

await compareClients('fabric8 8.0.0', {
  needs: [
    ['java', '-version'],
    ['javac', '-version'],
    ['mvn', '--version'],
    ['kubectl', 'options'],
  ],
  install: () => {
    const folder = path.join(CACHE, 'java-client');
    mkdirSync(folder, { recursive: true });
    cpSync(SOURCES, folder, { recursive: true });
    const maven = ['-q', '-B', 'dependency:copy-dependencies', '-DoutputDirectory=lib'];
    execFileSync('mvn', maven, { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
    const libraries = path.join(folder, 'lib', '*');
    const source = path.join('src', 'main', 'java', 'peer', 'Peer.java');
    execFileSync('javac', ['-nowarn', '-d', 'classes', '-cp', libraries, source], { cwd: folder });
    const classes = path.join(folder, 'classes');
    return ['java', '-cp', `${classes}${path.delimiter}${libraries}`, 'peer.Peer'];
  },
});
