//! Rule 7, second part: every `pub` item is documented.
//!
//! Also fields, variants and methods. Exempt are re-exports, implementations of traits, positional
//! fields, what is `#[doc(hidden)]`, and `pub mod name;`, which its file's `//!` documents. Items that
//! a macro call makes are for rustc's `missing_docs`; those that a `macro_rules!` writes are seen here.

use std::collections::BTreeSet;

use syn::parse::Parser;
use syn::{
    Attribute, Fields, ForeignItem, Ident, ImplItem, Item, ItemImpl, ItemMacro, Meta, TraitItem,
    Visibility,
};

use super::checks::Finding;
use super::imports::private_names;
use super::macros;
use super::source::Source;

/// Every public item without documentation.
pub(crate) fn find(source: &Source, all: &[Source]) -> Vec<Finding> {
    let root = source.path.split_once("/src/").map_or("", |(root, _)| root);
    let own_crate = all
        .iter()
        .filter(|s| s.path.starts_with(&format!("{root}/src/")));
    let mut undocumented = Undocumented {
        private: private_names(own_crate),
        found: Vec::new(),
    };
    undocumented.items(&source.tree.items);
    undocumented.found
}

/// Collects the items without documentation.
struct Undocumented {
    /// The crate's types that are not public.
    private: BTreeSet<String>,
    /// What was found.
    found: Vec<Finding>,
}

impl Undocumented {
    /// Demands documentation of one thing.
    fn demand(&mut self, attrs: &[Attribute], kind: &str, name: &Ident) {
        if !attrs.iter().any(documents) {
            let line = name.span().start().line;
            self.found.push(Finding::new(
                line,
                format!("public {kind} `{name}` has no docs"),
            ));
        }
    }

    /// Demands documentation of what is public among `items`.
    fn items(&mut self, items: &[Item]) {
        for item in items {
            match item {
                Item::Impl(item) => self.methods(item),
                Item::Macro(item) => self.macro_rules(item),
                Item::ForeignMod(item) => {
                    item.items.iter().for_each(|item| self.foreign(item));
                }
                Item::Mod(item) => {
                    if let Some((_, items)) = &item.content {
                        if is_public(&item.vis) {
                            self.demand(&item.attrs, "mod", &item.ident);
                        }
                        self.items(items);
                    }
                }
                _ => self.item(item),
            }
        }
    }

    /// Demands documentation of an item of its own, if it is public, and of its members.
    fn item(&mut self, item: &Item) {
        match item {
            Item::Fn(i) if is_public(&i.vis) => self.demand(&i.attrs, "fn", &i.sig.ident),
            Item::Const(i) if is_public(&i.vis) => self.demand(&i.attrs, "const", &i.ident),
            Item::Static(i) if is_public(&i.vis) => self.demand(&i.attrs, "static", &i.ident),
            Item::Type(i) if is_public(&i.vis) => self.demand(&i.attrs, "type", &i.ident),
            Item::Struct(i) if is_public(&i.vis) => {
                self.demand(&i.attrs, "struct", &i.ident);
                self.fields(&i.fields, false);
            }
            Item::Union(i) if is_public(&i.vis) => {
                self.demand(&i.attrs, "union", &i.ident);
                self.fields(&Fields::Named(i.fields.clone()), false);
            }
            Item::Enum(i) if is_public(&i.vis) => {
                self.demand(&i.attrs, "enum", &i.ident);
                for variant in &i.variants {
                    self.demand(&variant.attrs, "variant", &variant.ident);
                    self.fields(&variant.fields, true);
                }
            }
            Item::Trait(i) if is_public(&i.vis) => {
                self.demand(&i.attrs, "trait", &i.ident);
                for item in &i.items {
                    match item {
                        TraitItem::Fn(i) => self.demand(&i.attrs, "method", &i.sig.ident),
                        TraitItem::Const(i) => self.demand(&i.attrs, "const", &i.ident),
                        TraitItem::Type(i) => self.demand(&i.attrs, "type", &i.ident),
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }

    /// Demands documentation of the fields that have a name and are public; in an enum all are.
    fn fields(&mut self, fields: &Fields, all: bool) {
        for field in fields {
            match &field.ident {
                Some(name) if all || is_public(&field.vis) => {
                    self.demand(&field.attrs, "field", name);
                }
                _ => {}
            }
        }
    }

    /// Demands documentation of the public members that an implementation gives a public type.
    fn methods(&mut self, node: &ItemImpl) {
        let of_private = matches!(&*node.self_ty, syn::Type::Path(ty)
            if ty.path.segments.last().is_some_and(|s| self.private.contains(&s.ident.to_string())));
        if node.trait_.is_some() || of_private {
            return;
        }
        for item in &node.items {
            match item {
                ImplItem::Fn(i) if is_public(&i.vis) => {
                    self.demand(&i.attrs, "method", &i.sig.ident);
                }
                ImplItem::Const(i) if is_public(&i.vis) => {
                    self.demand(&i.attrs, "const", &i.ident);
                }
                _ => {}
            }
        }
    }

    /// Demands documentation of a foreign function or static.
    fn foreign(&mut self, item: &ForeignItem) {
        match item {
            ForeignItem::Fn(i) if is_public(&i.vis) => self.demand(&i.attrs, "fn", &i.sig.ident),
            ForeignItem::Static(i) if is_public(&i.vis) => {
                self.demand(&i.attrs, "static", &i.ident);
            }
            ForeignItem::Type(i) if is_public(&i.vis) => self.demand(&i.attrs, "type", &i.ident),
            _ => {}
        }
    }

    /// Demands documentation of an exported macro, and of the items that a macro writes.
    fn macro_rules(&mut self, node: &ItemMacro) {
        let Some(name) = &node.ident else { return };
        if node.attrs.iter().any(|a| a.path().is_ident("macro_export")) {
            self.demand(&node.attrs, "macro", name);
        }
        for branch in macros::branches(&node.mac) {
            if let Ok(written) = syn::parse2::<syn::File>(branch) {
                self.items(&written.items);
            }
        }
    }
}

/// Whether an attribute is documentation, conditional documentation, or says that none is wanted.
fn documents(attribute: &Attribute) -> bool {
    match &attribute.meta {
        Meta::NameValue(meta) => meta.path.is_ident("doc"),
        Meta::List(meta) if meta.path.is_ident("doc") => meta.tokens.to_string() == "hidden",
        Meta::List(meta) if meta.path.is_ident("cfg_attr") => {
            let metas = syn::punctuated::Punctuated::<Meta, syn::Token![,]>::parse_terminated;
            metas.parse2(meta.tokens.clone()).is_ok_and(|metas| {
                metas
                    .iter()
                    .skip(1)
                    .any(|meta| matches!(meta, Meta::NameValue(meta) if meta.path.is_ident("doc")))
            })
        }
        _ => false,
    }
}

/// Whether an item is `pub`, and not only within its crate.
fn is_public(vis: &Visibility) -> bool {
    matches!(vis, Visibility::Public(_))
}
