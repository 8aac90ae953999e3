//! What names in a file mean, as far as rule 1 has to know: which words lead to `sysv_sys` or `libc`,
//! and which types and traits of a crate are private.
//!
//! Only names are resolved, not scopes: a word means the same in the whole file.

use std::collections::BTreeSet;

use syn::visit::{self, Visit};
use syn::{Item, ItemType, ItemUse, Path, Type, UseTree, Visibility};

use super::names::LOW;
use super::source::Source;

/// The words that lead to `sysv_sys` or `libc` when a path begins with them.
pub(crate) struct Leads(BTreeSet<String>);

impl Leads {
    /// Reads the imports and the private type aliases of a file.
    pub(crate) fn of(source: &Source) -> Self {
        let mut leads = Self(LOW.iter().map(|&name| name.to_owned()).collect());
        // An alias of an alias is found in a second round.
        for _ in 0..2 {
            leads.visit_file(&source.tree);
        }
        leads
    }

    /// Whether a path leads there.
    pub(crate) fn lead(&self, path: &Path) -> bool {
        let mut words = path.segments.iter().map(|s| s.ident.to_string());
        words.next().is_some_and(|first| self.0.contains(&first))
            || words.any(|word| LOW.contains(&word.as_str()))
    }

    /// The names that `tree` imports from there, if its path, begun at `low`, leads there; each with
    /// the name that it has there.
    pub(crate) fn imported(&self, tree: &UseTree) -> Vec<(String, proc_macro2::Span)> {
        let mut names = Vec::new();
        self.collect(tree, None, &mut names);
        names
    }

    /// Adds the names that `tree` imports; `parent` is the last word before it, if the words before
    /// it lead there.
    fn collect(
        &self,
        tree: &UseTree,
        parent: Option<&str>,
        names: &mut Vec<(String, proc_macro2::Span)>,
    ) {
        let leads = |word: &str| parent.is_some() || self.0.contains(word);
        match tree {
            UseTree::Path(path) => {
                let word = path.ident.to_string();
                let parent = leads(&word).then_some(word.as_str());
                self.collect(&path.tree, parent, names);
            }
            UseTree::Name(name) => {
                let word = name.ident.to_string();
                match parent {
                    Some(parent) if word == "self" => {
                        names.push((parent.to_owned(), name.ident.span()));
                    }
                    _ if leads(&word) => names.push((word, name.ident.span())),
                    _ => {}
                }
            }
            UseTree::Rename(rename) if leads(&rename.ident.to_string()) => {
                names.push((rename.rename.to_string(), rename.rename.span()));
            }
            UseTree::Glob(glob) if parent.is_some() => {
                names.push(("*".to_owned(), glob.star_token.spans[0]));
            }
            UseTree::Group(group) => {
                group
                    .items
                    .iter()
                    .for_each(|tree| self.collect(tree, parent, names));
            }
            _ => {}
        }
    }
}

impl<'ast> Visit<'ast> for Leads {
    fn visit_item_use(&mut self, node: &'ast ItemUse) {
        let names = self.imported(&node.tree);
        self.0.extend(names.into_iter().map(|(name, _)| name));
    }

    fn visit_item_type(&mut self, node: &'ast ItemType) {
        // A public alias is judged itself, and whoever uses it names it.
        let private = !matches!(node.vis, Visibility::Public(_));
        if private && matches!(&*node.ty, Type::Path(ty) if self.lead(&ty.path)) {
            self.0.insert(node.ident.to_string());
        }
    }
}

/// The types and traits that the sources of one crate declare, none of them public.
pub(crate) fn private_names<'a>(sources: impl Iterator<Item = &'a Source>) -> BTreeSet<String> {
    let mut declared = Declared::default();
    sources.for_each(|source| declared.visit_file(&source.tree));
    declared
        .private
        .difference(&declared.public)
        .cloned()
        .collect()
}

/// The names of declared types and traits.
#[derive(Default)]
struct Declared {
    /// Those declared `pub`.
    public: BTreeSet<String>,
    /// Those declared otherwise.
    private: BTreeSet<String>,
}

impl<'ast> Visit<'ast> for Declared {
    fn visit_item(&mut self, node: &'ast Item) {
        let (vis, name) = match node {
            Item::Struct(item) => (&item.vis, &item.ident),
            Item::Enum(item) => (&item.vis, &item.ident),
            Item::Union(item) => (&item.vis, &item.ident),
            Item::Trait(item) => (&item.vis, &item.ident),
            Item::Type(item) => (&item.vis, &item.ident),
            _ => return visit::visit_item(self, node),
        };
        let public = matches!(vis, Visibility::Public(_));
        let names = if public {
            &mut self.public
        } else {
            &mut self.private
        };
        names.insert(name.to_string());
    }
}
