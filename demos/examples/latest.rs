//! The latest value: one process publishes, others read without waiting. After a publisher is killed, its last value stays
//! readable as a whole.
//!
//! ```text
//! cargo run -p demos --example latest
//! ```

use std::env;
use std::error::Error;
use std::process::Command;

use sysv_wrapper::RemoveOnDrop;
use sysv_wrapper::sync::Area;

/// A quotation, all of whose numbers are equal.
type Quote = [u64; 8];
const CHANGES: u32 = 1000;

fn main() -> Result<(), Box<dyn Error>> {
    if let Some(id) = env::args().nth(1) {
        let area = Area::from_id(id.parse::<i32>()?)?;
        let mut publisher = area.publisher::<Quote>("quote")?;
        for number in 1.. {
            publisher.publish(&[number; 8])?;
        }
    }
    let area = Area::builder().latest::<Quote>("quote");
    let area = RemoveOnDrop::new(area.create_private()?);
    let quote = area.latest::<Quote>("quote")?;
    println!("before the first: {:?}", quote.read()?);

    let id = area.id().to_string();
    let mut program = Command::new(env::current_exe()?).arg(&id).spawn()?;
    let (mut changes, mut version) = (0, 0);
    while changes < CHANGES {
        let Some((numbers, now)) = quote.read()? else {
            continue;
        };
        assert_eq!(numbers, [numbers[0]; 8], "a value is never half new");
        changes += u32::from(now != version);
        version = now;
    }
    println!("{CHANGES} values seen, each whole");
    program.kill()?;
    program.wait()?;
    let (numbers, version) = quote.read()?.ok_or("nothing was published")?;
    println!("after its death: {}", numbers == [version; 8]);
    // Another process, this one, may take over the role.
    let next = area.publisher::<Quote>("quote")?.publish(&[0; 8])?;
    println!("published by the next one: {}", next == version + 1);
    Ok(())
}
