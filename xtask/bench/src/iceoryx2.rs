//! Publish-subscribe through iceoryx2, as a contender of `cargo xtask bench`: one publisher, and one subscriber that polls.

mod process;

use std::hint::spin_loop;
use std::process::{Command, ExitCode, id};

use iceoryx2::config::Config;
use iceoryx2::prelude::*;

use crate::process::{Job, Result, Work, repeat};

fn main() -> Result<ExitCode> {
    set_log_level(LogLevel::Error);
    let mut job = Job::from_argument().ok_or("expected a job")?;
    if job.part == 0 {
        job.ids.push(id().try_into()?);
    }
    let prefix = format!("bench-iceoryx2-{}-", job.ids[0]);
    let done = job.serve(|job| prepare(job, &prefix));
    // It leaves some of its files.
    let files = format!("rm -rf /dev/shm/{prefix}* /tmp/{prefix}*");
    Command::new("sh").args(["-c", &files]).status()?;
    done
}

fn prepare(job: &mut Job, prefix: &str) -> Work {
    let mut config = Config::default();
    config.global.prefix = prefix.try_into()?;
    let root = format!("/tmp/{prefix}");
    config.global.set_root_path(&root.as_str().try_into()?);
    let node = NodeBuilder::new().config(&config);
    let node = node.create::<ipc::Service>()?;
    let stream = node.service_builder(&"stream".try_into()?);
    let stream = stream.publish_subscribe::<[u8]>().history_size(0);
    let stream = stream.enable_safe_overflow(false);
    let stream = stream.subscriber_max_buffer_size(1024);
    let stream = stream.max_publishers(1).max_subscribers(1);
    let stream = stream.open_or_create()?;
    let subscriber = stream.subscriber_builder();
    let publisher = stream.publisher_builder().initial_max_slice_len(job.number);
    let publisher = publisher.backpressure_strategy(BackpressureStrategy::RetryUntilDelivered);
    let mut text = vec![b'm'; job.number];
    let run = if job.part == 0 {
        let subscriber = subscriber.create()?;
        repeat(move || {
            loop {
                if let Some(sample) = subscriber.receive().unwrap() {
                    break text.copy_from_slice(sample.payload());
                }
                spin_loop();
            }
        })
    } else {
        let publisher = publisher.create()?;
        repeat(move || {
            let sample = publisher.loan_slice_uninit(text.len()).unwrap();
            sample.write_from_slice(&text).send().unwrap();
        })
    };
    job.kept.push(Box::new((node, stream)));
    Ok(Some(run))
}
