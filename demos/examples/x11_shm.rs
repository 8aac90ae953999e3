//! A picture through the X server's MIT-SHM extension: copied from shared memory into a pixmap, read back and compared.
//!
//! Sends six hand-written X11 requests over the socket; a real client uses a library.
//!
//! ```text
//! Xvfb :99 &
//! DISPLAY=:99 cargo run -p demos --example x11_shm
//! ```

use std::env;
use std::error::Error;
use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::sync::atomic::Ordering::Relaxed;

use sysv_wrapper::{RemoveOnDrop, SharedMemory};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

const WIDTH: u16 = 64;
const HEIGHT: u16 = 48;
/// Bytes of the picture: four for a pixel.
const SIZE: usize = WIDTH as usize * HEIGHT as usize * 4;

fn main() -> Result<()> {
    let mut server = Server::connect(&env::var("DISPLAY")?)?;
    let shm = server.extension("MIT-SHM")?;

    // Two pictures: one to send, and one to receive.
    let memory = RemoveOnDrop::new(SharedMemory::builder().size(2 * SIZE).create_private()?);
    let attached = memory.attach()?;
    let (put, got) = (
        attached.atomic_u32_slice(..SIZE)?,
        attached.atomic_u32_slice(SIZE..)?,
    );
    for (pixel, number) in put.iter().zip(0_u32..) {
        pixel.store(number.wrapping_mul(0x0001_0305) & 0x00ff_ffff, Relaxed);
    }

    let [segment, pixmap, context] = [1, 2, 3].map(|number| server.base + number);
    let id = memory.id().as_raw();
    server.send(shm, 1, &[&word(segment), &id.to_ne_bytes(), &[0; 4]])?; // ShmAttach
    let (root, depth) = (server.root, server.root_depth);
    server.send(
        53,
        depth,
        &[&word(pixmap), &word(root), &half(WIDTH), &half(HEIGHT)],
    )?; // CreatePixmap
    server.send(55, 0, &[&word(context), &word(pixmap), &word(0)])?; // CreateGC
    let size = [half(WIDTH), half(HEIGHT)].concat();
    let put_image: [&[u8]; 9] = [
        &word(pixmap),
        &word(context),
        &size,
        &word(0), // from the left upper corner
        &size,
        &word(0),          // to the left upper corner
        &[depth, 2, 0, 0], // ZPixmap, no event
        &word(segment),
        &word(0),
    ];
    server.send(shm, 3, &put_image)?; // ShmPutImage
    let get_image: [&[u8]; 7] = [
        &word(pixmap),
        &word(0),
        &size,
        &word(u32::MAX), // all planes
        &[2, 0, 0, 0],
        &word(segment),
        &word(u32::try_from(SIZE)?),
    ];
    server.send(shm, 4, &get_image)?; // ShmGetImage
    // After the reply, the server has the segment attached. From now on the kernel removes the segment at its last detach.
    server.reply()?;
    attached.remove_when_detached()?;

    let pairs = put.iter().zip(got);
    let equal = pairs.filter(|(put, got)| put.load(Relaxed) == got.load(Relaxed) & 0x00ff_ffff);
    let equal = equal.count();
    println!("{equal} of {} pixels came back equal", put.len());
    (equal == put.len())
        .then_some(())
        .ok_or("the picture is another one")?;
    Ok(())
}

/// A connection to an X server, in the byte order of this machine.
struct Server {
    stream: UnixStream,
    root: u32,
    root_depth: u8,
    /// The ids that this client may use begin here.
    base: u32,
}

impl Server {
    /// Connects to a display like `:99`, without authorization.
    fn connect(display: &str) -> Result<Server> {
        let number = display.rsplit(':').next().unwrap_or_default();
        let number = number.split('.').next().unwrap_or_default();
        let mut stream = UnixStream::connect(format!("/tmp/.X11-unix/X{number}"))?;
        let order = if cfg!(target_endian = "little") {
            b'l'
        } else {
            b'B'
        };
        stream.write_all(&[[order, 0], half(11), half(0), half(0), half(0), half(0)].concat())?;
        let mut head = [0; 8];
        stream.read_exact(&mut head)?;
        let mut setup = vec![0; 4 * usize::from(u16::from_ne_bytes([head[6], head[7]]))];
        stream.read_exact(&mut setup)?;
        if head[0] != 1 {
            return Err(format!("refused: {}", String::from_utf8_lossy(&setup)).into());
        }
        let at = |offset: usize| -> Result<u32> {
            let bytes = setup.get(offset..offset + 4).ok_or("a short setup")?;
            Ok(u32::from_ne_bytes(bytes.try_into()?))
        };
        // Behind the head of 32 bytes are the vendor's name, the pixmap formats, and the first screen.
        let vendor = usize::from(u16::from_ne_bytes([setup[16], setup[17]]));
        let screen = 32 + vendor.next_multiple_of(4) + 8 * usize::from(setup[21]);
        let root_depth = *setup.get(screen + 38).ok_or("a short setup")?;
        let (root, base) = (at(screen)?, at(4)?);
        if root_depth != 24 {
            return Err(format!("the screen has {root_depth} bits per pixel, not 24").into());
        }
        Ok(Server {
            stream,
            root,
            root_depth,
            base,
        })
    }

    /// Sends a request: its code, a byte, the length in units of four bytes, and the rest.
    fn send(&mut self, code: u8, byte: u8, rest: &[&[u8]]) -> Result<()> {
        let rest = rest.concat();
        let length = half(u16::try_from(1 + rest.len() / 4)?);
        self.stream
            .write_all(&[&[code, byte], &length[..], &rest].concat())?;
        Ok(())
    }

    /// Waits for a reply, and returns it.
    fn reply(&mut self) -> Result<[u8; 32]> {
        let mut reply = [0; 32];
        self.stream.read_exact(&mut reply)?;
        match reply[0] {
            1 => Ok(reply),
            _ => Err(format!(
                "the server reports error {} of request {}",
                reply[1], reply[10]
            )
            .into()),
        }
    }

    /// Returns the request code of an extension.
    fn extension(&mut self, name: &str) -> Result<u8> {
        let mut padded = name.as_bytes().to_vec();
        padded.resize(name.len().next_multiple_of(4), 0);
        self.send(
            98,
            0,
            &[&half(u16::try_from(name.len())?), &half(0), &padded],
        )?; // QueryExtension
        match self.reply()? {
            reply if reply[8] == 1 => Ok(reply[9]),
            _ => Err(format!("the server does not have {name}").into()),
        }
    }
}

fn half(number: u16) -> [u8; 2] {
    number.to_ne_bytes()
}

fn word(number: u32) -> [u8; 4] {
    number.to_ne_bytes()
}
