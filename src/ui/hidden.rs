//! A line that is typed without an echo. The libraries for it leave copies of the line in buffers that
//! nobody wipes.

use std::fs::File;
use std::io::{Error, ErrorKind, IsTerminal as _, Result};
use std::os::fd::{AsFd, BorrowedFd};

use dialoguer::console::Term;
use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};
use zeroize::Zeroizing;

use super::screen::one_line;
use crate::ops::step;

/// The longest line that is taken, as of a file.
const MAX_BYTES: usize = 4 * 1024;

/// Asks on the terminal of this process: that of the standard input, or else the controlling
/// one. An empty answer is one, too: at the end of the input there is no other. The terminal stays
/// without an echo: the caller keeps its settings ([`Kept`](super::echo::Kept)).
pub(super) fn answer(prompt: &str) -> Result<Zeroizing<String>> {
    let stdin = std::io::stdin();
    if stdin.is_terminal() {
        return ask(stdin.as_fd(), prompt);
    }
    let terminal = File::options()
        .read(true)
        .write(true)
        .open("/dev/tty")
        .map_err(|cause| Error::new(ErrorKind::NotConnected, cause))?;
    ask(terminal.as_fd(), prompt)
}

fn ask(terminal: BorrowedFd<'_>, prompt: &str) -> Result<Zeroizing<String>> {
    let mut silent = tcgetattr(terminal)?;
    silent.local_modes.remove(LocalModes::ECHO);
    // What was typed before the question is no answer to it.
    tcsetattr(terminal, OptionalActions::Flush, &silent)?;
    let term = Term::stderr();
    term.write_str(&format!("{}: ", one_line(prompt)))?;
    step::bug("question");
    let line = line(terminal);
    // The line end that was typed was not shown either.
    term.write_line("")?;
    line
}

/// The bytes up to the end of the line, into a buffer that never moves. Read from the descriptor
/// itself: a buffered reader would keep a copy.
fn line(from: BorrowedFd<'_>) -> Result<Zeroizing<String>> {
    let mut typed = Zeroizing::new(vec![0u8; MAX_BYTES]);
    let mut length = 0usize;
    let end = loop {
        let room = typed
            .get_mut(length..)
            .filter(|room| !room.is_empty())
            .ok_or_else(|| Error::new(ErrorKind::InvalidInput, "the line is longer than 4 KiB"))?;
        match rustix::io::read(from, room) {
            Ok(0) => break length,
            Ok(count) => {
                let before = length;
                length = length.saturating_add(count);
                let new = typed.get(before..length).unwrap_or_default();
                if let Some(end) = new.iter().position(|byte| *byte == b'\n') {
                    break before.saturating_add(end);
                }
            }
            // A window that changes its size is no reason to ask again.
            Err(rustix::io::Errno::INTR) => {}
            Err(cause) => return Err(cause.into()),
        }
    };
    let line = typed.get(..end).unwrap_or_default();
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    std::str::from_utf8(line)
        .map(|line| Zeroizing::new(line.to_owned()))
        .map_err(|_| Error::new(ErrorKind::InvalidData, "the line is not UTF-8 text"))
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn read(parts: &[&[u8]]) -> Result<String> {
        let (reader, mut writer) = std::io::pipe().unwrap();
        for part in parts {
            writer.write_all(part).unwrap();
        }
        drop(writer);
        line(reader.as_fd()).map(|line| line.to_string())
    }

    #[test]
    fn a_line_ends_where_it_ends() {
        for (parts, text) in [
            (&[&b"sesame\n"[..]][..], "sesame"),
            (&[b"ses", b"ame\r\n"], "sesame"),
            (&[b"sesame"], "sesame"),
            (&[b"sesame\nand more\n"], "sesame"),
            (&[b" s\xc3\xa9same \n"], " s\u{e9}same "),
            (&[b"\n"], ""),
            (&[], ""),
        ] {
            assert_eq!(read(parts).unwrap(), text, "{parts:?}");
        }
        assert!(read(&[b"ses\xffame\n"]).unwrap_err().to_string().contains("not UTF-8"));
        let long = read(&[&[b's'; MAX_BYTES + 1], b"\n"]).unwrap_err().to_string();
        assert!(long.contains("longer than 4 KiB"), "{long}");
    }

    /// What lies behind the line is left to whoever reads next.
    #[test]
    fn no_copy_of_an_answer_is_kept() {
        let (reader, mut writer) = std::io::pipe().unwrap();
        writer.write_all(b"first\n").unwrap();
        assert_eq!(line(reader.as_fd()).unwrap().as_str(), "first");
        writer.write_all(b"second\n").unwrap();
        assert_eq!(line(reader.as_fd()).unwrap().as_str(), "second");
    }
}
