//! Verdicts that are remembered.

use super::Engine;
use super::guests::Guests;
use super::page::PerSide;
use crate::engine::{End, Question, Scope, Traffic, Verdict, Who};

/// An engine with room for verdicts that were given before: "A verdict depends on (source class,
/// destination class or atom, protocol, port atom): cache on a 64-bit key" (policy semantics, section
/// 10).
///
/// A value of the caller: what is remembered changes no answer.
#[derive(Clone, Debug)]
pub struct Cached<'e> {
    engine: &'e Engine,
    guests: Guests,
    /// A power of two of them.
    places: Box<[Option<(Encoded, Verdict)>]>,
    shift: u32,
}

/// A question in a number: equal where no policy tells the traffic apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Encoded(u64);

impl Encoded {
    pub(super) const fn new(number: u64) -> Self {
        Self(number)
    }
}

/// Spreads numbers that follow each other: 2^64 divided by the golden ratio.
const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;

impl<'e> Cached<'e> {
    /// Room for at least so many verdicts; a later one takes the place of one before.
    pub fn new(engine: &'e Engine, verdicts: usize) -> Self {
        let places = verdicts.max(2).next_power_of_two();
        Self {
            engine,
            guests: Guests::new(&engine.world),
            places: vec![None; places].into(),
            shift: u64::BITS.saturating_sub(places.trailing_zeros()),
        }
    }

    /// The engine itself.
    pub const fn engine(&self) -> &'e Engine {
        self.engine
    }

    /// The engine's verdict.
    pub fn verdict(
        &mut self,
        scope: Scope,
        subject: End<'_>,
        peer: End<'_>,
        traffic: Traffic<'_>,
    ) -> Verdict {
        let question = self.engine.question(subject, peer, traffic);
        let rows = self.rows(&question);
        let encoded = self.engine.encode_rows(scope, &question, &rows);
        if let Some(known) = encoded.and_then(|encoded| self.known(encoded)) {
            return known;
        }
        let (verdict, alone) = self.engine.decide(scope, &question, &rows);
        if let Some(encoded) = encoded.filter(|_| alone)
            && let Some(place) = self.places.get_mut(index(encoded, self.shift))
        {
            *place = Some((encoded, verdict));
        }
        verdict
    }

    /// The rows of a question; of pods that are only like pods of the cluster, those of these.
    fn rows(&self, question: &Question<'_>) -> PerSide<u32> {
        let Engine { world, around, .. } = self.engine;
        let row = |end: &End<'_>| {
            let guest = match end.who {
                Who::Pod(pod) if world.row_of_pod(&pod, end.address).is_none() => {
                    self.guests.row(world, around, &pod, end.address)
                }
                _ => None,
            };
            guest.unwrap_or_else(|| world.row(around, end))
        };
        PerSide {
            subject: row(&question.subject),
            peer: row(&question.peer),
            sent: world
                .ports
                .find(question.traffic.protocol, question.traffic.port),
        }
    }

    /// The verdict on a question, where it is remembered.
    pub fn known(&self, question: Encoded) -> Option<Verdict> {
        match self.places.get(index(question, self.shift)) {
            Some(Some((known, verdict))) if *known == question => Some(*verdict),
            _ => None,
        }
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "the shift leaves as many bits as there are places"
)]
const fn index(Encoded(number): Encoded, shift: u32) -> usize {
    (number.wrapping_mul(SPREAD) >> shift) as usize
}
