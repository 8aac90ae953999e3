//! bindgen's assertions about layouts, a line for each, and a type's size and alignment apart from its offsets.
//!
//! Targets often agree on the one and not on the other: what they agree on then stands once.

use std::fmt::Write as _;

/// The same item, if it is one of assertions in that form; any other as it is.
pub(super) fn apart(item: &str) -> String {
    if !item.contains("\"Size of ") {
        return item.to_owned();
    }
    // The formatter breaks what is long in four lines.
    let joined = item
        .replace("    [\n        \"", "    [\"")
        .replace("\",\n    ][", "\"][");
    let assertions = joined.lines().filter(|line| line.starts_with("    ["));
    let (offsets, sizes): (Vec<&str>, Vec<&str>) =
        assertions.partition(|line| line.contains("\"Offset of "));
    // Clippy's opinion of them is of no interest: `src/lib.rs` says so for all that is included.
    let mut text = String::new();
    for group in [sizes, offsets] {
        if !group.is_empty() {
            // Writing to a String cannot fail.
            let _ = write!(text, "const _: () = {{\n{}\n}};\n", group.join("\n"));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::apart;

    #[test]
    fn sizes_and_offsets_are_told_apart_line_by_line() {
        let item = "#[allow(clippy::identity_op)]\nconst _: () = {\n    [\"Size of a\"][size_of::<a>() - 8usize];\n    \
                    [\"Alignment of a\"][align_of::<a>() - 4usize];\n    [\n        \"Offset of field: a::b\",\n    \
                    ][offset_of!(a, b) - 0usize];\n};\n";
        assert_eq!(
            apart(item),
            "const _: () = {\n    [\"Size of a\"][size_of::<a>() - 8usize];\n    \
             [\"Alignment of a\"][align_of::<a>() - 4usize];\n};\nconst _: () = {\n    \
             [\"Offset of field: a::b\"][offset_of!(a, b) - 0usize];\n};\n"
        );
    }

    #[test]
    fn other_items_are_left() {
        let item = "#[repr(C)]\npub struct a {\n    pub b: [i32; 2usize],\n}\n";
        assert_eq!(apart(item), item);
    }
}
