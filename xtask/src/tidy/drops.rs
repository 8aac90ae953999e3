//! Rule 5: what is done when a value goes out of scope.
//!
//! The thin layer has no `Drop` at all; in the wrapper a `Drop` that removes something stands in one
//! file. Only the body of `drop` itself is read, not what it calls.

use syn::visit::{self, Visit};
use syn::{ExprMethodCall, ExprPath, ItemImpl, Macro};

use super::checks::Finding;
use super::macros;
use super::source::Source;

/// The calls that remove an object or a file; besides them, every name that ends in `_rmid`.
const REMOVING: [&str; 5] = ["remove", "remove_key", "remove_file", "unlink", "unlinkat"];

/// Every implementation of `Drop`.
pub(crate) fn find_any(source: &Source, _: &[Source]) -> Vec<Finding> {
    let mut drops = Drops(Vec::new(), |node| {
        vec![Finding::new(
            node.impl_token.span.start().line,
            "implements `Drop`",
        )]
    });
    drops.visit_file(&source.tree);
    drops.0
}

/// Every call in an implementation of `Drop` that removes something.
pub(crate) fn find_removing(source: &Source, _: &[Source]) -> Vec<Finding> {
    let mut drops = Drops(Vec::new(), |node| {
        let mut removals = Removals(Vec::new());
        node.items
            .iter()
            .for_each(|item| removals.visit_impl_item(item));
        removals.0
    });
    drops.visit_file(&source.tree);
    drops.0
}

/// Visits the implementations of `Drop` and collects what the function says of each.
struct Drops(Vec<Finding>, fn(&ItemImpl) -> Vec<Finding>);

impl<'ast> Visit<'ast> for Drops {
    fn visit_item_impl(&mut self, node: &'ast ItemImpl) {
        let of = node
            .trait_
            .as_ref()
            .and_then(|(path, _)| path.segments.last());
        if of.is_some_and(|of| of.ident == "Drop") {
            self.0.extend((self.1)(node));
        }
        visit::visit_item_impl(self, node);
    }

    fn visit_macro(&mut self, node: &'ast Macro) {
        macros::visit_inside(self, node);
    }
}

/// Collects the calls that remove something.
struct Removals(Vec<Finding>);

impl Removals {
    /// Adds a finding if the name is that of a call that removes something.
    fn judge(&mut self, name: &syn::Ident) {
        let text = name.to_string();
        if REMOVING.contains(&text.as_str()) || text.ends_with("_rmid") {
            self.0.push(Finding::new(
                name.span().start().line,
                format!("removes something in a `Drop` (`{text}`)"),
            ));
        }
    }
}

impl<'ast> Visit<'ast> for Removals {
    fn visit_expr_method_call(&mut self, node: &'ast ExprMethodCall) {
        self.judge(&node.method);
        visit::visit_expr_method_call(self, node);
    }

    fn visit_expr_path(&mut self, node: &'ast ExprPath) {
        if let Some(last) = node.path.segments.last() {
            self.judge(&last.ident);
        }
        visit::visit_expr_path(self, node);
    }

    fn visit_macro(&mut self, node: &'ast Macro) {
        macros::visit_inside(self, node);
    }
}
