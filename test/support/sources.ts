/** The TypeScript sources of harness/ as syntax trees, for tests that hold the shape of the code. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** A source file: its path from the root of the repository, its text and its tree. */
export interface Source {
  readonly file: string;
  readonly text: string;
  readonly tree: ts.SourceFile;
}

/** Something that a file exports at its top level. */
export interface Export {
  readonly file: string;
  readonly name: string;
  /** Interfaces and aliases; all else exists at run time. */
  readonly isType: boolean;
  readonly hasDocstring: boolean;
}

/** Reads every TypeScript file below a folder of the repository, sorted by path. */
export function readSources(folder: string): readonly Source[] {
  return readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.ts'))
    .map(name => `${folder}/${name.replaceAll(path.sep, '/')}`)
    .sort()
    .map(file => {
      const text = readFileSync(path.join(ROOT, file), 'utf8');
      return { file, text, tree: ts.createSourceFile(file, text, ts.ScriptTarget.ES2022, true) };
    });
}

/** Lists what a file declares and exports itself; `export … from` declares nothing. */
export function exportsOf({ file, tree }: Source): readonly Export[] {
  return tree.statements.flatMap(statement => {
    const modifiers = ts.canHaveModifiers(statement) ? (ts.getModifiers(statement) ?? []) : [];
    if (!modifiers.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)) return [];
    const isType = ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement);
    const hasDocstring = ts.getJSDocCommentsAndTags(statement).length > 0;
    return namesOf(statement).map(name => ({ file, name, isType, hasDocstring }));
  });
}

function namesOf(statement: ts.Statement): readonly string[] {
  if (ts.isVariableStatement(statement)) {
    return statement.declarationList.declarations.flatMap(({ name }) =>
      ts.isIdentifier(name)
        ? [name.text]
        : name.elements.map(element => element.getText().replace(/.*: /, '')),
    );
  }
  const { name } = statement as ts.DeclarationStatement; // of those that can be exported, the others
  return name ? [name.getText()] : [];
}

/**
 * Lists what a file takes from others of ours, as `path name`: imports and re-exports by name, and what it
 * reads off `(await import('…'))`. `path *` stands for everything.
 */
export function usesOf({ file, tree }: Source): readonly string[] {
  const uses: string[] = [];
  const take = (specifier: ts.Node | undefined, names: readonly string[]): void => {
    if (!specifier || !ts.isStringLiteral(specifier) || !specifier.text.startsWith('.')) return;
    const target = path.posix.normalize(path.posix.join(path.posix.dirname(file), specifier.text));
    uses.push(...names.map(name => `${target} ${name}`));
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) take(node.moduleSpecifier, importedNames(node.importClause));
    if (ts.isExportDeclaration(node)) {
      const { exportClause } = node;
      const isNamed = exportClause !== undefined && ts.isNamedExports(exportClause);
      take(node.moduleSpecifier, isNamed ? exportClause.elements.map(nameBefore) : ['*']);
    }
    if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
      take(node.arguments[0], dynamicNames(node));
    if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument))
      take(node.argument.literal, [node.qualifier?.getText() ?? '*']);
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return uses;
}

const nameBefore = ({ propertyName, name }: ts.ImportSpecifier | ts.ExportSpecifier): string =>
  (propertyName ?? name).text;

function importedNames(clause: ts.ImportClause | undefined): readonly string[] {
  const bindings = clause?.namedBindings;
  if (!bindings) return [];
  return ts.isNamedImports(bindings) ? bindings.elements.map(nameBefore) : ['*'];
}

/** `(await import('x')).name` and `const { name } = await import('x')`; everything in any other form. */
function dynamicNames(call: ts.CallExpression): readonly string[] {
  let node: ts.Node = call.parent;
  while (ts.isAwaitExpression(node) || ts.isParenthesizedExpression(node)) node = node.parent;
  if (ts.isPropertyAccessExpression(node)) return [node.name.text];
  if (!ts.isVariableDeclaration(node) || !ts.isObjectBindingPattern(node.name)) return ['*'];
  return node.name.elements.map(element => (element.propertyName ?? element.name).getText());
}
