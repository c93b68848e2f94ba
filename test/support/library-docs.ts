/** The reference of the library, out of its sources: what `harness/index.ts` exports, with its docstrings. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { ROOT } from './cli.ts';

/** A declaration that the library exports. */
export interface PublicName {
  /** As users import it. */
  readonly name: string;
  readonly file: string;
  /** The name in its file. */
  readonly declared: string;
}

/** A type of ours that public declarations name, and that users cannot. */
interface Unnamed {
  readonly type: string;
  readonly by: string;
}

type Declaration = ts.Statement & { readonly name?: ts.Node };

const INDEX = 'harness/index.ts';
const files = new Map<string, ts.SourceFile>();

function sourceOf(file: string): ts.SourceFile {
  const known = files.get(file);
  if (known) return known;
  const text = readFileSync(path.join(ROOT, file), 'utf8');
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ES2022, true);
  files.set(file, source);
  return source;
}

const besides = (file: string, specifier: ts.Expression | undefined): string | undefined =>
  specifier && ts.isStringLiteral(specifier) && specifier.text.startsWith('.')
    ? path.posix.join(path.posix.dirname(file), specifier.text)
    : undefined;

/** Lists what the library exports, in the order of `harness/index.ts`. */
export function publicNames(): readonly PublicName[] {
  return sourceOf(INDEX).statements.flatMap(statement => {
    if (!ts.isExportDeclaration(statement) || !statement.exportClause) return [];
    if (!ts.isNamedExports(statement.exportClause)) return [];
    const file = besides(INDEX, statement.moduleSpecifier) ?? INDEX;
    return statement.exportClause.elements.map(({ name, propertyName }) => ({
      ...declaredAt(file, (propertyName ?? name).text),
      name: name.text,
    }));
  });
}

/** Follows `export … from` to the file that declares a name. */
function declaredAt(file: string, name: string): { readonly file: string; readonly declared: string } {
  for (const statement of sourceOf(file).statements) {
    if (!ts.isExportDeclaration(statement)) continue;
    if (!statement.exportClause || !ts.isNamedExports(statement.exportClause)) continue;
    const element = statement.exportClause.elements.find(each => each.name.text === name);
    const from = besides(file, statement.moduleSpecifier);
    if (element && from) return declaredAt(from, (element.propertyName ?? element.name).text);
  }
  return { file, declared: name };
}

/** Finds the declarations of a name at the top of a file: several for a function with overloads. */
function declarationsOf({ file, declared }: Pick<PublicName, 'file' | 'declared'>): readonly Declaration[] {
  return sourceOf(file).statements.filter((statement): statement is Declaration => {
    if (ts.isVariableStatement(statement))
      return statement.declarationList.declarations.some(each => each.name.getText() === declared);
    return (
      (ts.isFunctionDeclaration(statement) ||
        ts.isInterfaceDeclaration(statement) ||
        ts.isTypeAliasDeclaration(statement) ||
        ts.isClassDeclaration(statement)) &&
      statement.name?.text === declared
    );
  });
}

/** Lists types of ours that users meet and have no name for. */
export function unnamedTypes(): readonly Unnamed[] {
  const names = publicNames();
  const known = new Set(names.map(({ file, declared }) => `${file} ${declared}`));
  return names.flatMap(each =>
    declarationsOf(each).flatMap(declaration =>
      typesIn(declaration)
        .map(type => placeOf(each.file, type))
        .filter(place => place !== undefined && !known.has(`${place.file} ${place.declared}`))
        .map(place => ({ type: `${place?.declared} of ${place?.file}`, by: each.name })),
    ),
  );
}

/** The names that stand in types of a declaration; bodies and what is private are nobody's business. */
function typesIn(declaration: ts.Node): readonly string[] {
  const found = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (ts.isBlock(node) || (ts.isClassElement(node) && isPrivate(node))) return;
    if (ts.isTypeReferenceNode(node)) found.add(leftmost(node.typeName));
    if (ts.isExpressionWithTypeArguments(node)) found.add(node.expression.getText());
    if (ts.isTypeQueryNode(node)) found.add(leftmost(node.exprName));
    ts.forEachChild(node, visit);
  };
  visit(declaration);
  return [...found];
}

const leftmost = (name: ts.EntityName): string => (ts.isIdentifier(name) ? name.text : leftmost(name.left));

function isPrivate(node: ts.ClassElement): boolean {
  return node.name !== undefined && ts.isPrivateIdentifier(node.name);
}

