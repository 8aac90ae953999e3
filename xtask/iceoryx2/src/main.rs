//! Publish-subscribe through iceoryx2, as a contender of `cargo xtask bench`: one publisher, and one subscriber that polls.

#[path = "../../bench/src/client.rs"]
mod client;
#[path = "../../bench/src/job.rs"]
mod job;

use std::hint::spin_loop;
use std::{fs, process};

use iceoryx2::config::Config;
use iceoryx2::prelude::*;

use crate::job::{Job, Result, repeat};

/// Where iceoryx2 puts its files, each with the prefix of the row. It leaves some of them there.
const FOLDERS: [&str; 2] = ["/dev/shm", "/tmp"];

fn main() -> Result<()> {
    set_log_level(LogLevel::Error);
    let mut job = Job::from_arguments()?;
    if job.part == 0 {
        job.ids.push(process::id().try_into()?);
    }
    let prefix = format!("bench-iceoryx2-{}-", job.ids[0]);
    if job.part == 0 {
        job.kept.push(Box::new(Files(prefix.clone())));
    }
    let size = job.numbers[0];
    let mut config = Config::default();
    config.global.prefix = prefix.as_str().try_into()?;
    let root = format!("/tmp/{prefix}");
    config.global.set_root_path(&root.as_str().try_into()?);
    let node = NodeBuilder::new()
        .config(&config)
        .create::<ipc::Service>()?;
    let stream = node
        .service_builder(&"stream".try_into()?)
        .publish_subscribe::<[u8]>()
        .enable_safe_overflow(false)
        .history_size(0)
        .max_publishers(1)
        .max_subscribers(1)
        .subscriber_max_buffer_size(1024)
        .open_or_create()?;
    let mut text = vec![b'm'; size];
    let run = if job.part == 0 {
        let subscriber = stream.subscriber_builder().create()?;
        repeat(move || {
            loop {
                if let Some(sample) = subscriber.receive().unwrap() {
                    break text.copy_from_slice(sample.payload());
                }
                spin_loop();
            }
        })
    } else {
        let publisher = stream
            .publisher_builder()
            .initial_max_slice_len(size)
            .backpressure_strategy(BackpressureStrategy::RetryUntilDelivered)
            .create()?;
        repeat(move || {
            let sample = publisher.loan_slice_uninit(size).unwrap();
            sample.write_from_slice(&text).send().unwrap();
        })
    };
    job.serve(Some(run))
}

/// Removes files with a prefix.
struct Files(String);

impl Drop for Files {
    fn drop(&mut self) {
        for folder in FOLDERS {
            for file in fs::read_dir(folder).into_iter().flatten().flatten() {
                if file.file_name().to_string_lossy().starts_with(&self.0) {
                    let path = file.path();
                    let _ = fs::remove_file(&path).or_else(|_| fs::remove_dir_all(&path));
                }
            }
        }
    }
}
