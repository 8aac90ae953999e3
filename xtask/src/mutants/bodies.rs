//! Where the bodies of functions are in a source: the braces and all between them.

use std::ops::Range;

use syn::spanned::Spanned as _;
use syn::visit::{self, Visit};

/// The body of one function.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Body {
    /// From the opening brace to behind the closing one, in bytes.
    pub(super) range: Range<usize>,
    /// Whether it may also be run by the compiler.
    pub(super) is_const: bool,
}

/// All bodies of a source, outer ones before those in them.
pub(super) fn bodies(text: &str) -> Result<Vec<Body>, syn::Error> {
    let file: syn::File = syn::parse_str(text)?;
    let mut found = Found(Vec::new());
    found.visit_file(&file);
    found.0.sort_by_key(|body| body.range.start);
    Ok(found.0)
}

struct Found(Vec<Body>);

impl Found {
    fn add(&mut self, signature: &syn::Signature, block: &syn::Block) {
        self.0.push(Body {
            range: block.span().byte_range(),
            is_const: signature.constness.is_some(),
        });
    }
}

impl<'ast> Visit<'ast> for Found {
    fn visit_item_fn(&mut self, function: &'ast syn::ItemFn) {
        self.add(&function.sig, &function.block);
        visit::visit_item_fn(self, function);
    }

    fn visit_impl_item_fn(&mut self, function: &'ast syn::ImplItemFn) {
        self.add(&function.sig, &function.block);
        visit::visit_impl_item_fn(self, function);
    }

    fn visit_trait_item_fn(&mut self, function: &'ast syn::TraitItemFn) {
        if let Some(block) = &function.default {
            self.add(&function.sig, block);
        }
        visit::visit_trait_item_fn(self, function);
    }
}

#[cfg(test)]
mod tests {
    use super::bodies;

    #[test]
    fn every_kind_of_function_has_its_body() {
        let text = "const fn a() -> u8 { fn b() {} 1 }\n\
                    impl A { /// …\n fn c(&self) { || { 3 }; } }\n\
                    trait D { fn e(); fn f() { {} } }";
        let found: Vec<_> = bodies(text)
            .unwrap()
            .into_iter()
            .map(|body| (&text[body.range], body.is_const))
            .collect();
        let expected = [
            ("{ fn b() {} 1 }", true),
            ("{}", false),
            ("{ || { 3 }; }", false),
            ("{ {} }", false),
        ];
        assert_eq!(found, expected);
    }
}
