/**
 * Writes the types of the library: only the files that `harness/index.ts` leads to, as whoever imports us
 * needs no other. They may ask for @types/node, and for no other package: what is bundled is not installed.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

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
    for (const { fileName: specifier } of importsOf(ts, text)) {
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
    writeFileSync(target, asUsersImport(ts, declarations.get(file)));
  }
}

const declarationOf = specifier => specifier.replace(/\.ts$/, '.d.ts');

/** `from './model/topology.ts'`, and a type that is named in place: `import('node:stream').Duplex`. */
const importsOf = (ts, text) => ts.preProcessFile(text, true, true).importedFiles;

/** Our own specifiers end in `.ts`, which only those may write who emit nothing. */
function asUsersImport(ts, text) {
  // The last one first: what stands before it keeps its place.
  return importsOf(ts, text)
    .filter(({ fileName }) => fileName.startsWith('.'))
    .sort((a, b) => b.pos - a.pos)
    .reduce((rest, { fileName, pos }) => {
      const at = rest.indexOf(fileName, pos);
      return rest.slice(0, at) + fileName.replace(/\.ts$/, '.js') + rest.slice(at + fileName.length);
    }, text);
}

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
