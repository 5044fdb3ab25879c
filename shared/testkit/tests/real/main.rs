//! The test kit against the real servers: each promise of its documentation is a test here.

mod client;
mod postgres;
mod process;
mod proxy;
mod rabbitmq;
mod sink;
