// Holds the Atom feed on standard input against the grammar of RFC 4287, with code that is not the feed's maker's. It prints what is wrong with it.
import { readFileSync } from "node:fs";
import { RelaxNGValidator, XmlDocument } from "libxml2-wasm";

const grammar = RelaxNGValidator.fromDoc(XmlDocument.fromBuffer(readFileSync(new URL("atom.rng", import.meta.url))));
try {
  grammar.validate(XmlDocument.fromBuffer(readFileSync(0)));
} catch (error) {
  console.log(error.message);
}
