//! Rule 1, second half: which public signatures name a type of `sysv_sys` or `libc`.
//!
//! A signature is what a user of the item has to read: arguments, return types, bounds, public fields,
//! the types of aliases and constants, the header of a trait's implementation and what it declares.
//! Bodies are not. `core::ffi` is not the platform's.

use std::collections::BTreeSet;

use syn::visit::{self, Visit};
use syn::{
    Field, Fields, ImplItem, Item, ItemImpl, ItemTrait, Macro, Path, Signature, TraitItem, Type,
    Visibility,
};

use super::checks::Finding;
use super::imports::{Leads, private_names};
use super::macros::{self, VARIABLE};
use super::source::Source;

/// Every type of the low crates in a public signature.
pub(crate) fn find(source: &Source, all: &[Source]) -> Vec<Finding> {
    let own_crate = all.iter().filter(|s| s.path.starts_with("sysv-ipc/src/"));
    let mut public = Public {
        leads: Leads::of(source),
        private: private_names(own_crate),
        item: String::new(),
        found: Vec::new(),
    };
    public.visit_file(&source.tree);
    public.found
}

/// Walks the public items of a file.
struct Public {
    /// The words that lead to the low crates.
    leads: Leads,
    /// The crate's types and traits that are not public.
    private: BTreeSet<String>,
    /// The item whose signature is looked at.
    item: String,
    /// What was found.
    found: Vec<Finding>,
}

