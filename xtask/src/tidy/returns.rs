//! Rule 3: who compares with `-1`, and who reads errno.
//!
//! Comparisons are a matter of structure (`==`, `!=`, patterns, `assert_eq!`), reads of errno one of
//! words.

use proc_macro2::Span;
use syn::punctuated::Punctuated;
use syn::visit::{self, Visit};
use syn::{BinOp, Expr, ExprBinary, ExprMethodCall, Ident, Lit, Macro, Pat, Token, Type, UnOp};

use super::checks::Finding;
use super::macros;
use super::source::Source;
use super::tokens::Tokens;

/// The names under which systems give errno, and std's way to it.
const ERRNO: [&str; 6] = [
    "last_os_error",
    "__errno_location",
    "__errno",
    "___errno",
    "__error",
    "_errno",
];

/// Every comparison with `-1` and every read of errno.
pub(crate) fn find(source: &Source, _: &[Source]) -> Vec<Finding> {
    let mut comparisons = Comparisons(Vec::new());
    comparisons.visit_file(&source.tree);
    let mut found = comparisons.0;
    let tokens = &source.tokens;
    let reads = (0..tokens.len()).filter(|&i| reads_errno(tokens, i));
    found.extend(reads.map(|i| {
        Finding::new(
            tokens.line(i),
            format!("reads errno (`{}`)", tokens.text(i)),
        )
    }));
    found
}

/// Whether the word at `i` reads errno. A method `.errno()` only hands out one that was read.
fn reads_errno(tokens: &Tokens, i: usize) -> bool {
    let free_function =
        tokens.reads(i, &["errno", "(", ")"]) && !["fn", "."].contains(&tokens.before(i));
    // How `errno.rs` of `sysv-ipc` reads it.
    let own = tokens.text(i) == "last" && i >= 2 && tokens.reads(i - 2, &["Errno", "::"]);
    ERRNO.contains(&tokens.text(i)) || free_function || own
}

/// Collects the comparisons.
struct Comparisons(Vec<Finding>);

impl Comparisons {
    /// Adds a finding if one of the `sides` of a comparison by call is what a failed call returns.
    fn judge<'a>(&mut self, sides: impl IntoIterator<Item = &'a Expr>, at: Span) {
        if sides.into_iter().any(is_failure) {
            self.0
                .push(Finding::new(at.start().line, "compares with -1"));
        }
    }

    /// Adds a finding if one side of `==` or `!=` is what a failed call returns, or if one is an
    /// address and the other has all bits set.
    fn judge_sides(&mut self, node: &ExprBinary, at: Span) {
        let (left, right) = (&*node.left, &*node.right);
        let address = |one, other| is_address(one) && is_all_ones(other);
        if is_failure(left) || is_failure(right) || address(left, right) || address(right, left) {
            self.0
                .push(Finding::new(at.start().line, "compares with -1"));
        }
    }

    /// Adds a finding if a pattern's literal is `-1`.
    fn judge_literal(&mut self, literal: &Lit) {
        if is_negative_one(literal) {
            let line = literal.span().start().line;
            self.0
                .push(Finding::new(line, "compares with -1 (a pattern)"));
        }
    }
}

impl<'ast> Visit<'ast> for Comparisons {
    fn visit_expr_binary(&mut self, node: &'ast ExprBinary) {
        match &node.op {
            BinOp::Eq(op) => self.judge_sides(node, op.spans[0]),
            BinOp::Ne(op) => self.judge_sides(node, op.spans[0]),
            _ => {}
        }
        visit::visit_expr_binary(self, node);
    }

    fn visit_expr_method_call(&mut self, node: &'ast ExprMethodCall) {
        if node.method == "eq" || node.method == "ne" {
            self.judge(&node.args, node.method.span());
        }
        visit::visit_expr_method_call(self, node);
    }

    fn visit_pat(&mut self, node: &'ast Pat) {
        match node {
            Pat::Lit(literal) => self.judge_literal(&literal.lit),
            Pat::Range(range) => {
                for end in [&range.start, &range.end].into_iter().flatten() {
                    if let Expr::Lit(literal) = &**end {
                        self.judge_literal(&literal.lit);
                    }
                }
            }
            _ => visit::visit_pat(self, node),
        }
    }

    fn visit_macro(&mut self, node: &'ast Macro) {
        let name = node.path.segments.last().map(|s| &s.ident);
        let compares = |name: &&Ident| {
            let name = name.to_string();
            name.ends_with("assert_eq") || name.ends_with("assert_ne")
        };
        if let Some(name) = name.filter(compares) {
            let arguments = Punctuated::<Expr, Token![,]>::parse_terminated;
            let arguments = node.parse_body_with(arguments);
            self.judge(arguments.iter().flatten().take(2), name.span());
        }
        macros::visit_inside(self, node);
    }
}

/// Whether an expression is what a failed call returns: `-1`, or the pointer with all bits set.
fn is_failure(expr: &Expr) -> bool {
    match expr {
        Expr::Paren(inner) => is_failure(&inner.expr),
        Expr::Group(inner) => is_failure(&inner.expr),
        Expr::Reference(inner) => is_failure(&inner.expr),
        Expr::Cast(cast) => {
            is_failure(&cast.expr) || matches!(*cast.ty, Type::Ptr(_)) && is_all_ones(&cast.expr)
        }
        Expr::Lit(literal) => is_negative_one(&literal.lit),
        Expr::Unary(unary) => match (&unary.op, &*unary.expr) {
            (UnOp::Neg(_), Expr::Lit(literal)) => is_int(&literal.lit, "1"),
            _ => false,
        },
        // `ptr::without_provenance_mut(usize::MAX)`.
        Expr::Call(call) => {
            let pointer = matches!(&*call.func, Expr::Path(function)
            if function.path.segments.last().is_some_and(|s| {
                s.ident.to_string().trim_end_matches("_mut").ends_with("_provenance")
            }));
            pointer && call.args.iter().any(|a| is_failure(a) || is_all_ones(a))
        }
        _ => false,
    }
}

/// Whether an expression is the address of a pointer: `p.addr()`.
fn is_address(expr: &Expr) -> bool {
    match expr {
        Expr::Paren(inner) => is_address(&inner.expr),
        Expr::MethodCall(call) => call.method == "addr" || call.method == "expose_provenance",
        _ => false,
    }
}

/// Whether an expression is the address with all bits set: `usize::MAX` or `!0`.
fn is_all_ones(expr: &Expr) -> bool {
    match expr {
        Expr::Paren(inner) => is_all_ones(&inner.expr),
        Expr::Cast(cast) => is_all_ones(&cast.expr),
        Expr::Path(path) => {
            let words: Vec<_> = path
                .path
                .segments
                .iter()
                .map(|s| s.ident.to_string())
                .collect();
            matches!(&words[..], [.., kind, max] if kind == "usize" && max == "MAX")
        }
        Expr::Unary(unary) => match (&unary.op, &*unary.expr) {
            (UnOp::Not(_), Expr::Lit(literal)) => is_int(&literal.lit, "0"),
            _ => false,
        },
        _ => false,
    }
}

/// Whether a literal, as patterns have them, is `-1`.
fn is_negative_one(literal: &Lit) -> bool {
    is_int(literal, "-1")
}

/// Whether a literal is the whole number with these decimal digits.
fn is_int(literal: &Lit, digits: &str) -> bool {
    matches!(literal, Lit::Int(number) if number.base10_digits() == digits)
}
