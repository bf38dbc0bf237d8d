//! Newtype ids, so that a lock can never be passed where an actor is meant.

/// Defines a `u32` id type that indexes the table of its owner.
///
/// ```
/// threadbare::base::define_id! {
///     /// A shelf in the library.
///     pub struct ShelfId;
/// }
/// let shelf = ShelfId::new(3);
/// assert_eq!(shelf.index(), 3);
/// ```
#[macro_export]
macro_rules! define_id {
    ($(#[$attr:meta])* pub struct $name:ident;) => {
        $(#[$attr])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        #[derive(serde::Serialize, serde::Deserialize)]
        pub struct $name(pub u32);

        impl $name {
            /// The id of the table row `index`.
            ///
            /// # Panics
            ///
            /// If `index` does not fit in 32 bits; all our tables are far smaller.
            pub fn new(index: usize) -> Self {
                Self(u32::try_from(index).expect("tables have fewer than 2^32 rows"))
            }

            /// The table row this id names.
            pub fn index(self) -> usize {
                self.0 as usize
            }
        }
    };
}

pub use define_id;
