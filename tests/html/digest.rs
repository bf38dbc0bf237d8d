//! SHA-256, written as a content security policy writes it. Source: FIPS 180-4
//! (2015), section 6.2.

/// The digest of a text in base 64.
pub fn sha256(text: &str) -> String {
    let mut message = text.as_bytes().to_vec();
    let n_bits = message.len() as u64 * 8;
    message.push(0x80);
    while message.len() % 64 != 56 {
        message.push(0);
    }
    message.extend(n_bits.to_be_bytes());
    let primes = || (2u128..).filter(|n| (2..*n).all(|d| n % d != 0));
    let rounds: Vec<u32> = primes().take(64).map(|prime| root(prime, 3)).collect();
    let mut hash: Vec<u32> = primes().take(8).map(|prime| root(prime, 2)).collect();
    for block in message.chunks(64) {
        mix(&mut hash, block, &rounds);
    }
    let bytes: Vec<u8> = hash.iter().flat_map(|word| word.to_be_bytes()).collect();
    base64(&bytes)
}

/// The first 32 bits of the fraction of a square or cube root.
fn root(prime: u128, exponent: u32) -> u32 {
    let wanted = prime << (32 * exponent);
    let (mut low, mut high) = (0u128, 1 << 40);
    while low + 1 < high {
        let middle = u128::midpoint(low, high);
        match middle.pow(exponent) <= wanted {
            true => low = middle,
            false => high = middle,
        }
    }
    u32::try_from(low & 0xffff_ffff).expect("it has 32 bits")
}

fn mix(hash: &mut [u32], block: &[u8], rounds: &[u32]) {
    let words = block.chunks(4);
    let mut w: Vec<u32> = words
        .map(|it| u32::from_be_bytes(it.try_into().expect("four bytes")))
        .collect();
    for t in 16..64 {
        let (a, b) = (w[t - 15], w[t - 2]);
        let a = a.rotate_right(7) ^ a.rotate_right(18) ^ (a >> 3);
        let b = b.rotate_right(17) ^ b.rotate_right(19) ^ (b >> 10);
        w.push(sum(&[w[t - 16], a, w[t - 7], b]));
    }
    let mut v = hash.to_vec();
    for t in 0..64 {
        let e = v[4].rotate_right(6) ^ v[4].rotate_right(11) ^ v[4].rotate_right(25);
        let choice = (v[4] & v[5]) ^ (!v[4] & v[6]);
        let a = v[0].rotate_right(2) ^ v[0].rotate_right(13) ^ v[0].rotate_right(22);
        let majority = (v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]);
        let one = sum(&[v[7], e, choice, rounds[t], w[t]]);
        v.rotate_right(1);
        v[4] = v[4].wrapping_add(one);
        v[0] = sum(&[one, a, majority]);
    }
    for (hash, word) in hash.iter_mut().zip(v) {
        *hash = hash.wrapping_add(word);
    }
}

fn sum(words: &[u32]) -> u32 {
    words.iter().fold(0, |sum, word| sum.wrapping_add(*word))
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for group in bytes.chunks(3) {
        let padded = [0, 1, 2].map(|at| u32::from(*group.get(at).unwrap_or(&0)));
        let bits = padded[0] << 16 | padded[1] << 8 | padded[2];
        for at in 0..4 {
            let digit = (bits >> (18 - 6 * at)) & 63;
            let is_there = at <= group.len();
            text.push(if is_there {
                DIGITS[digit as usize].into()
            } else {
                '='
            });
        }
    }
    text
}

#[test]
fn the_example_of_the_standard() {
    assert_eq!(
        sha256("abc"),
        "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0="
    );
}
