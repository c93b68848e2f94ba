/**
 * Writes the types of the library: only the files that `harness/index.ts` leads to, as whoever imports us
 * needs no other. They may ask for @types/node, and for no other package: what is bundled is not installed.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** `from './model/topology.ts'`, and a type that is named in place: `import('node:stream').Duplex`. */
const SPECIFIER = /\b(?:from|import\()\s*'([^']+)'/g;

/**
 * @param folder - where the types go
 * @throws Error for a type of a package
 */
export async function writeTypes(folder) {
  const { default: ts } = await import('typescript');
  const declarations = declare(ts);
  const entry = path.resolve('harness/index.d.ts');
  const reached = new Set();
  const ofPackages = [];
  const visit = file => {
    if (reached.has(file)) return;
    reached.add(file);
    const text = declarations.get(file);
    if (text === undefined) throw new Error(`The types have no ${file}.`);
    for (const [, specifier] of text.matchAll(SPECIFIER)) {
      if (specifier.startsWith('.')) visit(path.resolve(path.dirname(file), declarationOf(specifier)));
      else if (!specifier.startsWith('node:')) ofPackages.push(`${path.relative('.', file)}: ${specifier}`);
    }
  };
  visit(entry);
  if (ofPackages.length > 0)
    throw new Error(
      `Public types must not need packages, which users do not have:\n${ofPackages.join('\n')}`,
    );
  for (const file of reached) {
    const target = path.join(folder, path.relative('harness', file));
    mkdirSync(path.dirname(target), { recursive: true });
    writeFileSync(target, declarations.get(file).replace(SPECIFIER, asUsersImport));
  }
}

const declarationOf = specifier => specifier.replace(/\.ts$/, '.d.ts');

/** Our own specifiers end in `.ts`, which only those may write who emit nothing. */
const asUsersImport = (clause, specifier) =>
  specifier.startsWith('.') ? clause.replace(/\.ts'$/, ".js'") : clause;

/** Returns the file of each declaration → its text. `npm run typecheck` has checked what it is made of. */
function declare(ts) {
  const { config } = ts.readConfigFile('tsconfig.build.json', ts.sys.readFile);
  const { fileNames, options } = ts.parseJsonConfigFileContent(config, ts.sys, process.cwd());
  const declarations = new Map();
  const program = ts.createProgram(fileNames, options);
  const { emitSkipped, diagnostics } = program.emit(undefined, (file, text) =>
    declarations.set(path.resolve(file), text),
  );
  if (emitSkipped || diagnostics.length > 0)
    throw new Error(ts.formatDiagnostics(diagnostics, ts.createCompilerHost(options)));
  return declarations;
}