/** Finds where a name that stands in a file is declared; undefined if that is not with us. */
function placeOf(file: string, name: string): Pick<PublicName, 'file' | 'declared'> | undefined {
  for (const statement of sourceOf(file).statements) {
    if (!ts.isImportDeclaration(statement)) continue;
    const bindings = statement.importClause?.namedBindings;
    if (!bindings || !ts.isNamedImports(bindings)) continue;
    const element = bindings.elements.find(each => each.name.text === name);
    const from = besides(file, statement.moduleSpecifier);
    if (element && from) return declaredAt(from, (element.propertyName ?? element.name).text);
    if (element) return undefined;
  }
  const own = { file, declared: name };
  return declarationsOf(own).length > 0 ? own : undefined;
}

/** Returns the reference as Markdown: the functions and classes, then the types. */
export function reference(): string {
  const entries = publicNames().map(each => ({ ...each, declarations: declarationsOf(each) }));
  const isType = ({ declarations: [first] }: (typeof entries)[number]) =>
    first !== undefined && (ts.isInterfaceDeclaration(first) || ts.isTypeAliasDeclaration(first));
  const parts = [
    ['## Functions and values', entries.filter(each => !isType(each))],
    ['## Types', entries.filter(isType)],
  ] as const;
  return parts
    .map(([heading, of]) => {
      const sorted = [...of].sort((a, b) => (a.name.toLowerCase() < b.name.toLowerCase() ? -1 : 1));
      return [heading, ...sorted.map(each => sectionOf(each.name, each.declarations))].join('\n\n');
    })
    .join('\n\n');
}

function sectionOf(name: string, declarations: readonly Declaration[]): string {
  const [first] = declarations;
  if (!first) throw new Error(`Nothing declares ${name}.`);
  const overloads = declarations.filter(each => ts.isFunctionDeclaration(each) && !each.body);
  const shown = (overloads.length > 0 ? overloads : declarations).map(each => codeOf(each, name));
  const prose = declarations.flatMap(proseOf);
  return [`### ${name}`, ...prose, `\`\`\`ts\n${shown.join('\n')}\n\`\`\``].join('\n\n');
}

/** What the docstring of a declaration says, tags as a list. */
function proseOf(declaration: ts.Node): readonly string[] {
  const docs = ts.getJSDocCommentsAndTags(declaration).filter(ts.isJSDoc);
  return docs.flatMap(doc => {
    const text = ts.getTextOfJSDocComment(doc.comment) ?? '';
    const tags = (doc.tags ?? []).map(tag => {
      const said = (ts.getTextOfJSDocComment(tag.comment) ?? '').replace(/^- /, '');
      const of = ts.isJSDocParameterTag(tag) || ts.isJSDocTemplateTag(tag) ? nameOfTag(tag) : undefined;
      return `- ${of === undefined ? `${tag.tagName.text}: ` : `\`${of}\`: `}${said.replaceAll('\n', '\n  ')}`;
    });
    return [text, tags.join('\n')].filter(part => part !== '');
  });
}

const nameOfTag = (tag: ts.JSDocParameterTag | ts.JSDocTemplateTag): string =>
  ts.isJSDocParameterTag(tag) ? tag.name.getText() : (tag.typeParameters[0]?.name.text ?? '');

/** A declaration without what it does: its signature, its members with their docstrings. */
function codeOf(declaration: Declaration, name: string): string {
  if (ts.isFunctionDeclaration(declaration)) {
    const end = declaration.body?.getStart() ?? declaration.getEnd();
    const text = declaration.getSourceFile().text.slice(declaration.getStart(), end).trim();
    return text.replace(/^export (async )?/, '').replace(/;?$/, ';');
  }
  if (ts.isVariableStatement(declaration)) {
    const text = declaration.getText().replace(/^export /, '');
    return text.includes('\n') ? `${text.slice(0, text.indexOf('{'))}{ … };` : text;
  }
  if (ts.isClassDeclaration(declaration)) return classOf(declaration);
  const declared = declaration.name?.getText() ?? '';
  return declaration
    .getText()
    .replace(/^export /, '')
    .replace(declared, name);
}

function classOf(declaration: ts.ClassDeclaration): string {
  const { text } = declaration.getSourceFile();
  const [first] = declaration.members;
  const head = text
    .slice(declaration.getStart(), first?.getFullStart())
    .trim()
    .replace(/^export /, '');
  const members = declaration.members
    .filter(member => !isPrivate(member))
    .map(member => {
      const body = 'body' in member ? (member.body as ts.Node | undefined) : undefined; // of those with one
      return `  ${text.slice(member.getFullStart(), body?.getStart() ?? member.getEnd()).trim()}`;
    });
  return `${head}\n${members.join('\n')}\n}`;
}
