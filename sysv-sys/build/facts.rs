//! The facts about a platform that no declaration shows, and their text form.
//!
//! A bundled file records them in its first lines, for targets without a C compiler on this machine. `cargo xtask`
//! includes this file too, so that nothing in it depends on the machine.

use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Spellings of `ipc_perm`'s key member, in the order in which they are tried.
///
/// musl comes first: under `_GNU_SOURCE` its macros let every other spelling compile too.
pub const KEY_MEMBERS: [&str; 4] = ["__ipc_perm_key", "__key", "_key", "key"];
/// Spellings of `ipc_perm`'s sequence number, likewise.
pub const SEQ_MEMBERS: [&str; 4] = ["__ipc_perm_seq", "__seq", "_seq", "seq"];
/// Spellings of the member of `msqid_ds` that counts the bytes on the queue. Every supported system has one, though POSIX
/// does not require it.
#[allow(dead_code, reason = "used by the build script only")]
pub const CBYTES_MEMBERS: [&str; 3] = ["__msg_cbytes", "_msg_cbytes", "msg_cbytes"];

/// Commands and flags beyond POSIX, each of which a platform may lack, and the structures that the kernel fills for a
/// command. A command without its structures counts as missing: FreeBSD defines `IPC_INFO` only.
pub const EXTENSIONS: [(&str, &[&str]); 20] = [
    ("IPC_INFO", &["shminfo", "seminfo", "msginfo"]),
    ("MSG_COPY", &[]),
    ("MSG_EXCEPT", &[]),
    ("MSG_INFO", &["msginfo"]),
    ("MSG_STAT", &[]),
    ("MSG_STAT_ANY", &[]),
    ("SEM_INFO", &["seminfo"]),
    ("SEM_STAT", &[]),
    ("SEM_STAT_ANY", &[]),
    ("SHM_DEST", &[]),
    ("SHM_EXEC", &[]),
    ("SHM_HUGETLB", &[]),
    ("SHM_INFO", &["shm_info"]),
    ("SHM_LOCK", &[]),
    ("SHM_LOCKED", &[]),
    ("SHM_NORESERVE", &[]),
    ("SHM_REMAP", &[]),
    ("SHM_STAT", &[]),
    ("SHM_STAT_ANY", &[]),
    ("SHM_UNLOCK", &[]),
];

/// The ways to list all objects on systems that lack commands by index: the function, and the structures that it writes.
/// Each has C code that compiles where it exists, and the structures that the declarations must have. They are facts
/// like those of [`EXTENSIONS`].
pub const SYSCTL: [(&str, &str, &[&str]); 3] = [
    (
        "sysctlbyname",
        "#include <sys/types.h>\n#include <sys/sysctl.h>\n\
         int probe(void) { return (void *)&sysctlbyname ? sysctlbyname(\"\", 0, 0, 0, 0) : 0; }\n",
        &[],
    ),
    // FreeBSD's, which the headers declare for programs that define these macros.
    (
        "shmid_kernel",
        "#define _WANT_SYSVSHM_INTERNALS\n#define _WANT_SYSVSEM_INTERNALS\n#define _WANT_SYSVMSG_INTERNALS\n\
         #include <sys/types.h>\n#include <sys/shm.h>\n#include <sys/sem.h>\n#include <sys/msg.h>\n\
         int probe(void) { return SEM_ALLOC + (int)(sizeof(struct shmid_kernel)\n\
         + sizeof(struct semid_kernel) + sizeof(struct msqid_kernel)); }\n",
        &["shmid_kernel", "semid_kernel", "msqid_kernel"],
    ),
    // NetBSD's.
    (
        "shm_sysctl_info",
        "#include <sys/types.h>\n#include <sys/sysctl.h>\n\
         #include <sys/shm.h>\n#include <sys/sem.h>\n#include <sys/msg.h>\n\
         int probe(void) { return KERN_SYSVIPC + KERN_SYSVIPC_SHM_INFO + SEM_ALLOC + (int)(sizeof(struct shm_sysctl_info)\n\
         + sizeof(struct sem_sysctl_info) + sizeof(struct msg_sysctl_info)); }\n",
        &["shm_sysctl_info", "sem_sysctl_info", "msg_sysctl_info"],
    ),
];

