#![doc = include_str!("links.md")]
#![doc = include_str!("codes.md")]
//!
//! One page for each code; each is a static of that name. **Invariant:** they
//! stand in the order in which reports list findings, errors in a text last.

use super::page::Page;

macro_rules! pages {
    ($($code:ident)*) => {
        $(
            #[doc = include_str!("links.md")]
            #[doc = include_str!(concat!("codes/", stringify!($code), ".md"))]
            pub static $code: Page = Page::new(
                stringify!($code),
                include_str!(concat!("codes/", stringify!($code), ".md")),
            );
        )*

        /// All pages.
        pub static ALL: &[&Page] = &[$(&$code),*];
    };
}

pages! {
    R001 R002 R003 D001 D002 D003 D004 L001 A001 A002 A003 A004 A005 A006 A007 A008 S001
    S002 S003 S004 S005 K001 K002 K003 K004 K005 K006 M001 M002 M003 M004 M005 M006 M007
    M008 M009 M010 O001 O002 O003 W001 W002 W003 W004 W005 W006 W007 B001 B002 B003 B004 B005 B006 B007
    B008 B009 B010 B011 B012 B013 B014 X001 E001 E002 E003 E004 E005 E006 E007 E008 E009 E010 E011 E012 E013 E014
    E015 E016 E017 E018 E019 E020 E021 E022 E023 E024 E025 E026 E027 E028 E029 E030 E040
    E041 E042 E043 E044 E045 E046 E047 E048 E049 E060 E061 E062 E063 E064 E065 E066 E067
    E068 E069 E070 E071 E072 E073 E074 E075 E076 E077 E078 E080 E081 E082 E083 E084 E090 E091
    E092 E093 E094 E098 E099
}