impl Public {
    /// Looks at a part of the signature of `item`.
    fn signature(&mut self, item: &str, visit: impl FnOnce(&mut Names<'_>)) {
        self.item = item.replace(VARIABLE, "$");
        let mut names = Names {
            leads: &self.leads,
            found: Vec::new(),
        };
        visit(&mut names);
        for (line, name) in names.found {
            self.report(line, &format!("names `{name}` in its signature"));
        }
    }

    /// Adds a finding about the item that is looked at.
    fn report(&mut self, line: usize, what: &str) {
        let finding = Finding {
            line,
            item: Some(self.item.clone()),
            message: format!("public `{}` {what}", self.item),
        };
        if !self.found.contains(&finding) {
            self.found.push(finding);
        }
    }

    /// Looks at a function.
    fn function(&mut self, item: &str, signature: &Signature) {
        self.signature(item, |names| names.visit_signature(signature));
    }

    /// Looks at the public ones of the fields; all of them are in an enum.
    fn fields(&mut self, owner: &str, fields: &Fields, all: bool) {
        for (index, field) in fields.iter().enumerate() {
            if all || is_public(&field.vis) {
                let Field { ident, ty, .. } = field;
                let name = ident
                    .as_ref()
                    .map_or_else(|| index.to_string(), ToString::to_string);
                self.signature(&format!("{owner}.{name}"), |names| names.visit_type(ty));
            }
        }
    }

    /// Looks at all that a public trait declares.
    fn declared(&mut self, node: &ItemTrait) {
        let name = node.ident.to_string();
        self.signature(&name, |names| {
            names.visit_generics(&node.generics);
            node.supertraits
                .iter()
                .for_each(|bound| names.visit_type_param_bound(bound));
        });
        for item in &node.items {
            match item {
                TraitItem::Fn(f) => self.function(&format!("{name}::{}", f.sig.ident), &f.sig),
                TraitItem::Const(c) => {
                    self.signature(&format!("{name}::{}", c.ident), |n| n.visit_type(&c.ty));
                }
                TraitItem::Type(t) => {
                    let item = format!("{name}::{}", t.ident);
                    self.signature(&item, |names| {
                        t.bounds
                            .iter()
                            .for_each(|bound| names.visit_type_param_bound(bound));
                    });
                }
                _ => {}
            }
        }
    }

    /// Looks at the header of an implementation, and at what it makes public: its public items, or,
    /// of a trait, all items.
    fn implementation(&mut self, node: &ItemImpl) {
        let ty = last_word(match &*node.self_ty {
            Type::Path(ty) => Some(&ty.path),
            _ => None,
        });
        let of = node.trait_.as_ref().map(|(path, _)| path);
        let of_name = last_word(of);
        if self.private.contains(&ty) || self.private.contains(&of_name) {
            return;
        }
        let header = if of.is_some() {
            format!("impl {of_name} for {ty}")
        } else {
            format!("impl {ty}")
        };
        self.signature(&header, |names| {
            names.visit_generics(&node.generics);
            if let Some(path) = of {
                names.visit_path(path);
            }
            names.visit_type(&node.self_ty);
        });
        for item in &node.items {
            let member = |name: &syn::Ident| match of {
                Some(_) => header.clone(),
                None => format!("{ty}::{name}"),
            };
            match item {
                ImplItem::Fn(f) if of.is_some() || is_public(&f.vis) => {
                    self.function(&member(&f.sig.ident), &f.sig);
                }
                ImplItem::Const(c) if of.is_some() || is_public(&c.vis) => {
                    self.signature(&member(&c.ident), |names| names.visit_type(&c.ty));
                }
                ImplItem::Type(t) if of.is_some() || is_public(&t.vis) => {
                    self.signature(&member(&t.ident), |names| names.visit_type(&t.ty));
                }
                _ => {}
            }
        }
    }
}

impl<'ast> Visit<'ast> for Public {
    fn visit_item(&mut self, node: &'ast Item) {
        match node {
            Item::Impl(item) => self.implementation(item),
            Item::Mod(_) | Item::Macro(_) => visit::visit_item(self, node),
            Item::Fn(item) if is_public(&item.vis) => {
                self.function(&item.sig.ident.to_string(), &item.sig);
            }
            Item::Trait(item) if is_public(&item.vis) => self.declared(item),
            Item::Struct(item) if is_public(&item.vis) => {
                let name = item.ident.to_string();
                self.signature(&name, |names| names.visit_generics(&item.generics));
                self.fields(&name, &item.fields, false);
            }
            Item::Enum(item) if is_public(&item.vis) => {
                let name = item.ident.to_string();
                self.signature(&name, |names| names.visit_generics(&item.generics));
                for variant in &item.variants {
                    self.fields(&format!("{name}::{}", variant.ident), &variant.fields, true);
                }
            }
            Item::Union(item) if is_public(&item.vis) => {
                self.fields(
                    &item.ident.to_string(),
                    &Fields::Named(item.fields.clone()),
                    false,
                );
            }
            Item::Type(item) if is_public(&item.vis) => {
                self.signature(&item.ident.to_string(), |names| names.visit_type(&item.ty));
            }
            Item::Const(item) if is_public(&item.vis) => {
                self.signature(&item.ident.to_string(), |names| names.visit_type(&item.ty));
            }
            Item::Static(item) if is_public(&item.vis) => {
                self.signature(&item.ident.to_string(), |names| names.visit_type(&item.ty));
            }
            Item::Use(item) if is_public(&item.vis) => {
                for (name, span) in self.leads.imported(&item.tree) {
                    self.item = name;
                    self.report(span.start().line, "is a re-export of a low crate's name");
                }
            }
            Item::ExternCrate(item) if is_public(&item.vis) => {
                self.item = item.ident.to_string();
                if super::names::LOW.contains(&self.item.as_str()) {
                    self.report(
                        item.ident.span().start().line,
                        "is a re-export of a low crate",
                    );
                }
            }
            _ => {}
        }
    }

    fn visit_macro(&mut self, node: &'ast Macro) {
        macros::visit_inside(self, node);
    }
}

/// Collects the paths in a part of a signature that lead to the low crates.
struct Names<'a> {
    /// The words that lead there.
    leads: &'a Leads,
    /// The lines and the paths.
    found: Vec<(usize, String)>,
}

impl<'ast> Visit<'ast> for Names<'_> {
    fn visit_path(&mut self, node: &'ast Path) {
        if self.leads.lead(node) {
            let words: Vec<_> = node.segments.iter().map(|s| s.ident.to_string()).collect();
            let line = node
                .segments
                .first()
                .map_or(1, |s| s.ident.span().start().line);
            self.found.push((line, words.join("::")));
        }
        visit::visit_path(self, node);
    }
}

/// Whether an item is `pub`, and not only within its crate.
fn is_public(vis: &Visibility) -> bool {
    matches!(vis, Visibility::Public(_))
}

/// The last word of a path.
fn last_word(path: Option<&Path>) -> String {
    path.and_then(|path| path.segments.last())
        .map_or_else(|| "_".to_owned(), |last| last.ident.to_string())
}
