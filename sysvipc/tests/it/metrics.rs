//! `sysvipc metrics`, read by the parser of another project, and `limits --warn`.

use std::io::Write as _;
use std::process::{Command, Stdio};

#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
use crate::cli;
use crate::cli::{create, run};
use crate::support::namespace::set_sysctl;
use crate::support::{in_namespace, skipped};
use serde_json::Value;

/// The samples as Python's `prometheus_client` reads them: a list of name, labels and value. `None` where it is not
/// installed, which is said for `test`.
fn samples(test: &str, text: &str) -> Option<Vec<(String, Value, f64)>> {
    const SCRIPT: &str = r"
import json, sys
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse
print(json.dumps([[s.name, s.labels, s.value] for family in parse(sys.stdin.read()) for s in family.samples]))";
    let python = || {
        let python = std::env::var("PYTHON").unwrap_or_else(|_| "python3".to_owned());
        Command::new(python)
    };
    let found = python().args(["-c", "import prometheus_client"]).output();
    if !found.is_ok_and(|output| output.status.success()) {
        skipped(test, "there is no prometheus_client for Python here");
        return None;
    }
    let mut reader = python()
        .args(["-c", SCRIPT])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = reader.stdin.take().unwrap();
    input.write_all(text.as_bytes()).unwrap();
    drop(input);
    let output = reader.wait_with_output().unwrap();
    assert!(output.status.success(), "{text}");
    Some(serde_json::from_slice(&output.stdout).unwrap())
}

/// The numbers of a column of `/proc/sysvipc`.
fn column(file: &str, name: &str) -> Vec<f64> {
    let text = std::fs::read_to_string(format!("/proc/sysvipc/{file}")).unwrap();
    let mut lines = text.lines().map(str::split_whitespace);
    let at = lines.next().unwrap().position(|head| head == name).unwrap();
    lines
        .map(|mut line| line.nth(at).unwrap().parse().unwrap())
        .collect()
}

#[test]
fn metrics_are_those_of_the_kernel_and_another_parser_reads_them() {
    const TEST: &str = test_name!("metrics_are_those_of_the_kernel_and_another_parser_reads_them");
    in_namespace(TEST, || {
        let segment = create("shm --size 5000");
        create("shm --size 70000");
        create("sem --count 3");
        let queue = create("msg");
        run(&format!("send {queue} --type 7 hello")).text();
        let segment = sysv_wrapper::SharedMemory::from_id(segment).unwrap();
        let attached = segment.attach().unwrap();
        segment.attach().unwrap().fill(0..4096, 7).unwrap();
        let text = run("metrics --verdicts").text();
        // The order is always the same.
        let limits: Vec<_> = text
            .lines()
            .filter(|line| line.starts_with("sysvipc_limit{"))
            .collect();
        assert!(limits.len() > 10 && limits.is_sorted(), "{text}");
        let Some(samples) = samples(TEST, &text) else {
            return;
        };
        let sum = |name: &str, key: &str, value: &str| {
            let of = samples
                .iter()
                .filter(|(of, labels, _)| of == name && labels[key] == value);
            of.map(|(_, _, number)| number).sum::<f64>()
        };
        for (file, name, metric) in [
            ("shm", "size", "sysvipc_size_bytes"),
            ("shm", "nattch", "sysvipc_attachments"),
            ("shm", "rss", "sysvipc_resident_bytes"),
            ("sem", "nsems", "sysvipc_semaphores"),
            ("msg", "cbytes", "sysvipc_size_bytes"),
            ("msg", "qnum", "sysvipc_messages"),
        ] {
            let expected: f64 = column(file, name).iter().sum();
            assert!(expected > 0.0);
            let found = sum(metric, "kind", file);
            assert!((found - expected).abs() < 0.5, "{metric}: {found}");
        }
        for (kind, count) in [("shm", 2.0), ("sem", 1.0), ("msg", 1.0)] {
            for name in ["sysvipc_objects", "sysvipc_verdicts"] {
                assert!((sum(name, "kind", kind) - count).abs() < 0.5, "{name}");
            }
        }
        assert!((sum("sysvipc_verdicts", "verdict", "in_use") - 1.0).abs() < 0.5);
        let limits = run("limits --json").json();
        for limit in limits["limits"].as_array().unwrap() {
            let name = limit["name"].as_str().unwrap();
            let of = |metric| sum(metric, "limit", name);
            let value = limit["limit"].as_f64().unwrap();
            assert!((of("sysvipc_limit") - value).abs() <= value / 1e9, "{name}");
            let used = limit["used"].as_f64().unwrap_or_default();
            assert!((of("sysvipc_limit_used") - used).abs() < 0.5, "{name}");
        }
        drop(attached);
    });
}

#[test]
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
fn a_kind_without_metrics_is_said_in_them() {
    const TEST: &str = test_name!("a_kind_without_metrics_is_said_in_them");
    in_namespace(TEST, || {
        let call = crate::support::confine::Call::SHM_LIMITS;
        let Some(ran) = cli::run_where(call, sysv_ipc::Errno::ENOSYS, TEST, "metrics") else {
            return;
        };
        assert_eq!(ran.status.code(), Some(0), "{ran:?}");
        let text = String::from_utf8(ran.stdout).unwrap();
        for line in [
            "sysvipc_listed{kind=\"shm\"} 0\n",
            "sysvipc_listed{kind=\"sem\"} 1\n",
            "# EOF\n",
        ] {
            assert!(text.contains(line), "{text}");
        }
        assert!(ran.stderr.contains("shared memory"), "{}", ran.stderr);
    });
}

#[test]
fn a_limit_that_is_nearly_reached_is_a_status() {
    in_namespace("a_limit_that_is_nearly_reached_is_a_status", || {
        run("limits --warn 80").text();
        create("shm");
        create("shm");
        create("shm");
        create("shm");
        set_sysctl("shmmni", 5);
        for words in ["limits --warn 80", "limits shm --warn 80% --json"] {
            let text = run(words).failed(6);
            assert!(
                text.contains("SHMMNI (segments) is used to 80.0 %; `sysctl -w kernel.shmmni="),
                "{text}"
            );
        }
        run("limits --warn 81").text();
        run("limits sem --warn 80").text();
        for percentage in ["-1", "101", "many", "NaN"] {
            run(&format!("limits --warn={percentage}")).failed(2);
        }
    });
}

/// Row N8.
#[test]
fn limits_say_how_each_kind_of_them_is_raised() {
    let of_sets = "`sysctl -w kernel.sem=";
    let [all, segments, sets] = ["limits", "limits shm", "limits sem"].map(|words| {
        let text = run(words).text();
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    });
    for text in [&all, &segments] {
        assert!(
            text.contains("`sysctl -w kernel.shmmni=VALUE` sets"),
            "{text}"
        );
    }
    assert!(
        all.contains(of_sets) && sets.contains(of_sets),
        "{all}\n{sets}"
    );
    assert!(!segments.contains(of_sets), "{segments}");
}
