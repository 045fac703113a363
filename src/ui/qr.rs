//! QR codes on a terminal.

use qrcode::QrCode;
use qrcode::bits::Bits;
use qrcode::render::unicode::Dense1x2;
use qrcode::types::{EcLevel, Version};
use subtune_model::error::{Error, Result};

/// Most bytes that fit in the largest QR code.
pub const MAX_BYTES: usize = 2_953;

/// Draws bytes as one QR code, two of its rows to a line, for a terminal with light text on dark.
///
/// # Errors
/// When they do not fit in one.
pub fn draw(bytes: &[u8]) -> Result<String> {
    // As one run of bytes: signers do not read what is split into other modes to save room.
    let code = (1..=40).find_map(|version| {
        let mut bits = Bits::new(Version::Normal(version));
        bits.push_byte_data(bytes).ok()?;
        bits.push_terminator(EcLevel::L).ok()?;
        QrCode::with_bits(bits, EcLevel::L).ok()
    });
    let Some(code) = code else {
        return Err(Error::refused(format!(
            "{} bytes do not fit in one QR code, which holds {MAX_BYTES}",
            bytes.len()
        ))
        .hint("change less at once with --only, or carry the file of --unsigned itself"));
    };
    let mut image = code.render::<Dense1x2>();
    let image = image.dark_color(Dense1x2::Light).light_color(Dense1x2::Dark).build();
    Ok(format!("{image}\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_fit_or_are_refused() {
        for (length, modules) in [(1, 21), (17, 21), (18, 25), (MAX_BYTES, 177)] {
            let image = draw(&vec![0x30; length]).unwrap();
            // The code with four light modules on each side.
            assert_eq!(image.lines().count(), (modules + 8usize).div_ceil(2), "{length}");
            assert!(image.lines().all(|line| line.chars().count() == modules + 8), "{length}");
        }
        let error = draw(&[0; MAX_BYTES + 1]).unwrap_err();
        assert_eq!(error.what, "2954 bytes do not fit in one QR code, which holds 2953");
    }
}
