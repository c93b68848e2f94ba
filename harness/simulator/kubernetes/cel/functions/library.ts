/** All functions that expressions of Kubernetes have (apiserver pkg/cel/environment/base.go @v1.34). */
import { declareAddresses } from './addresses.ts';
import { declareAuthorization } from './authorization.ts';
import { declareCollections } from './collections.ts';
import { declareConversions } from './conversions.ts';
import { type Functions, Library } from './declare.ts';
import { declareFormatString } from './format-string.ts';
import { declareNamedFormats } from './named-formats.ts';
import { declareOperators } from './operators.ts';
import { declareQuantities } from './quantities.ts';
import { declareSemvers } from './semvers.ts';
import { declareStrings } from './strings.ts';
import { declareTimes } from './times.ts';
import { declareUrls } from './urls.ts';

let known: Functions | undefined;

/** The functions; made when the first expression is read. */
export function libraryFunctions(): Functions {
  if (known) return known;
  const library = new Library();
  declareOperators(library);
  declareConversions(library);
  declareCollections(library);
  declareStrings(library);
  declareFormatString(library);
  declareTimes(library);
  declareUrls(library);
  declareAddresses(library);
  declareQuantities(library);
  declareSemvers(library);
  declareNamedFormats(library);
  declareAuthorization(library);
  known = library.functions;
  return known;
}
