//! What the shells offer with the installed completions.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

use crate::cli::{SYSVIPC, create, run};
use crate::support::{self, in_namespace, skipped};
use crate::terminal::{self, Typed};

/// The completions, installed below a directory, where the command is too.
struct Installed(tempfile::TempDir);

impl Installed {
    fn new() -> Installed {
        let prefix = Installed(tempfile::tempdir().unwrap());
        let told = run(&format!(
            "install-docs --prefix {}",
            prefix.path().display()
        ))
        .text();
        assert!(told.lines().all(|path| Path::new(path).is_file()), "{told}");
        fs::create_dir(prefix.path().join("bin")).unwrap();
        symlink(SYSVIPC, prefix.path().join("bin/sysvipc")).unwrap();
        prefix
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    /// Runs a script of the shell, in which `$1` is a directory and `$2` the words to complete.
    fn shell(&self, shell: &str, script: &str, line: &str) -> String {
        let path = std::env::var("PATH").unwrap_or_default();
        let bin = self.path().join("bin");
        let mut command = Command::new(shell);
        command
            .args(["-c", script])
            .args((shell == "bash").then_some("bash"))
            .arg(self.path())
            .arg(line)
            .env("PATH", format!("{}:{path}", bin.display()))
            .env("HOME", self.path());
        let output = command.output().unwrap();
        assert!(output.status.success(), "{line}: {output:?}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// The words that bash offers.
    fn bash(&self, line: &str) -> Vec<String> {
        let script = "source \"$1/share/bash-completion/completions/sysvipc\"
            IFS=' ' read -ra COMP_WORDS <<< \"$2\"
            [[ $2 != *' ' ]] || COMP_WORDS+=('')
            COMP_CWORD=$((${#COMP_WORDS[@]} - 1)) COMP_TYPE=9
            complete -p sysvipc | grep -q ' -F _clap_complete_sysvipc ' || exit
            _clap_complete_sysvipc sysvipc \"${COMP_WORDS[COMP_CWORD]}\" || exit
            printf '%s\\n' \"${COMPREPLY[@]}\"";
        let offered = self.shell("bash", script, line);
        offered.lines().map(str::to_owned).collect()
    }

    /// The words that fish offers.
    fn fish(&self, line: &str) -> Vec<String> {
        let script = "source $argv[1]/share/fish/vendor_completions.d/sysvipc.fish
            complete -C $argv[2]";
        let offered = self.shell("fish", script, line);
        let words = offered.lines().map(|line| line.split('\t').next().unwrap());
        words.map(str::to_owned).collect()
    }

    /// What zsh shows on a terminal after two tabulators.
    fn zsh(&self, line: &str) -> String {
        let prefix = self.path().display();
        let script = format!(
            "PATH={prefix}/bin:$PATH; PS1='ready> '; fpath=({prefix}/share/zsh/site-functions $fpath)
            autoload -Uz compinit; compinit -u -d {prefix}/dump
            LISTMAX=1000; unsetopt automenu
            show() {{ line=$BUFFER; BUFFER='print -r -- \"<$line>\"'; zle .accept-line }}; zle -N accept-line show"
        );
        fs::write(self.path().join(".zshrc"), script).unwrap();
        let mut terminal = Typed::start(&format!("ZDOTDIR={prefix} exec zsh -i"));
        terminal.wait_for("ready> ", 1);
        terminal.type_in(line);
        // The first one completes what all have in common.
        terminal.type_in("\t\t\r");
        terminal.wait_for("<sysvipc ", 1);
        let shown = terminal.shown();
        terminal.type_in("\x04");
        terminal.running.0.wait().unwrap();
        shown
    }
}

/// Row N11: columns, kinds, ids, keys, users and processes are offered in their places.
#[test]
fn shells_offer_what_there_is() {
    const TEST: &str = test_name!("shells_offer_what_there_is");
    in_namespace(TEST, || {
        let segment = create("shm --size 5000 --key 0x2a").to_string();
        let set = support::Sem::with_values(&[1]).id.as_raw().to_string();
        let queue = create("msg --key 0x1234567").to_string();
        let own = support::Shm::private(100);
        // This process used it last, too.
        drop(own.attach());
        let owner = run("list shm --key 0x2a --raw --no-headings --columns owner").text();
        let owner = owner.trim();
        create("sem --key 0x7654321");
        let pid = std::process::id().to_string();
        let places: [(&str, &[&str], &[&str]); 17] = [
            ("lim", &["limits"], &["list"]),
            ("list ", &["shm", "sem", "msg"], &[&segment]),
            ("list --columns id,mess", &["id,messages"], &[]),
            ("list msg --sort ", &["messages", "id"], &["size", "all"]),
            (
                "list shm --columns ",
                &["creator-command", "all"],
                &["messages"],
            ),
            ("list --owner ", &[owner], &["0x0000002a"]),
            ("list shm --creator-pid ", &[&pid], &[]),
            ("list shm --last-pid ", &[&pid], &[]),
            ("show ", &["shm", "sem", "msg", &segment, &set], &[]),
            ("show shm ", &[&segment], &[]),
            ("show shm --key ", &["0x0000002a"], &["0x01234567"]),
            ("remove msg ", &[&queue, "--older-than"], &[]),
            ("send --key ", &["0x01234567"], &["0x0000002a"]),
            ("lock ", &["0x07654321"], &["0x0000002a"]),
            ("lock 0x07654321 Cargo.t", &["Cargo.toml"], &[]),
            ("create shm --key ", &[], &["0x0000002a"]),
            ("completions ", &["bash", "zsh", "fish"], &[]),
        ];
        let installed = Installed::new();
        let is_there = |shell: &str| {
            let found = Command::new(shell).arg("--version").output().is_ok();
            if !found {
                skipped(TEST, &format!("there is no {shell}"));
            }
            found
        };
        for (shell, offered) in [
            (
                "bash",
                Installed::bash as fn(&Installed, &str) -> Vec<String>,
            ),
            ("fish", Installed::fish),
        ] {
            if !is_there(shell) {
                continue;
            }
            for (line, expected, others) in places {
                let words = offered(&installed, &format!("sysvipc {line}"));
                let has = |word: &&&str| words.iter().any(|offered| offered == **word);
                assert!(
                    expected.iter().all(|word| has(&word)),
                    "{shell}: {line}: {words:?}"
                );
                assert!(
                    !others.iter().any(|word| has(&word)),
                    "{shell}: {line}: {words:?}"
                );
            }
        }
        if is_there("zsh") && terminal::is_available(TEST) {
            for (line, expected, _) in places {
                let shown = installed.zsh(&format!("sysvipc {line}"));
                assert!(
                    expected.iter().all(|word| shown.contains(word)),
                    "zsh: {line}: {shown}"
                );
            }
            // With what there is only one of, the line is completed.
            let shown = installed.zsh("sysvipc list --columns id,mess");
            assert!(
                shown.contains("<sysvipc list --columns id,messages >"),
                "{shown}"
            );
        }
        drop(own);
    });
}