/// The beginning of a line of names that a platform has, or lacks.
const HAS: &str = "// has:";
const LACKS: &str = "// lacks:";

/// Formats `names` as lines that begin with `start`.
fn name_lines<'a>(start: &str, names: impl Iterator<Item = &'a str>) -> String {
    let mut lines: Vec<String> = Vec::new();
    for name in names {
        match lines.last_mut() {
            Some(line) if line.len() + name.len() < 100 => line.extend([" ", name]),
            _ => lines.push(format!("{start} {name}")),
        }
    }
    lines.into_iter().map(|line| line + "\n").collect()
}

/// Facts about the kernel that no header declares for programs, so that the system's name decides: by these ipcs(1) reads
/// limits and objects. A kernel without them returns an error.
///
/// - macOS's `IPCS_command`: Apple publishes `<sys/ipcs.h>` with its kernel, but in no SDK. `src/ipcs.rs` declares it.
/// - OpenBSD's `sysvipc_info`: the headers declare its structures for the kernel. `src/sysvipc_info.rs` declares them.
#[allow(dead_code, reason = "called by the build script only")]
pub fn undeclared(system: &str) -> [(&'static str, bool); 2] {
    [
        ("IPCS_command", system == "macos"),
        ("sysvipc_info", system == "openbsd"),
    ]
}

/// The names of all facts that a platform may lack.
fn optional() -> impl Iterator<Item = &'static str> {
    let extensions = EXTENSIONS.into_iter().map(|(name, _)| name);
    extensions.chain(SYSCTL.into_iter().map(|(name, ..)| name))
}

/// The facts of one target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// The headers that the facts are from, for people: `glibc 2.36`.
    pub headers: String,
    /// The name of `ipc_perm`'s key member in the C headers.
    pub key_member: String,
    /// Whether the headers define `union semun`.
    pub union_semun: bool,
    /// Whether the headers declare `semtimedop`.
    pub semtimedop: bool,
    /// Whether the headers have each of [`EXTENSIONS`] and [`SYSCTL`].
    pub extensions: BTreeMap<String, bool>,
}

/// The headers of System V IPC, at the beginning of each probe.
pub const HEADERS: &str = "#include <sys/types.h>\n#include <sys/ipc.h>\n#include <sys/shm.h>\n\
                           #include <sys/sem.h>\n#include <sys/msg.h>\n#include <time.h>\n";

impl Facts {
    /// Detects all facts by whether C sources compile, which `accepts` returns; `None` if the headers cannot be included.
    /// `headers` names them for people.
    pub fn detect(accepts: impl Fn(&str) -> bool, headers: String) -> Option<Facts> {
        let alone = |(name, source, _): (&str, _, _)| (name.to_owned(), accepts(source));
        let sysctl: Vec<_> = SYSCTL.into_iter().map(alone).collect();
        let accepts = |code: &str| accepts(&format!("{HEADERS}{code}\n"));
        if !accepts("") {
            return None;
        }
        let has_key = |name: &&str| {
            accepts(&format!(
                "key_t probe(struct ipc_perm *p) {{ return p->{name}; }}"
            ))
        };
        let has = |name: &str, structures: &[&str]| {
            let mut code = format!("int probe(void) {{ return {name}");
            for structure in structures {
                // Writing to a String cannot fail.
                let _ = write!(code, " + (int)sizeof(struct {structure})");
            }
            accepts(&(code + "; }"))
        };
        Some(Facts {
            headers,
            key_member: (*KEY_MEMBERS.iter().find(|name| has_key(name))?).to_owned(),
            union_semun: accepts("int probe(void) { union semun u; u.val = 1; return u.val; }"),
            // The call compiles on NetBSD too, whose timespec is not const. Taking the address fails with an old
            // compiler, which accepts a call of an undeclared function.
            semtimedop: accepts(
                "int probe(struct sembuf *s, struct timespec *t)\n\
                 { return (void *)&semtimedop ? semtimedop(0, s, 1, t) : 0; }",
            ),
            extensions: EXTENSIONS
                .into_iter()
                .map(|(name, structures)| (name.to_owned(), has(name, structures)))
                .chain(sysctl)
                .collect(),
        })
    }

