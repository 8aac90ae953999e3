//! Compiles the work in C.

fn main() {
    println!("cargo::rerun-if-changed=src/work.c");
    let mut build = cc::Build::new();
    // As programs in C usually are, whatever Rust's profile is.
    build.opt_level(2).debug(false).force_frame_pointer(false);
    build.file("src/work.c").compile("bench_work");
}
