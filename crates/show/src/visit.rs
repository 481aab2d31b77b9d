//! A visit: what a visitor does at the screen, from the first touch until it ends.

pub mod keyboard;
