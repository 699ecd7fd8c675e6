//! The key, and the one hash of it.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// How long a key must be at least: with a shorter one names can be found by trying keys.
const LEAST: usize = 16;

/// What pseudonyms are written in, 32 letters and digits.
const DIGITS: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";

/// How many of them follow the first letter: 60 bits, so that two of a million names have the same
/// pseudonym once in two million collections.
const LENGTH: usize = 12;

/// A secret that pseudonyms are made with.
#[derive(Clone)]
pub struct Key(Hmac<Sha256>);

/// A key that can be guessed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyTooShort;

impl fmt::Display for KeyTooShort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "expected a key of {LEAST} bytes or more")
    }
}

impl std::error::Error for KeyTooShort {}

/// A secret is not shown.
impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key")
    }
}

impl Key {
    /// The key of a secret.
    ///
    /// # Errors
    /// [`KeyTooShort`]
    pub fn new(secret: &[u8]) -> Result<Self, KeyTooShort> {
        if secret.len() < LEAST {
            return Err(KeyTooShort);
        }
        Hmac::new_from_slice(secret)
            .map(Self)
            .map_err(|_| KeyTooShort)
    }

    /// The pseudonym of a text: a letter, and more letters and digits.
    pub(super) fn pseudonym(&self, text: &str) -> String {
        let mut mac = self.0.clone();
        mac.update(text.as_bytes());
        let hash = mac.finalize().into_bytes();
        let digits = hash.iter().take(LENGTH).filter_map(|byte| {
            let digit = DIGITS.get(usize::from(byte % 32))?;
            Some(char::from(*digit))
        });
        std::iter::once('p').chain(digits).collect()
    }

    /// The pseudonym of a text with its place among others, by which both are in the same order.
    pub(super) fn numbered(&self, place: u32, text: &str) -> String {
        format!("o{place:06}{}", self.pseudonym(text))
    }
}
