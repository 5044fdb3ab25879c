//! The whole system, from outside: the real binary.

mod demo;
