//! Extractors that carry authority, problem+json, the page shell and its components.
