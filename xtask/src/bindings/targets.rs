//! The location of each target's headers in the `ziglang` package: a table, and the selection from it.

use crate::task::Failure;

/// One target: its names, and its headers.
pub(crate) struct Target {
    /// The name in Rust.
    pub(crate) triple: &'static str,
    /// The name in clang.
    pub(crate) clang: &'static str,
    /// The name in Zig, for its C compiler.
    pub(crate) zig: &'static str,
    /// A description of the headers.
    pub(crate) headers: &'static str,
    /// The directories under `lib/libc/include`, in search order.
    pub(crate) folders: &'static [&'static str],
    /// Macros that the headers expect from the compiler driver.
    pub(crate) defines: &'static [&'static str],
}

macro_rules! linux_gnu {
    ($triple:literal, $clang:literal, $zig:literal, $folder:literal, $any:literal) => {
        Target {
            triple: $triple,
            clang: $clang,
            zig: $zig,
            headers: "glibc 2.31",
            folders: &[$folder, "generic-glibc", $any, "any-linux-any"],
            defines: &["__GLIBC_MINOR__=31"],
        }
    };
}

macro_rules! linux_musl {
    ($triple:literal, $clang:literal, $zig:literal, $folder:literal, $any:literal) => {
        Target {
            triple: $triple,
            clang: $clang,
            zig: $zig,
            headers: "musl",
            folders: &[$folder, "generic-musl", $any, "any-linux-any"],
            defines: &[],
        }
    };
}

/// Returns the targets of these names, or all.
pub(crate) fn chosen(names: &[String]) -> Result<Vec<&'static Target>, Failure> {
    if names.is_empty() {
        return Ok(TARGETS.iter().collect());
    }
    let one = |name: &String| {
        let found = TARGETS.iter().find(|target| target.triple == name.as_str());
        found.ok_or_else(|| {
            let supported: Vec<&str> = TARGETS.iter().map(|target| target.triple).collect();
            Failure::new(format!(
                "{name} is not supported.\n\
                 It would take the system's own C headers, a row in xtask/src/bindings/targets.rs that says where they \
                 are,\nthe file that `cargo xtask bindings` then makes in sysv-sys/bindings, and a run of the tests on \
                 that system.\nTo build on the system itself, libclang and the feature `buildtime-bindgen` are enough.\n\
                 Supported are:\n  {}",
                supported.join("\n  ")
            ))
        })
    };
    names.iter().map(one).collect()
}

/// Every target that has a bundled file.
const TARGETS: &[Target] = &[
    linux_gnu!(
        "x86_64-unknown-linux-gnu",
        "x86_64-unknown-linux-gnu",
        "x86_64-linux-gnu.2.31",
        "x86-linux-gnu",
        "x86-linux-any"
    ),
    linux_gnu!(
        "aarch64-unknown-linux-gnu",
        "aarch64-unknown-linux-gnu",
        "aarch64-linux-gnu.2.31",
        "aarch64-linux-gnu",
        "aarch64-linux-any"
    ),
    linux_gnu!(
        "i686-unknown-linux-gnu",
        "i686-unknown-linux-gnu",
        "x86-linux-gnu.2.31",
        "x86-linux-gnu",
        "x86-linux-any"
    ),
    linux_gnu!(
        "armv7-unknown-linux-gnueabihf",
        "armv7-unknown-linux-gnueabihf",
        "arm-linux-gnueabihf.2.31",
        "arm-linux-gnu",
        "arm-linux-any"
    ),
    linux_gnu!(
        "riscv64gc-unknown-linux-gnu",
        "riscv64-unknown-linux-gnu",
        "riscv64-linux-gnu.2.31",
        "riscv-linux-gnu",
        "riscv-linux-any"
    ),
    linux_gnu!(
        "powerpc64le-unknown-linux-gnu",
        "powerpc64le-unknown-linux-gnu",
        "powerpc64le-linux-gnu.2.31",
        "powerpc-linux-gnu",
        "powerpc-linux-any"
    ),
    linux_gnu!(
        "s390x-unknown-linux-gnu",
        "s390x-unknown-linux-gnu",
        "s390x-linux-gnu.2.31",
        "s390x-linux-gnu",
        "s390x-linux-any"
    ),
    linux_musl!(
        "x86_64-unknown-linux-musl",
        "x86_64-unknown-linux-musl",
        "x86_64-linux-musl",
        "x86_64-linux-musl",
        "x86-linux-any"
    ),
    linux_musl!(
        "aarch64-unknown-linux-musl",
        "aarch64-unknown-linux-musl",
        "aarch64-linux-musl",
        "aarch64-linux-musl",
        "aarch64-linux-any"
    ),
    linux_musl!(
        "i686-unknown-linux-musl",
        "i686-unknown-linux-musl",
        "x86-linux-musl",
        "x86-linux-musl",
        "x86-linux-any"
    ),
    linux_musl!(
        "armv7-unknown-linux-musleabihf",
        "armv7-unknown-linux-musleabihf",
        "arm-linux-musleabihf",
        "arm-linux-musl",
        "arm-linux-any"
    ),
    Target {
        triple: "x86_64-apple-darwin",
        clang: "x86_64-apple-macosx15.0",
        zig: "x86_64-macos",
        headers: "macOS 15",
        folders: &["any-darwin-any"],
        defines: &[],
    },
    Target {
        triple: "aarch64-apple-darwin",
        clang: "arm64-apple-macosx15.0",
        zig: "aarch64-macos",
        headers: "macOS 15",
        folders: &["any-darwin-any"],
        defines: &[],
    },
    Target {
        triple: "x86_64-unknown-freebsd",
        clang: "x86_64-unknown-freebsd14.0",
        zig: "x86_64-freebsd",
        headers: "FreeBSD 14.0",
        folders: &["x86_64-freebsd-none", "generic-freebsd"],
        defines: &["__FreeBSD_version=1400500"],
    },
    Target {
        triple: "aarch64-unknown-freebsd",
        clang: "aarch64-unknown-freebsd14.0",
        zig: "aarch64-freebsd",
        headers: "FreeBSD 14.0",
        folders: &["aarch64-freebsd-none", "generic-freebsd"],
        defines: &["__FreeBSD_version=1400500"],
    },
    Target {
        triple: "x86_64-unknown-netbsd",
        clang: "x86_64-unknown-netbsd10.1",
        zig: "x86_64-netbsd",
        headers: "NetBSD 10.1",
        folders: &["x86_64-netbsd-none", "generic-netbsd"],
        defines: &["__NetBSD_Version__=1001000000"],
    },
    Target {
        triple: "x86_64-unknown-openbsd",
        clang: "x86_64-unknown-openbsd7.8",
        zig: "x86_64-openbsd",
        headers: "OpenBSD 7.8",
        folders: &["x86_64-openbsd-none", "generic-openbsd"],
        defines: &["___OpenBSD=202510", "OpenBSD7_8"],
    },
];
