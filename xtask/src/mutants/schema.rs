//! All mutants of a source in one text: in front of each body stand copies of it, one per mutant, of which at most
//! one is in force.
//!
//! A copy is exactly the body that cargo-mutants would have compiled, in the same function and of the same type, so
//! that it compiles if and only if that would.

use std::collections::BTreeMap;
use std::ops::Range;

use super::bodies::Body;
use super::list::Mutant;

/// What the copies ask. It stands at the end of each crate, which is why the crate needs the features of [`OPENING`].
pub(super) const SWITCH: &str = include_str!("schema/switch.rs");

/// In front of a crate: functions that the compiler may run have to ask too, and are told there that no mutant is in
/// force.
pub(super) const OPENING: &str = "#![feature(core_intrinsics, const_eval_select)] ";

/// A function with mutants.
pub(super) struct Function {
    pub(super) number: usize,
    pub(super) body: Body,
    /// Those that have a copy.
    pub(super) mutants: Vec<Mutant>,
}

/// A source with all its mutants.
#[derive(Debug, Default)]
pub(super) struct Written {
    pub(super) text: String,
    /// Which mutant is where.
    pub(super) copies: Vec<(Range<usize>, usize)>,
    /// Which function is where, with its copies.
    pub(super) functions: Vec<(Range<usize>, usize)>,
}

/// Puts the functions' mutants into the text, functions in the order of their bodies, behind an `opening`.
pub(super) fn write(text: &str, functions: &[Function], opening: &str) -> Written {
    let mut written = Written {
        text: opening.to_owned(),
        ..Written::default()
    };
    let by_start: BTreeMap<usize, &Function> = functions
        .iter()
        .map(|function| (function.body.range.start, function))
        .collect();
    part(&mut written, text, 0..text.len(), &by_start);
    written
}

/// Writes a part of the text, with what is in it.
fn part(
    written: &mut Written,
    text: &str,
    range: Range<usize>,
    functions: &BTreeMap<usize, &Function>,
) {
    let mut from = range.start;
    for (start, function) in functions.range(range.clone()) {
        // One in a function that is written already.
        if *start < from {
            continue;
        }
        let inside = start + 1..function.body.range.end;
        written.text += &text[from..inside.start];
        from = inside.end;
        let begin = written.text.len();
        let number = function.number;
        let call = format!(" crate::mutant::reached({number});");
        written.text += &call;
        for mutant in &function.mutants {
            let begin = written.text.len();
            let body = mutant.applied(text, &function.body.range);
            let number = mutant.number;
            let copy = format!(" if crate::mutant::on({number}) {{ return {body}; }}");
            written.text += &copy;
            written.copies.push((begin..written.text.len(), number));
        }
        part(written, text, inside, functions);
        let whole = begin..written.text.len();
        written.functions.push((whole, number));
    }
    written.text += &text[from..range.end];
}

#[cfg(test)]
mod tests {
    use super::super::bodies::bodies;
    use super::super::list::Mutant;
    use super::{Function, write};

    fn mutant(number: usize, text: &str, what: &str, replacement: &str) -> Mutant {
        let start = text.find(what).unwrap();
        Mutant {
            number,
            span: start..start + what.len(),
            replacement: replacement.to_owned(),
            ..Mutant::default()
        }
    }

    #[test]
    fn a_body_has_a_copy_per_mutant_and_keeps_what_it_was() {
        let text = "fn a(x: u8) -> u8 { x + 1 }\nfn b() {}";
        let functions = [Function {
            number: 7,
            body: bodies(text).unwrap().remove(0),
            mutants: vec![mutant(3, text, "+", "-"), mutant(4, text, "x + 1", "0")],
        }];
        let written = write(text, &functions, "");
        assert_eq!(
            written.text,
            "fn a(x: u8) -> u8 { crate::mutant::reached(7); if crate::mutant::on(3) { return { x - 1 }; } \
             if crate::mutant::on(4) { return { 0 }; } x + 1 }\nfn b() {}"
        );
        let copies: Vec<_> = written.copies.iter().map(|(_, number)| *number).collect();
        assert_eq!(copies, [3, 4]);
        let third = &written.text[written.copies[0].0.clone()];
        assert_eq!(third, " if crate::mutant::on(3) { return { x - 1 }; }");
    }

    #[test]
    fn a_function_in_a_function_has_copies_of_its_own_and_is_copied_plain() {
        let text = "fn a() -> u8 { fn b() -> u8 { 1 } b() * 2 }";
        let mut bodies = bodies(text).unwrap().into_iter();
        let functions = [
            Function {
                number: 0,
                body: bodies.next().unwrap(),
                mutants: vec![mutant(0, text, "*", "/")],
            },
            Function {
                number: 1,
                body: bodies.next().unwrap(),
                mutants: vec![mutant(1, text, "1", "0")],
            },
        ];
        assert_eq!(
            write(text, &functions, "").text,
            "fn a() -> u8 { crate::mutant::reached(0); \
             if crate::mutant::on(0) { return { fn b() -> u8 { 1 } b() / 2 }; } \
             fn b() -> u8 { crate::mutant::reached(1); if crate::mutant::on(1) { return { 0 }; } 1 } b() * 2 }"
        );
    }
}
