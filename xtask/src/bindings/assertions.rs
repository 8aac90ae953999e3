//! Normalises bindgen's layout assertions: one line each, with size and alignment of a type separate from its offsets.
//!
//! Targets often agree on one and differ in the other, so that the common part can be shared.

use std::fmt::Write as _;

/// Returns an item of assertions in the normalised form; any other item unchanged.
pub(super) fn apart(item: &str) -> String {
    if !item.contains("\"Size of ") {
        return item.to_owned();
    }
    // The formatter breaks long assertions into four lines.
    let joined = item
        .replace("    [\n        \"", "    [\"")
        .replace("\",\n    ][", "\"][");
    let assertions = joined.lines().filter(|line| line.starts_with("    ["));
    let (offsets, sizes): (Vec<&str>, Vec<&str>) =
        assertions.partition(|line| line.contains("\"Offset of "));
    // Clippy attributes are dropped, since `src/lib.rs` has them for all included code.
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
