//! Mail: render, send, retry, acknowledge.