    /// Compares the facts that no release of a platform's headers changes. If one differs, returns what these facts and
    /// `recorded` say about it: the two are not about the same platform.
    #[allow(dead_code, reason = "called by the build script only")]
    pub fn contradiction(&self, recorded: &Facts) -> Option<String> {
        let semun = |facts: &Facts| if facts.union_semun { "a" } else { "no" };
        if self.key_member != recorded.key_member {
            Some(format!(
                "the headers call the key member of `struct ipc_perm` `{}`, the declarations `{}`",
                self.key_member, recorded.key_member
            ))
        } else if self.union_semun != recorded.union_semun {
            Some(format!(
                "the headers define {} `union semun`, the declarations are from headers with {} such union",
                semun(self),
                semun(recorded)
            ))
        } else {
            None
        }
    }

    /// Formats the facts as the first lines of a bindings file.
    #[allow(dead_code, reason = "called by xtask and by bindgen builds only")]
    pub fn to_lines(&self) -> String {
        let mut lines = format!(
            "// headers: {}\n// fact key_member = {}\n// fact union_semun = {}\n// fact semtimedop = {}\n",
            self.headers, self.key_member, self.union_semun, self.semtimedop
        );
        for (start, wanted) in [(HAS, true), (LACKS, false)] {
            let names = self.extensions.iter().filter(|(_, has)| **has == wanted);
            lines += &name_lines(start, names.map(|(name, _)| name.as_str()));
        }
        lines
    }

    /// Parses the lines that [`Facts::to_lines`] wrote; `None` if any is missing.
    pub fn recorded_in(bindings: &str) -> Option<Facts> {
        let value = |name: &str| {
            let start = format!("// fact {name} = ");
            bindings.lines().find_map(|line| line.strip_prefix(&start))
        };
        let flag = |name: &str| value(name)?.parse::<bool>().ok();
        let is_in = |start: &str, name: &str| {
            let mut lists = bindings.lines().filter_map(|line| line.strip_prefix(start));
            lists.any(|list| list.split(' ').any(|word| word == name))
        };
        let has = |name: &str| (is_in(HAS, name) || is_in(LACKS, name)).then(|| is_in(HAS, name));
        let headers = bindings
            .lines()
            .find_map(|line| line.strip_prefix("// headers: "))?;
        Some(Facts {
            headers: headers.to_owned(),
            key_member: value("key_member")?.to_owned(),
            union_semun: flag("union_semun")?,
            semtimedop: flag("semtimedop")?,
            extensions: optional()
                .map(|name| Some((name.to_owned(), has(name)?)))
                .collect::<Option<_>>()?,
        })
    }

    /// Restricts the facts to those that the declarations have: headers that are newer than a bundled file may offer more
    /// than it declares.
    #[allow(dead_code, reason = "called by the build script only")]
    pub fn limited_to(mut self, bindings: &str) -> Facts {
        self.semtimedop &= bindings.contains("pub fn semtimedop");
        let declared = |start: &str, name: &str, end: &str| {
            bindings.contains(&format!("pub {start} {name}{end}"))
        };
        let all = |structures: &[&str]| {
            let mut structures = structures.iter();
            structures.all(|name| declared("struct", name, " {"))
        };
        let extensions = EXTENSIONS.into_iter().map(|(name, structures)| {
            let usable = declared("const", name, ":") && all(structures);
            (name, usable)
        });
        let sysctl = SYSCTL.into_iter();
        for (name, usable) in
            extensions.chain(sysctl.map(|(name, _, structures)| (name, all(structures))))
        {
            if !usable {
                self.extensions.insert(name.to_owned(), false);
            }
        }
        self
    }
}

/// Returns the name of a structure's member in the declarations: the first of `spellings` that occurs there. It may differ
/// from the fact: bindgen expands musl's macros.
#[allow(dead_code, reason = "called by the build script only")]
pub fn declared_member<'a>(
    bindings: &str,
    structure: &str,
    spellings: &[&'a str],
) -> Option<&'a str> {
    let (_, body) = bindings.split_once(&format!("pub struct {structure} {{"))?;
    let (body, _) = body.split_once('}')?;
    spellings
        .iter()
        .copied()
        .find(|name| body.contains(&format!("pub {name}:")))
}
