//! What becomes of one half of a state in a step, remembered for a while.
//!
//! The same halves come again and again beside other halves. So most steps need
//! no walk up the tree: half and step give the new half. Each place of the table
//! holds the last one that fell on it.

/// Places; a power of two.
const PLACES: usize = 1 << 16;

#[derive(Clone, Copy)]
struct Place {
    half: u32,
    /// The step and the side, counted from 2; 0 is nothing.
    step: u32,
    after: u32,
}

/// Halves after steps.
pub(super) struct Halves {
    places: Vec<Place>,
}

impl Halves {
    /// Nothing is known.
    pub fn new() -> Self {
        Self { places: Vec::new() }
    }

    #[inline]
    fn key(side: bool, step: u32) -> Option<u32> {
        Some(step.checked_add(1)?.checked_mul(2)? + u32::from(side))
    }

    #[inline]
    fn place(half: u32, key: u32) -> usize {
        let mixed = (u64::from(half) << 32 | u64::from(key)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        (mixed >> 48) as usize
    }

    /// The half that the step makes of this one on that side, if it is known.
    #[inline]
    pub fn get(&self, half: u32, side: bool, step: u32) -> Option<u32> {
        let key = Self::key(side, step)?;
        let place = self.places.get(Self::place(half, key))?;
        (place.half == half && place.step == key).then_some(place.after)
    }

    /// Remembers it.
    pub fn set(&mut self, half: u32, side: bool, step: u32, after: u32) {
        let Some(step) = Self::key(side, step) else {
            return;
        };
        if self.places.is_empty() {
            let nothing = Place {
                half: 0,
                step: 0,
                after: 0,
            };
            self.places = vec![nothing; PLACES];
        }
        self.places[Self::place(half, step)] = Place { half, step, after };
    }
}
