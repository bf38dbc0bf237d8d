//! Accounts, and transfers between them.

use std::sync::Mutex;

/// An account: its number, and its balance in cents.
#[derive(Debug)]
pub struct Account {
    /// Its number.
    pub number: u32,
    /// What is on it.
    pub balance: Mutex<i64>,
}

/// Moves money from one account to another.
///
/// The account with the smaller number is locked first; `tests/transfer.rs`
/// shows what happens otherwise.
///
/// # Panics
///
/// If both are the same account.
pub fn transfer(from: &Account, to: &Account, cents: i64) {
    assert_ne!(from.number, to.number, "there must be two accounts");
    let (first, second, sign) = if from.number < to.number {
        (from, to, -1)
    } else {
        (to, from, 1)
    };
    let mut first = first.balance.lock().expect("no transfer panics");
    let mut second = second.balance.lock().expect("no transfer panics");
    *first += sign * cents;
    *second -= sign * cents;
}
